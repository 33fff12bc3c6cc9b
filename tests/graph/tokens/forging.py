"""Tokens of an issuer and of a secret, tokens that no library would sign, and who reads them."""

import base64
import hashlib
import hmac
import json
from typing import Any, Final
from uuid import UUID

import pytest

from graph.tokens.keys import read_keys
from graph.tokens.reading import Verifier, claims_in
from graph.tokens.rules import TokenRules
from models.errors import Unauthenticated
from tests.issuer import ADDRESS, key_set, signer

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
