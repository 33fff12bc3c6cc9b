"""What is logged: to standard error, one line for each event, and of what went wrong the place but nobody's data."""

import logging
import traceback
from types import TracebackType
from typing import Final

ASYNCIO: Final = "asyncio"
FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Writes tracebacks without what the exceptions say, which may quote a row: a name, a note, an address.

    Of what asyncio says of a task that failed unseen only the first line: the others quote its exception.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback that another handler has written is not taken over."""
        written, record.exc_text = record.exc_text, None
        said, given = record.msg, record.args
        if record.name == ASYNCIO:
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        try:
            return super().format(record)
        finally:
            record.exc_text, record.msg, record.args = written, said, given

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 (the library's name)
        """Return the exceptions' types and places, the first cause first."""
        error = ei[1]
        return "\n".join(_told(error, set())) if error is not None else ""


def set_up_logging(level: str) -> None:
    """Log to standard error. At `debug` exceptions are quoted, and with them whatever they quote."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(FORMAT) if level == "debug" else Discreet(FORMAT))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("tortoise").setLevel(logging.WARNING)


def _told(error: BaseException | None, told: set[int]) -> list[str]:
    if error is None or id(error) in told:
        return []
    told.add(id(error))
    kind = type(error)
    return [
        *_told(error.__cause__ or (None if error.__suppress_context__ else error.__context__), told),
        "Traceback (most recent call last):",
        *(line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)),
        f"{kind.__module__}.{kind.__qualname__}",
        *(line for each in getattr(error, "exceptions", ()) for line in _told(each, told)),
    ]
