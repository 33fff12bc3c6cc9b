"""What a browser says of itself: which media type it likes best, which codings it reads, what it has already."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

HTML: Final = "text/html"
OF_THIS_ORIGIN: Final = {"same-origin", "none"}
OF_THIS_MACHINE: Final = {"localhost", "127.0.0.1", "::1"}


def wants_a_page(request: Request) -> bool:
    """Tell whether a person looks at it: browsers list HTML first, clients of the API do not, and say what they ask."""
    first = request.headers.get("accept", "").partition(",")[0].partition(";")[0]
    return request.method in {"GET", "HEAD"} and not request.url.query and first.strip().lower() == HTML


def reads(request: Request, coding: str) -> bool:
    """Tell whether the answer may be compressed so."""
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if name.lower() == coding:
            return quality.strip("0.") != "" or quality == ""
    return False


def has(request: Request, etag: str) -> bool:
    """Tell whether the browser has this version already."""
    known: Iterable[str] = request.headers.get("if-none-match", "").split(",")
    return any(each.strip().removeprefix("W/") in {etag, "*"} for each in known)


def is_of_another_site(request: Request) -> bool:
    """Tell whether a browser says that a page of another origin asks; who is no browser says nothing."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return (site is not None and site not in OF_THIS_ORIGIN) or (origin is not None and origin != ours)


def names_us(request: Request, origins: Sequence[str]) -> bool:
    """Tell whether the host that was asked for is this machine, or the host of one of these origins.

    The owner of any other name can have it lead here, and a page at that name is then of the same origin.
    """
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return False
    return host in OF_THIS_MACHINE or host in {urlsplit(origin).hostname for origin in origins}
