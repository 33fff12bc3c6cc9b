"""Cancels a piece of work at a chosen await point, wherever in it that lies, as a caller who goes away does."""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from enum import Enum
from typing import Any


class Moment(Enum):
    """When at an await point the cancellation arrives."""

    WAITING = "while it waits"
    RESUMING = "as what it waited for has come, and before it goes on"


class Steps:
    """Runs a coroutine, and reports each of its await points before waiting there."""

    def __init__(self, work: Coroutine[Any, Any, Any], at_await: Callable[[Any], None]) -> None:
        self._work, self._at_await = work, at_await

    def __await__(self) -> Generator[Any, Any, Any]:
        """Hand on what the coroutine waits for, and to it what came of that."""
        error: BaseException | None = None
        while True:
            try:
                awaited = self._work.throw(error) if error else self._work.send(None)
            except StopIteration as end:
                return end.value
            self._at_await(awaited)
            error = None
            try:
                yield awaited
            except BaseException as thrown:  # a cancellation, too, goes to the coroutine
                error = thrown


class Interruption:
    """Counts the await points of a task and of those it starts, and cancels the task at the one numbered `point`."""

    def __init__(self, point: int, moment: Moment) -> None:
        self.point, self.moment = point, moment
        self.seen = 0
        self.task: asyncio.Task[Any] | None = None

    @property
    def happened(self) -> bool:
        """Whether the work came to that point."""
        return self.seen > self.point

    def at_await(self, awaited: Any) -> None:
        """Count one await point."""
        self.seen += 1
        if self.seen != self.point + 1:
            return
        assert self.task is not None
        if self.moment is Moment.RESUMING and isinstance(awaited, asyncio.Future):
            awaited.add_done_callback(lambda _future: self._cancel())
        else:
            self._cancel()

    def _cancel(self) -> None:
        assert self.task is not None
        self.task.cancel()


async def interrupted(work: Callable[[], Coroutine[Any, Any, Any]], *, point: int, moment: Moment) -> bool:
    """Run the work in a task and cancel that at an await point, numbered from 0; tell whether it came so far.

    The point may lie in a task that the work has started, such as a unit of work: still it is the work's own task that
    is cancelled, while the other is there.
    """
    interruption = Interruption(point, moment)
    with every_task_watched(interruption.at_await):
        interruption.task = asyncio.create_task(work())
        with suppress(asyncio.CancelledError):
            await interruption.task
    return interruption.happened


@contextmanager
def every_task_watched(at_await: Callable[[Any], None]) -> Iterator[None]:
    """Report the await points of all tasks that are created in the block."""
    loop = asyncio.get_running_loop()

    def watched(
        loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], context: Context | None = None
    ) -> asyncio.Task[Any]:
        async def stepped() -> object:
            return await Steps(work, at_await)

        task = asyncio.Task(stepped(), loop=loop, context=context)
        # One that is cancelled before it begins never comes to what it was made for.
        task.add_done_callback(lambda _task: work.close())
        return task

    loop.set_task_factory(watched)  # type: ignore[arg-type]  # the protocol's type allows generators, too
    try:
        yield
    finally:
        loop.set_task_factory(None)
