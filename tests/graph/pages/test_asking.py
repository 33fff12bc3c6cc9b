"""What is read of a browser's headers."""

import pytest
from starlette.requests import Request

from graph.pages.asking import has, is_of_another_site, reads, wants_a_page

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def asked(method: str = "GET", query: str = "", **headers: str) -> Request:
    """Return a request with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "query_string": query.encode(),
        "scheme": "http",
        "headers": raw,
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("method", "accept", "is_page"),
    [
        ("GET", CHROMIUM, True),
        ("HEAD", CHROMIUM, True),
        ("GET", "Text/HTML", True),
        ("GET", "text/html;q=0.9, application/json", True),
        ("POST", CHROMIUM, False),
        ("GET", "application/json, text/html", False),
        ("GET", "application/graphql-response+json, application/json", False),
        ("GET", "*/*", False),
        ("GET", "", False),
    ],
)
def test_who_lists_html_first_wants_a_page(method: str, accept: str, is_page: bool) -> None:
    """Clients of the API do not, also those that take anything."""
    assert wants_a_page(asked(method, accept=accept)) is is_page


def test_who_says_what_to_ask_gets_an_answer() -> None:
    """A query in the address is for the API, whoever asks."""
    assert not wants_a_page(asked(query="query=%7B%7D", accept=CHROMIUM))


@pytest.mark.parametrize(
    ("header", "is_read"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP", True),
        ("gzip;q=0.5", True),
        ("gzip; q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_a_coding_is_taken_when_it_is_named_and_not_refused(header: str, is_read: bool) -> None:
    """What is not named is not sent."""
    assert reads(asked(accept_encoding=header), "gzip") is is_read


@pytest.mark.parametrize(
    ("header", "is_had"), [('"a"', True), ('"b", W/"a"', True), ("*", True), ('"b"', False), ("a", False), ("", False)]
)
def test_a_version_is_had_when_it_is_listed(header: str, is_had: bool) -> None:
    """By its tag, weak or strong."""
    assert has(asked(if_none_match=header), '"a"') is is_had


@pytest.mark.parametrize(
    ("headers", "is_other"),
    [
        ({}, False),
        ({"sec_fetch_site": "same-origin"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"sec_fetch_site": "cross-site"}, True),
        ({"sec_fetch_site": "same-site"}, True),
        ({"host": "here:8000", "origin": "http://here:8000"}, False),
        ({"host": "here:8000", "origin": "http://there:8000"}, True),
        ({"host": "here:8000", "origin": "null"}, True),
    ],
)
def test_browsers_tell_where_a_request_comes_from(headers: dict[str, str], is_other: bool) -> None:
    """What says nothing is no browser."""
    assert is_of_another_site(asked(**headers)) is is_other
