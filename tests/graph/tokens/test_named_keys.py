"""Known attacks on which key is used: what a token names is compared, and what it brings along is not looked at."""

import pytest

from graph.tokens.keys import read_keys
from graph.tokens.reading import NOT_VALID, UnknownKey, Verifier, claims_in
from tests.graph.tokens.forging import (
    BOTH,
    CURVE,
    KEYS,
    PERSON,
    RSA,
    RULES,
    SAID,
    SECRET,
    STRANGER,
    by_hand,
    encoded,
    refused,
)
from tests.issuer import Signer, key_set


@pytest.mark.parametrize(
    "key_id",
    [
        "../../../dev/null",
        "/dev/null",
        "r' UNION SELECT 'secret",
        "r\0",
        "",
        "of somebody else",
        "https://evil.example/r",
    ],
)
def test_kid_injection_finds_no_key(key_id: str) -> None:
    """It is compared, and nothing else is done with it: also an empty secret, as of an empty file, opens nothing."""
    with pytest.raises(UnknownKey):
        claims_in(STRANGER.sign(SAID, kid=key_id), BOTH)
    assert refused(by_hand({"alg": "HS256", "kid": key_id}, key=b"")) == NOT_VALID


@pytest.mark.parametrize("key_id", [5, None, ["r"], {"r": 1}])
def test_a_kid_that_is_no_text_is_refused(key_id: object) -> None:
    """It cannot name a key."""
    _, body, signature = RSA.sign(SAID).split(".")
    assert refused(f"{encoded({'alg': 'RS256', 'kid': key_id})}.{body}.{signature}") == NOT_VALID


def test_another_key_under_a_known_kid_is_refused() -> None:
    """The signature tells."""
    assert refused(STRANGER.sign(SAID, kid="r")) == NOT_VALID


def test_keys_that_a_token_brings_along_are_not_looked_at() -> None:
    """Neither in the header nor at an address in it: jwk, jku, x5u, x5c."""
    brought = {
        "jwk": STRANGER.published,
        "jku": "http://127.0.0.1:1/keys",
        "x5u": "http://127.0.0.1:1/",
        "x5c": ["MII"],
    }
    assert refused(STRANGER.sign(SAID, kid="r", **brought)) == NOT_VALID
    with pytest.raises(UnknownKey):
        claims_in(STRANGER.sign(SAID, **brought), BOTH)
    assert claims_in(RSA.sign(SAID, **brought), BOTH).caller == PERSON


def test_what_was_read_is_not_remembered_beyond_the_key() -> None:
    """Without it the same token is of an unknown key, and with it again it is good again."""
    token = RSA.sign(SAID)
    assert claims_in(token, BOTH).caller == PERSON
    with pytest.raises(UnknownKey):
        claims_in(token, Verifier(SECRET, RULES, read_keys(key_set(CURVE))))
    assert claims_in(token, Verifier(SECRET, RULES, KEYS)).caller == PERSON


def test_a_token_without_kid_is_tried_with_the_only_key_that_fits() -> None:
    """Where two would fit it is not tried at all."""
    nameless = Signer("RS256", None, RSA.private)
    assert claims_in(nameless.sign(SAID), BOTH).caller == PERSON
    two = Verifier(None, RULES, read_keys(key_set(RSA, STRANGER)))
    with pytest.raises(UnknownKey):
        claims_in(nameless.sign(SAID), two)
