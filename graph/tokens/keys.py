"""The issuer's public keys (RFC 7517), and which of them a token is checked with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import jwt
import orjson

ALGORITHMS: Final[Mapping[tuple[object, object], str]] = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}
RSA_BITS: Final = range(2048, 8192 + 1)
PUBLIC: Final = ("kty", "crv", "n", "e", "x", "y")


class NotAKeySet(Exception):
    """What the issuer answered is not a set of keys."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: good for signatures of one algorithm, that of its type, whatever a token says."""

    id: str | None
    algorithm: str
    material: bytes
    public: jwt.PyJWK = field(compare=False, repr=False)


KeySet = frozenset[Key]
NO_KEYS: Final = KeySet()


def read_keys(text: bytes) -> KeySet:
    """Return the keys of a set that signatures can be checked with; those for other uses are left out.

    Raises NotAKeySet.
    """
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotAKeySet("It is not JSON.") from error
    if not isinstance(said, dict) or not isinstance(said.get("keys"), list):
        raise NotAKeySet("It has no list of keys.")
    return KeySet(key for each in said["keys"] if (key := _key(each)) is not None)


def key_for(keys: KeySet, *, algorithm: str, key_id: str | None) -> Key | None:
    """Return the one key that fits, of that id if the token names one; None when there is not exactly one."""
    fitting = [key for key in keys if key.algorithm == algorithm and key_id in (None, key.id)]
    return fitting[0] if len(fitting) == 1 else None


def _key(said: object) -> Key | None:
    """Return what is said of a public key; None for one that is of no use here, or is public though it is private."""
    if not isinstance(said, dict) or "d" in said or not _is_for_signatures(said):
        return None
    key_id, kind = said.get("kid"), said.get("kty")
    curve = None if kind == "RSA" else said.get("crv")
    algorithm = ALGORITHMS.get((kind, curve)) if isinstance(kind, str) and isinstance(curve, str | None) else None
    if algorithm is None or said.get("alg", algorithm) != algorithm or not isinstance(key_id, str | None):
        return None
    try:
        public = jwt.PyJWK(said, algorithm)
    except (jwt.PyJWTError, AttributeError, KeyError, TypeError, ValueError):
        return None
    if kind == "RSA" and public.key.key_size not in RSA_BITS:
        return None
    material = orjson.dumps({name: said[name] for name in PUBLIC if name in said})
    return Key(key_id, algorithm, material, public)


def _is_for_signatures(said: Mapping[str, object]) -> bool:
    uses = said.get("key_ops", ["verify"])
    return said.get("use", "sig") == "sig" and isinstance(uses, list) and "verify" in uses
