"""Reading tokens: each signature is checked with a key of its own kind, or not at all."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jwt

from graph.tokens.claims import Claims, whom_the_issuer_names, whom_we_name
from graph.tokens.keys import ALGORITHMS, NO_KEYS, KeySet, key_for
from graph.tokens.rules import OURS, TokenRules
from models.errors import Unauthenticated

ALGORITHM: Final = "HS256"
OF_KEYS: Final = frozenset(ALGORITHMS.values())
LONGEST_TOKEN: Final = 16 * 1024
KEPT_TOKENS: Final = 10_000
HOW: Final = "Send a valid token: `Authorization: Bearer …`, over a socket in the payload of connection_init."
NOT_VALID: Final = f"The token is not valid. {HOW}"


class UnknownKey(Unauthenticated):
    """A token names a key that is not among the issuer's, as far as they are known."""


@dataclass(frozen=True, slots=True, eq=False)
class Verifier:
    """What tokens are checked with. Each change of the issuer's keys makes another, which has read nothing yet."""

    secret: str | None
    rules: TokenRules = OURS
    keys: KeySet = NO_KEYS


@lru_cache(KEPT_TOKENS)
def claims_in(token: str, verifier: Verifier) -> Claims:
    """Return what a token says that the secret or the issuer signed; whoever has one sends it often.

    Raises Unauthenticated, or UnknownKey, which the issuer's newest keys may cure. Times are left to the caller.
    """
    algorithm, key_id = _header(token)
    if algorithm == ALGORITHM and verifier.secret:
        said = _decoded(token, verifier.secret, algorithm, verifier.rules)
        return Claims(*whom_we_name(said), said["exp"], said["nbf"])
    if algorithm not in OF_KEYS:
        raise Unauthenticated(NOT_VALID)
    key = key_for(verifier.keys, algorithm=algorithm, key_id=key_id)
    if key is None:
        raise UnknownKey(NOT_VALID)
    said = _decoded(token, key.public, algorithm, verifier.rules)
    return Claims(*whom_the_issuer_names(said, names=verifier.rules.names), said["exp"], said["nbf"], key)


def _header(token: str) -> tuple[str, str | None]:
    """Return the algorithm and the key's id that a token states; whatever else its header offers is not looked at."""
    if len(token) > LONGEST_TOKEN:
        raise Unauthenticated(NOT_VALID)
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError) as error:
        raise Unauthenticated(NOT_VALID) from error
    if "crit" in header or not isinstance(header.get("alg"), str):
        raise Unauthenticated(NOT_VALID)
    return header["alg"], header.get("kid")


def _decoded(token: str, key: str | jwt.PyJWK, algorithm: str, rules: TokenRules) -> dict[str, Any]:
    """Return the claims of a token whose signature, audience and issuer are right, with its times as numbers."""
    try:
        said: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=rules.audience,
            issuer=rules.issuer,
            options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        times = {"exp": float(said["exp"]), "nbf": float(said.get("nbf", 0))}
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Unauthenticated(NOT_VALID) from error
    if not all(map(math.isfinite, times.values())):
        raise Unauthenticated(NOT_VALID)
    return {**said, **times}
