"""Known attacks on how tokens are signed: no key is used for another algorithm than its own, and `none` is none."""

import base64
import json
from typing import Any

import jwt
import pytest

from graph.tokens.claims import Claims
from graph.tokens.reading import NOT_VALID, Verifier, claims_in
from tests.graph.tokens.forging import (
    BOTH,
    CURVE,
    EDWARDS,
    KEYS,
    KEYS_ALONE,
    PERSON,
    PRACTICE,
    RSA,
    RULES,
    SAID,
    SECRET,
    SECRET_ALONE,
    by_hand,
    encoded,
    refused,
)
from tests.issuer import Signer


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


def test_an_empty_secret_is_none() -> None:
    """It signs nothing."""
    assert refused(by_hand({"alg": "HS256"}, key=b""), Verifier("", RULES, KEYS)) == NOT_VALID


def test_a_public_key_for_a_secret_opens_nothing() -> None:
    """The settings refuse it; the library does too."""
    assert refused(by_hand({"alg": "HS256"}, key=RSA.pem), Verifier(RSA.pem.decode(), RULES, KEYS)) == NOT_VALID
