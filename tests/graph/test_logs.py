"""What is logged: where something went wrong, and nothing that an exception quotes."""

import asyncio
import logging
import sys
from io import StringIO

import pytest

from graph.logs import FORMAT, Discreet


def test_a_traceback_tells_the_place_and_no_data() -> None:
    """Of each exception on the way, and of those in a group."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Discreet(FORMAT))
    try:
        try:
            raise ExceptionGroup("of Nora Brandt", [KeyError("nora@harbour.example")])
        except ExceptionGroup as group:
            raise ValueError("a note about Nora Brandt") from group
    except ValueError:
        record = logging.LogRecord("graph", logging.ERROR, __file__, 1, "Fault %s", ("f00d",), sys.exc_info())
        handler.emit(record)
    text = written.getvalue()
    assert "Fault f00d" in text
    kinds = [line for line in text.splitlines() if line.startswith("builtins.")]
    assert kinds == ["builtins.ExceptionGroup", "builtins.KeyError", "builtins.ValueError"]
    assert text.count("test_a_traceback_tells_the_place_and_no_data") == 2
    assert "of Nora" not in text.replace(
        'raise ExceptionGroup("of Nora Brandt", [KeyError("nora@harbour.example")])', ""
    )
    assert "a note" not in text.replace('raise ValueError("a note about Nora Brandt") from group', "")


async def test_a_task_that_fails_unseen_tells_the_place_and_no_data(caplog: pytest.LogCaptureFixture) -> None:
    """The event loop quotes its exception in what it says of it."""
    quoting = [ValueError("Nora Brandt")]
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "Task exception was never retrieved", "exception": quoting[0]})
    loop.call_exception_handler({"message": "Told by itself", "asyncgen": quoting})
    lines = [line for record in caplog.records for line in Discreet(FORMAT).format(record).splitlines()]
    assert [line.partition("asyncio: ")[2] for line in lines if "asyncio" in line] == [
        "Task exception was never retrieved",
        "Told by itself",
    ]
    assert "builtins.ValueError" in lines
    assert "Nora" not in "".join(lines)
    assert "Nora" in caplog.records[1].getMessage()
