"""Known attacks on tokens, by name: each is refused, and no key is used for what it is not of."""

import base64
import hashlib
import hmac
import json
from typing import Any, Final
from uuid import UUID

import jwt
import pytest

from graph.tokens.claims import Claims
from graph.tokens.keys import read_keys
from graph.tokens.reading import LONGEST_TOKEN, NOT_VALID, UnknownKey, Verifier, claims_in
from graph.tokens.rules import TokenRules
from models.errors import Unauthenticated
from tests.issuer import ADDRESS, Signer, key_set, signer

SECRET: Final = "a secret of the tests, long enough to sign with"
PRACTICE: Final = UUID("01990000-0000-7000-8000-000000000001")
PERSON: Final = UUID("01990000-0000-7000-8000-000000000002")
SAID: Final[dict[str, Any]] = {
    "iss": ADDRESS,
    "aud": "session-tracker",
    "practice": str(PRACTICE),
    "sub": str(PERSON),
    "exp": 2_000_000_000,
    "nbf": 1_000_000_000,
}
RSA, CURVE, EDWARDS = signer("RS256", "r"), signer("ES256", "c"), signer("EdDSA", "e")
STRANGER = signer("RS256", "of somebody else")
RULES: Final = TokenRules(issuer=ADDRESS)
KEYS: Final = read_keys(key_set(RSA, CURVE, EDWARDS))
BOTH: Final = Verifier(SECRET, RULES, KEYS)
KEYS_ALONE: Final = Verifier(None, RULES, KEYS)
SECRET_ALONE: Final = Verifier(SECRET, RULES)


def encoded(part: bytes | dict[str, Any]) -> str:
    """Return a part of a token."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], *, key: bytes | None = None) -> str:
    """Return a token that no library would sign: with the HMAC of any key, or with no signature."""
    signed = f"{encoded(header)}.{encoded(SAID)}"
    return f"{signed}.{encoded(hmac.digest(key, signed.encode(), hashlib.sha256)) if key is not None else ''}"


def refused(token: str, verifier: Verifier = BOTH) -> str:
    """Return why a token is refused."""
    with pytest.raises(Unauthenticated) as caught:
        claims_in(token, verifier)
    return caught.value.message


@pytest.mark.parametrize("by", [RSA, CURVE, EDWARDS], ids=["RS256", "ES256", "EdDSA"])
def test_a_token_of_the_issuer_is_read(by: Signer) -> None:
    """With each algorithm, and with the key that its header names."""
    claims = claims_in(by.sign(SAID), BOTH)
    assert claims == Claims(PRACTICE, PERSON, 2e9, 1e9, claims.key)
    assert claims.key is not None
    assert (claims.key.id, claims.key.algorithm) == (by.id, by.algorithm)


def test_a_token_of_the_secret_is_read() -> None:
    """It has the issuer and the audience too."""
    token = jwt.encode(SAID, SECRET, algorithm="HS256")
    assert claims_in(token, BOTH) == claims_in(token, SECRET_ALONE) == Claims(PRACTICE, PERSON, 2e9, 1e9)
    assert refused(token, KEYS_ALONE) == NOT_VALID


@pytest.mark.parametrize("by", [RSA, CURVE, EDWARDS], ids=["RS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("verifier", [BOTH, KEYS_ALONE], ids=["with a secret", "without"])
def test_algorithm_confusion_signing_with_the_public_key_as_a_secret(by: Signer, verifier: Verifier) -> None:
    """HS256 is checked with our secret, never with what everybody can read."""
    modulus = json.dumps(by.published).encode()
    for key in (by.pem, by.pem.strip(), modulus, b""):
        for header in ({"alg": "HS256", "kid": by.id}, {"alg": "HS256"}, {"alg": "hs256"}, {"alg": "HS512"}):
            assert refused(by_hand(header, key=key), verifier) == NOT_VALID


def test_algorithm_confusion_between_types_of_keys() -> None:
    """A key is of use for the algorithm of its type alone, whatever the header says."""
    for by in (RSA, CURVE, EDWARDS):
        for other in ("RS256", "ES256", "EdDSA", "PS256", "RS512"):
            if other != by.algorithm:
                head, body, signature = by.sign(SAID).split(".")
                changed = encoded({**json.loads(base64.urlsafe_b64decode(head + "==")), "alg": other})
                assert refused(f"{changed}.{body}.{signature}") == NOT_VALID


def test_a_stronger_hash_of_a_known_key_is_refused() -> None:
    """RS512 and PS256 with the right private key: the issuer's keys are for RS256."""
    for algorithm in ("RS384", "RS512", "PS256"):
        assert refused(jwt.encode(SAID, RSA.private, algorithm=algorithm, headers={"kid": "r"})) == NOT_VALID


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_none_is_no_algorithm(name: str) -> None:
    """With or without a key's id, whatever there is to check with."""
    for verifier in (BOTH, KEYS_ALONE, SECRET_ALONE):
        assert refused(by_hand({"alg": name}), verifier) == NOT_VALID
        assert refused(by_hand({"alg": name, "kid": "r"}), verifier) == NOT_VALID


@pytest.mark.parametrize("header", [{}, {"alg": None}, {"alg": 5}, {"alg": ["RS256"]}, {"alg": {"RS256": 1}}])
def test_an_algorithm_that_is_no_text_is_refused(header: dict[str, Any]) -> None:
    """And one that is absent."""
    assert refused(by_hand(header)) == NOT_VALID


def test_a_signature_that_is_cut_off_is_refused() -> None:
    """Of every kind."""
    for token in (RSA.sign(SAID), CURVE.sign(SAID), EDWARDS.sign(SAID), jwt.encode(SAID, SECRET, algorithm="HS256")):
        assert refused(token.rsplit(".", 1)[0] + ".") == NOT_VALID


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


def test_an_empty_secret_is_none() -> None:
    """It signs nothing."""
    assert refused(by_hand({"alg": "HS256"}, key=b""), Verifier("", RULES, KEYS)) == NOT_VALID


def test_a_public_key_for_a_secret_opens_nothing() -> None:
    """The settings refuse it; the library does too."""
    assert refused(by_hand({"alg": "HS256"}, key=RSA.pem), Verifier(RSA.pem.decode(), RULES, KEYS)) == NOT_VALID


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
