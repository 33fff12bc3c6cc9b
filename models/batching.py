"""Batched lookups: whatever is asked for while one is under way is looked up together, next."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from contextvars import Context, copy_context
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Batched(Generic[K, V]):
    """Looks keys up, many in one call, one call after another. Nothing is kept: answers are newer than questions."""

    def __init__(self, look_up: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._look_up = look_up
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._context: Context = copy_context()
        self._task: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """Return what the key stands for, None when nothing.

        Raises what the look-up raises.
        """
        if key not in self._asked:
            self._asked[key] = asyncio.get_running_loop().create_future()
        answer = self._asked[key]
        if self._task is None:
            # The first to ask may be cancelled, or be inside a transaction: neither is to touch the others.
            self._task = asyncio.get_running_loop().create_task(self._run(), context=self._context.copy())
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        try:
            while self._asked:
                await asyncio.sleep(0)
                asked, self._asked = self._asked, {}
                try:
                    found = await self._look_up(asked)
                except Exception as error:
                    for answer in asked.values():
                        answer.set_exception(error)
                        answer.exception()  # It is told to those who wait; they may have left.
                else:
                    for key, answer in asked.items():
                        answer.set_result(found.get(key))
        finally:
            self._task = None
