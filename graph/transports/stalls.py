"""Peers that do not read: what waits for them is bounded, in bytes and in time."""

import asyncio
import socket
from collections.abc import Callable
from typing import Final

STALL_SECONDS: Final = 10.0
VANISHED_SECONDS: Final = 30.0


class StallWatch:
    """Calls `on_stall` when the peer takes nothing for `seconds` of what waits for it."""

    __slots__ = ("_on_stall", "_seconds", "_timer", "_transport", "_waiting")

    def __init__(self, transport: asyncio.Transport, seconds: float, on_stall: Callable[[], None]) -> None:
        self._transport = transport
        self._seconds = seconds
        self._on_stall = on_stall
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Watch from now on."""
        self.end()
        self._waiting = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def end(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        if self._transport.get_write_buffer_size() < self._waiting:
            self.begin()
        else:
            self._timer = None
            self._on_stall()


def limit_kernel(raw: socket.socket, *, kernel_bytes: int) -> None:
    """Bound what the kernel keeps for a peer, and for how long it sends to one that does not answer.

    What a socket accepts inherits its bounds.
    """
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, kernel_bytes)
    if hasattr(socket, "TCP_USER_TIMEOUT") and raw.family in {socket.AF_INET, socket.AF_INET6}:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * VANISHED_SECONDS))
