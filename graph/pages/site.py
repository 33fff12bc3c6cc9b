"""The pages as they were built, or what is said in their place when they were not."""

import hashlib
import html
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from graph.pages.asking import has
from graph.pages.assets import Assets
from graph.pages.policies import EXPLORER, PAGE

STATIC: Final = Path(__file__).resolve().parent.parent / "static"
DOCUMENTS: Final = "persisted-documents.json"
"""In that folder: what the page asks for, by its hashes."""

DEMO: Final = '<meta name="demo" content="false">'
"""What a built page says of demo mode; the page that is served says how it is."""

MISSING: Final = """<!doctype html>
<html lang="en">
<title>Session Tracker</title>
<h1>The pages were not built</h1>
<p>The API serves: <code>POST /graphql</code>, and sockets there. What is missing is the front end.</p>
<p>{reason}</p>
<p>In the source, <code>make run</code> builds it, and says what it needs. Packages have it built in.</p>
</html>
"""
UNKNOWN: Final = "Nothing was built yet."

NO_EXPLORER: Final = """<!doctype html>
<html lang="en">
<title>Session Tracker</title>
<h1>GraphiQL cannot be used here</h1>
<p>This server answers trusted documents only (<code>ONLY_TRUSTED_DOCUMENTS</code>), and nothing written by hand.</p>
<p><a href="/">The page</a> works as ever.</p>
</html>
"""


class Page:
    """One page, with what its browser may do."""

    def __init__(self, text: str, *, policy: str, status: int = 200) -> None:
        self._text = text
        self._status = status
        etag = hashlib.sha256(text.encode()).hexdigest()[:32]
        self._headers = {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-cache",
            "ETag": f'"{etag}"',
            "Vary": "Accept",
        }

    async def answer(self, request: Request) -> Response:
        """Answer with the page, unless the browser has it."""
        if has(request, self._headers["ETag"]) and self._status == 200:
            return Response(status_code=304, headers=self._headers)
        return HTMLResponse(self._text, status_code=self._status, headers=self._headers)


class Site:
    """All that was built into a folder."""

    def __init__(self, *, demo: bool, only_trusted: bool = False, folder: Path = STATIC) -> None:
        self._folder = folder
        self._demo = demo
        self.index = self._page("index.html", policy=PAGE)
        self.explorer = (
            Page(NO_EXPLORER, policy=PAGE, status=403) if only_trusted else self._page("graphiql.html", policy=EXPLORER)
        )
        self.routes = [
            Route("/assets/{name}", Assets(folder / "assets").answer),
            Route("/licences", self._licences),
        ]

    def _page(self, name: str, *, policy: str) -> Page:
        path = self._folder / name
        if not path.is_file():
            return Page(MISSING.format(reason=html.escape(self._reason())), policy=PAGE, status=503)
        text = path.read_text(encoding="utf-8")
        return Page(text.replace(DEMO, DEMO.replace("false", "true")) if self._demo else text, policy=policy)

    def _reason(self) -> str:
        """Return why nothing could be built, where that was noted."""
        path = self._folder / "missing.txt"
        return path.read_text(encoding="utf-8") if path.is_file() else UNKNOWN

    async def _licences(self, _request: Request) -> Response:
        """Answer with the licences of what is built in."""
        path = self._folder / "licences.md"
        text = path.read_text(encoding="utf-8") if path.is_file() else f"{UNKNOWN}\n"
        return PlainTextResponse(text)
