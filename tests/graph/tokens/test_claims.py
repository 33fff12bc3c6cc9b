"""Whom a token names: by the claims that the settings map."""

from typing import Any
from uuid import UUID

import pytest

from graph.tokens.claims import OF_NOBODY, UNVERIFIED, WITHOUT_NAME, claim, whom_the_issuer_names
from graph.tokens.rules import ClaimNames
from models.access import Viewer
from models.errors import Unauthenticated
from models.terms import Role

PRACTICE = UUID("01990000-0000-7000-8000-000000000001")
PERSON = UUID("01990000-0000-7000-8000-000000000002")
SAID: dict[str, Any] = {"practice": str(PRACTICE), "sub": str(PERSON)}
BY_EMAIL = ClaimNames(email="email")


@pytest.mark.parametrize(
    ("said", "name", "found"),
    [
        ({"practice": "x"}, "practice", "x"),
        ({"app": {"practice": "x"}}, "app.practice", "x"),
        ({"https://harbour.example/practice": "x"}, "https://harbour.example/practice", "x"),
        ({"https://harbour.example/claims": {"role": "x"}}, "https://harbour.example/claims.role", "x"),
        ({"app.practice": "whole", "app": {"practice": "nested"}}, "app.practice", "whole"),
        ({"a": {"b.c": {"d": "x"}}}, "a.b.c.d", "x"),
        ({"app": "practice"}, "app.practice", None),
        ({"app": ["practice"]}, "app.practice", None),
        ({}, "practice", None),
        ({}, "", None),
    ],
)
def test_a_claim_is_found_by_its_name_or_its_path(said: dict[str, Any], name: str, found: str | None) -> None:
    """As providers write them; a whole name goes before a path."""
    assert claim(said, name) == found


def test_a_person_is_named_by_their_id() -> None:
    """In `sub`, or where the settings say."""
    assert whom_the_issuer_names(SAID, names=ClaimNames()) == (PRACTICE, PERSON)
    said = {"sub": "auth0|5f7c", "https://harbour.example/": {"practice": str(PRACTICE), "staff": str(PERSON)}}
    names = ClaimNames(practice="https://harbour.example/.practice", staff="https://harbour.example/.staff")
    assert whom_the_issuer_names(said, names=names) == (PRACTICE, PERSON)


@pytest.mark.parametrize("role", ["ADMIN", "READ_ONLY", "INTEGRATION", "OWNER", ["ADMIN", "user"]])
def test_a_person_has_the_role_that_the_database_tells(role: object) -> None:
    """Whatever the token says, they are that person."""
    assert whom_the_issuer_names({**SAID, "role": role}, names=ClaimNames()) == (PRACTICE, PERSON)


@pytest.mark.parametrize("role", ["INTEGRATION", ["offline_access", "INTEGRATION", "user"]])
def test_a_system_is_named_by_its_subject_and_has_the_role_that_is_said(role: object) -> None:
    """Among roles of other applications too."""
    said = {**SAID, "sub": "calendar@clients", "realm_access": {"roles": role}}
    named = whom_the_issuer_names(said, names=ClaimNames(role="realm_access.roles"))
    assert named == (PRACTICE, Viewer(PRACTICE, Role.INTEGRATION, "calendar@clients"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sub": "auth0|5f7c"}, WITHOUT_NAME),
        ({"sub": "calendar", "role": "ADMIN"}, WITHOUT_NAME),
        ({"sub": "calendar", "role": "STAFF"}, WITHOUT_NAME),
        ({"sub": "calendar", "role": ["READ_ONLY", "INTEGRATION"]}, WITHOUT_NAME),
        ({"sub": "calendar", "role": {"INTEGRATION": True}}, WITHOUT_NAME),
        ({"sub": "calendar", "role": [{}]}, WITHOUT_NAME),
        ({"sub": "calendar\0", "role": "INTEGRATION"}, OF_NOBODY),
        ({"sub": "c" * 201, "role": "INTEGRATION"}, OF_NOBODY),
        ({"practice": None}, WITHOUT_NAME),
        ({"practice": 5}, WITHOUT_NAME),
        ({"practice": [str(PRACTICE)]}, WITHOUT_NAME),
        ({"practice": "harbour"}, WITHOUT_NAME),
    ],
)
def test_a_token_that_names_nobody_is_refused(changes: dict[str, Any], reason: str) -> None:
    """Nobody is guessed, and no system is an administrator."""
    with pytest.raises(Unauthenticated) as refused:
        whom_the_issuer_names({**SAID, **changes}, names=ClaimNames())
    assert refused.value.message == reason


def test_a_person_may_be_named_by_a_verified_address() -> None:
    """Instead of the id, which then is not looked at."""
    said = {**SAID, "email": "Nora@Harbour.example", "email_verified": True}
    assert whom_the_issuer_names(said, names=BY_EMAIL) == (PRACTICE, "nora@harbour.example")
    with pytest.raises(Unauthenticated, match=WITHOUT_NAME):
        whom_the_issuer_names(SAID, names=BY_EMAIL)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_names_nobody(verified: object) -> None:
    """Anybody could have typed it."""
    with pytest.raises(Unauthenticated, match=UNVERIFIED):
        whom_the_issuer_names({**SAID, "email": "nora@harbour.example", "email_verified": verified}, names=BY_EMAIL)


def test_a_letter_that_looks_alike_stays_another() -> None:
    """The Kelvin sign's small form is the letter k, of somebody else's address."""
    said = {**SAID, "email": "mar\N{KELVIN SIGN}us@harbour.example", "email_verified": True}
    assert whom_the_issuer_names(said, names=BY_EMAIL) == (PRACTICE, "mar\N{KELVIN SIGN}us@harbour.example")
