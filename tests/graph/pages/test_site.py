"""What was built is served with its policy, and kept by browsers for as long as it is so."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from graph.pages.policies import EXPLORER, PAGE
from graph.pages.site import DEMO, Site
from graph.transports.headers import HEADERS, SafeHeaders

SCRIPT = "main-1a2b3c.js"


def built(folder: Path) -> Path:
    """Write what a build leaves."""
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(f"<!doctype html>{DEMO}<p>The page")
    (folder / "graphiql.html").write_text(f"<!doctype html>{DEMO}<p>GraphiQL")
    (folder / "licences.md").write_text("# Licences")
    for name, text in {"": "plain", ".br": "brotli", ".gz": "gzip"}.items():
        (folder / "assets" / f"{SCRIPT}{name}").write_text(text)
    (folder / "assets" / "icon.svg").write_text("<svg/>")
    return folder


def served(site: Site) -> httpx.AsyncClient:
    """Return a browser that is shown the site."""
    routes = [Route("/", site.index.answer), Route("/graphql", site.explorer.answer), *site.routes]
    transport = httpx.ASGITransport(SafeHeaders(Starlette(routes=routes)))
    return httpx.AsyncClient(transport=transport, base_url="http://here", headers={"Accept-Encoding": "identity"})


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a browser that is shown what was built."""
    async with served(Site(demo=False, folder=built(tmp_path))) as client:
        yield client


async def test_each_page_has_its_policy(browser: httpx.AsyncClient) -> None:
    """Scripts are files of ours on both; the editor of the explorer writes styles."""
    page, explorer = await browser.get("/"), await browser.get("/graphql")
    assert (page.status_code, explorer.status_code) == (200, 200)
    assert page.headers["content-security-policy"] == PAGE
    assert explorer.headers["content-security-policy"] == EXPLORER
    assert "unsafe" not in PAGE
    for answer in (page, explorer):
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert {name for name, value in HEADERS.items() if answer.headers[name] != value} == {
            "Content-Security-Policy",
            "Cache-Control",
        }


async def test_where_only_trusted_documents_are_answered_there_is_no_explorer(tmp_path: Path) -> None:
    """What is written in it would be refused; the page is there."""
    async with served(Site(demo=False, only_trusted=True, folder=built(tmp_path))) as browser:
        answer = await browser.get("/graphql")
        assert (answer.status_code, "GraphiQL cannot be used here" in answer.text) == (403, True)
        assert answer.headers["content-security-policy"] == PAGE
        assert (await browser.get("/")).status_code == 200


async def test_a_page_is_asked_for_each_time_and_sent_when_it_has_changed(browser: httpx.AsyncClient) -> None:
    """By its tag."""
    page = await browser.get("/")
    assert page.headers["cache-control"] == "no-cache"
    again = await browser.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == PAGE


async def test_the_page_says_whether_it_is_the_demo(tmp_path: Path) -> None:
    """It was built without knowing."""
    folder = built(tmp_path)
    async with served(Site(demo=True, folder=folder)) as demo, served(Site(demo=False, folder=folder)) as real:
        assert '<meta name="demo" content="true">' in (await demo.get("/")).text
        assert '<meta name="demo" content="true">' in (await demo.get("/graphql")).text
        assert '<meta name="demo" content="false">' in (await real.get("/")).text


@pytest.mark.parametrize(
    ("reads", "coding", "text"),
    [
        ("gzip, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip", "gzip", "gzip"),
        ("identity", None, "plain"),
    ],
)
async def test_a_script_is_sent_as_small_as_the_browser_reads(
    browser: httpx.AsyncClient, reads: str, coding: str | None, text: str
) -> None:
    """It was compressed when it was built; each coding has a tag of its own."""
    async with browser.stream("GET", f"/assets/{SCRIPT}", headers={"Accept-Encoding": reads}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert (answer.status_code, raw.decode()) == (200, text)
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    known = {"Accept-Encoding": reads, "If-None-Match": answer.headers["etag"]}
    again = await browser.get(f"/assets/{SCRIPT}", headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_what_is_not_compressed_is_sent_as_it_is(browser: httpx.AsyncClient) -> None:
    """With its media type."""
    answer = await browser.get("/assets/icon.svg", headers={"Accept-Encoding": "gzip, br"})
    assert (answer.text, answer.headers["content-type"]) == ("<svg/>", "image/svg+xml")
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "name", ["other.js", f"{SCRIPT}.gz", "..%2Findex.html", "%2e%2e/index.html", "..\\index.html", "%00.js", ""]
)
async def test_nothing_else_is_served(browser: httpx.AsyncClient, name: str) -> None:
    """Names are looked up, not followed."""
    assert (await browser.get(f"/assets/{name}")).status_code == 404


async def test_the_licences_are_told(browser: httpx.AsyncClient) -> None:
    """Of what is built in."""
    assert (await browser.get("/licences")).text == "# Licences"


async def test_without_a_build_the_page_says_what_is_missing(tmp_path: Path) -> None:
    """As the build noted it."""
    (tmp_path / "missing.txt").write_text("Node <22> is needed.")
    async with served(Site(demo=True, folder=tmp_path)) as browser:
        for path in ("/", "/graphql"):
            answer = await browser.get(path)
            assert answer.status_code == 503
            assert "Node &lt;22&gt; is needed." in answer.text
            assert answer.headers["content-security-policy"] == PAGE
        assert (await browser.get(f"/assets/{SCRIPT}")).status_code == 404
    async with served(Site(demo=True, folder=tmp_path / "nowhere")) as browser:
        assert "Nothing was built yet." in (await browser.get("/")).text
