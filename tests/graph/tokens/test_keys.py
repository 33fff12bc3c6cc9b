"""Which published keys are of use, and which one a token is checked with."""

import json
from typing import Any

import pytest

from graph.tokens.keys import NotAKeySet, key_for, read_keys
from tests.issuer import key_set, signer

RSA, CURVE, EDWARDS = signer("RS256", "r"), signer("ES256", "c"), signer("EdDSA", "e")


def changed(**members: object) -> bytes:
    """Return a set with the RSA key alone, with these members changed, or left out where they are None."""
    said = {**RSA.published, **members}
    return json.dumps({"keys": [{name: value for name, value in said.items() if value is not None}]}).encode()


def test_each_type_of_key_has_one_algorithm() -> None:
    """That of its type, whether it is stated or not."""
    keys = read_keys(key_set(RSA, CURVE, EDWARDS))
    assert {(key.id, key.algorithm) for key in keys} == {("r", "RS256"), ("c", "ES256"), ("e", "EdDSA")}
    assert {key.algorithm for key in read_keys(changed(alg="RS256", use=None, key_ops=["verify"]))} == {"RS256"}


@pytest.mark.parametrize(
    "members",
    [
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "RSA-OAEP"},
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"key_ops": "verify"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "EC"},
        {"kty": "EC", "crv": "P-521"},
        {"kty": ["RSA"]},
        {"kty": None},
        {"kid": 5},
        {"n": None},
        {"n": 5},
        {"n": "!"},
        {"e": "AA"},
        {"d": "AQAB"},
    ],
)
def test_a_key_of_no_use_is_left_out(members: dict[str, Any]) -> None:
    """Of another algorithm or purpose, malformed, symmetric, or private though everybody can read it."""
    assert read_keys(changed(**members)) == frozenset()


def test_a_short_key_is_left_out() -> None:
    """RSA has 2,048 bits or more."""
    assert read_keys(key_set(signer("RS256", "short", bits=1024))) == frozenset()


def test_what_is_no_key_does_not_spoil_the_others() -> None:
    """They are found all the same."""
    body = json.dumps({"keys": [None, 5, "x", [], {}, CURVE.published]}).encode()
    assert [key.id for key in read_keys(body)] == ["c"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"keys": {}}', b"[" * 100_000, b"\xff\xfe"])
def test_garbage_is_no_set(body: bytes) -> None:
    """However it is wrong."""
    with pytest.raises(NotAKeySet):
        read_keys(body)


def test_the_same_keys_are_the_same_set() -> None:
    """In whatever order they come, and with whatever else is said of them."""
    assert read_keys(key_set(RSA, CURVE)) == read_keys(key_set(CURVE, RSA))
    assert read_keys(changed(x5t="thumbprint")) == read_keys(changed())
    assert read_keys(changed(kid="other")) != read_keys(changed())


def test_a_token_gets_the_key_that_it_names_and_of_its_algorithm_only() -> None:
    """The id alone does not do."""
    keys = read_keys(key_set(RSA, CURVE))
    found = key_for(keys, algorithm="RS256", key_id="r")
    assert found is not None
    assert (found.id, found.algorithm) == ("r", "RS256")
    assert key_for(keys, algorithm="ES256", key_id="r") is None
    assert key_for(keys, algorithm="RS256", key_id="R") is None
    assert key_for(keys, algorithm="HS256", key_id="r") is None


def test_a_token_that_names_no_key_gets_one_where_exactly_one_fits() -> None:
    """Of two nobody guesses."""
    other = signer("RS256", "other")
    only = key_for(read_keys(key_set(RSA, CURVE)), algorithm="RS256", key_id=None)
    assert only is not None
    assert only.id == "r"
    assert key_for(read_keys(key_set(RSA, other)), algorithm="RS256", key_id=None) is None


def test_two_keys_of_one_id_are_none() -> None:
    """An issuer does not publish that; who does is not trusted to mean either."""
    twin = {**signer("RS256", "other").published, "kid": "r"}
    body = json.dumps({"keys": [RSA.published, twin]}).encode()
    assert key_for(read_keys(body), algorithm="RS256", key_id="r") is None
