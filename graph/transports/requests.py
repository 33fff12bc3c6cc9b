"""What HTTP asks of a request before it is read: its method, what it brings, and in what it may be answered."""

import re
from collections.abc import Sequence
from typing import Final

from cross_web import HTTPException, StarletteRequestAdapter
from starlette.requests import Request

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
ALLOWED: Final = "GET, HEAD, OPTIONS, POST"
QUALITY: Final = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


class Refused(HTTPException):
    """A request that HTTP itself has an answer to; the headers say what would do."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(status, reason)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class JSONRequest(StarletteRequestAdapter):
    """A request whose body, if it is to have one, has been found to be JSON, in whatever case that was written."""

    @property
    def content_type(self) -> str:
        """The media type that the library looks for."""
        return JSON


def refuse_another_method(request: Request) -> None:
    """Raise Refused (405) for a method that has no meaning here."""
    if request.method not in ALLOWED.split(", "):
        raise Refused(405, "GraphQL is asked for with GET or POST.", Allow=ALLOWED)


def refuse_another_body(request: Request) -> None:
    """Raise Refused (415) for a body that is not JSON in UTF-8, as it is: forms are what other sites can send."""
    if request.method != "POST":
        return
    kind, parameters = media_type(request.headers.get("content-type", ""))
    if kind != JSON or parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Refused(415, f"The body is sent as {JSON}, in UTF-8.", Accept_Post=JSON)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "The body is sent as it is, not compressed.", Accept_Encoding="identity")


def answered_in(accept: Sequence[str]) -> str | None:
    """Return the media type to answer in, given the lines of Accept (RFC 9110, section 12.5.1); None if none would do.

    The newer one has to be asked for by name, or be preferred to the older, which is what old clients expect.
    """
    parts = [media_type(part) for line in accept for part in line.split(",") if part.strip()]
    wanted = {kind: _quality(parameters.get("q", "1")) for kind, parameters in reversed(parts)}
    if not wanted:
        return JSON
    newer, older = _liking(GRAPHQL_JSON, wanted), _liking(JSON, wanted)
    if newer > older or (newer and newer == older and GRAPHQL_JSON in wanted):
        return GRAPHQL_JSON
    return JSON if older else None


def media_type(text: str) -> tuple[str, dict[str, str]]:
    """Return a media type and its parameters; their names are lower case, and quotes are taken off."""
    kind, *parameters = text.split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    return kind.strip().lower(), {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _quality(text: str) -> float:
    return float(text) if QUALITY.fullmatch(text) else 1.0


def _liking(kind: str, wanted: dict[str, float]) -> float:
    """Return how much a media type is wanted: what is said of it most precisely counts."""
    return next((wanted[name] for name in (kind, "application/*", "*/*") if name in wanted), 0.0)
