"""The built files that the pages load: named by their content, so they are kept for ever; compressed when built."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from graph.pages.asking import has, reads

SUFFIXES: Final = {"br": ".br", "gzip": ".gz"}
"""By coding, the smallest first."""

MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"


class Assets:
    """Knows what there was in the folder when the process started, and serves what is there still."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()

    async def answer(self, request: Request) -> Response:
        """Answer with the file of that name."""
        name: str = request.path_params["name"]
        media_type = MEDIA_TYPES.get(Path(name).suffix)
        coding = self._coding(request, name)
        stored = name + SUFFIXES.get(coding, "")
        if name not in self._names or media_type is None or not (self._folder / stored).is_file():
            return PlainTextResponse("There is no such file.\n", status_code=404)
        headers = {"Cache-Control": FOR_EVER, "ETag": f'"{stored}"', "Vary": "Accept-Encoding"}
        if has(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if coding:
            headers["Content-Encoding"] = coding
        return FileResponse(self._folder / stored, media_type=media_type, headers=headers)

    def _coding(self, request: Request, name: str) -> str:
        """Return the coding to send it in; empty for the file as it is."""
        held = (coding for coding, suffix in SUFFIXES.items() if name + suffix in self._names)
        return next((coding for coding in held if reads(request, coding)), "")
