"""Known attacks on what tokens say: another issuer or audience, no end, headers to be understood, no token at all."""

from typing import Any

import jwt
import pytest

from graph.tokens.reading import LONGEST_TOKEN, NOT_VALID, claims_in
from tests.graph.tokens.forging import BOTH, PERSON, RSA, SAID, SECRET, by_hand, encoded, refused
from tests.issuer import ADDRESS


@pytest.mark.parametrize("critical", [["exp"], ["b64"], [], "exp", None, ["https://example.com/must-understand"]])
def test_a_header_that_must_be_understood_is_refused(critical: object) -> None:
    """We understand none."""
    header = {"alg": "HS256", "crit": critical, "exp": 1, "b64": True}
    assert refused(by_hand(header, key=SECRET.encode())) == NOT_VALID


def test_an_unencoded_payload_is_refused() -> None:
    """RFC 7797 is not for tokens."""
    assert refused(by_hand({"alg": "HS256", "b64": False, "crit": ["b64"]}, key=SECRET.encode())) == NOT_VALID


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example/"},
        {"iss": ADDRESS.rstrip("/")},
        {"iss": None},
        {"aud": "another-service"},
        {"aud": ["another-service"]},
        {"aud": None},
        {"aud": ""},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": [2_000_000_000]},
        {"nbf": "yesterday"},
        {"nbf": float("-inf")},
        {"sub": None},
        {"sub": 5},
    ],
    ids=str,
)
@pytest.mark.parametrize("by", ["issuer", "secret"])
def test_a_token_of_the_wrong_issuer_or_audience_or_without_an_end_is_refused(changes: dict[str, Any], by: str) -> None:
    """Whoever signed it."""
    said = {name: value for name, value in {**SAID, **changes}.items() if value is not None}
    assert refused(RSA.sign(said) if by == "issuer" else jwt.encode(said, SECRET, algorithm="HS256")) == NOT_VALID


def test_one_audience_among_several_is_enough() -> None:
    """As providers send them."""
    token = RSA.sign({**SAID, "aud": ["https://login.example/userinfo", "session-tracker"]})
    assert claims_in(token, BOTH).caller == PERSON


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "\N{SNOWMAN}.\N{SNOWMAN}.\N{SNOWMAN}",
        f"{encoded(b'[' * 8_000)}.{encoded(SAID)}.x",
        f"{encoded(b'5')}.{encoded(SAID)}.x",
        f"{encoded(b'null')}.{encoded(SAID)}.x",
        encoded({"alg": "RS256", "enc": "A256GCM"}) + ".x.x.x.x",
        "x" * (LONGEST_TOKEN + 1),
    ],
    ids=range(11),
)
def test_what_is_no_token_is_refused(token: str) -> None:
    """Deep, long, encrypted or empty."""
    assert refused(token) == NOT_VALID
