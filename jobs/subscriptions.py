"""What a process is subscribed to at Redis: each channel needed, asked for and confirmed, and who waits for that."""

import asyncio
from collections import Counter
from typing import Final

from jobs.bus import Listener, Listeners, Topic
from jobs.channels import crowd_channel, own_channel, tell_of_loss

CONFIRM_SECONDS: Final = 3.0


class Subscriptions:
    """The topics listened to, and their channels, each of which is asked for once however many listen.

    A topic is heard on a channel of its own, and on that of its practice's crowd, which is always asked for before it:
    what confirms the first confirms the second. Who is not confirmed within `confirm_seconds` enters all the same, and
    is told when it is that hints may have been lost. `are_touched` is set when something is to be asked.
    """

    def __init__(self, *, confirm_seconds: float) -> None:
        self.listeners = Listeners()
        self.are_touched = asyncio.Event()
        self._confirm_seconds = confirm_seconds
        self._waiting: dict[str, set[asyncio.Future[bool]]] = {}
        self._gaps: set[str] = set()
        self._needed: Counter[str] = Counter()
        self._touched: dict[str, None] = {}
        self._asked: set[str] = set()
        self._unconfirmed: Counter[str] = Counter()

    async def join(self, topic: Topic, listener: Listener) -> None:
        """Listen; return when Redis has confirmed it, or has kept it waiting too long."""
        self.listeners.add(topic, listener)
        for channel in _channels(topic):
            self._needed[channel] += 1
            self._touch(channel)
        if not self._is_confirmed(own := own_channel(topic)):
            await self._confirmation(own)

    def leave(self, topic: Topic, listener: Listener) -> None:
        """Listen no more; a channel that nobody needs is left."""
        self.listeners.remove(topic, listener)
        for channel in _channels(topic):
            self._needed[channel] -= 1
            if not self._needed[channel]:
                del self._needed[channel]
                self._waiting.pop(channel, None)
                self._gaps.discard(channel)
            self._touch(channel)

    def begin(self) -> None:
        """Have every channel asked for, on a connection that is new."""
        self._touched.update(dict.fromkeys(self._needed))
        self.are_touched.set()

    def lose(self) -> None:
        """Forget what the connection that has ended was asked: hints may be lost until each is confirmed again."""
        for state in (self._touched, self._asked, self._unconfirmed):
            state.clear()
        self._gaps.update(map(own_channel, self.listeners))

    def to_ask(self) -> tuple[list[str], list[str]]:
        """Return the channels joined and left since this was last asked, which count as asked for from now on."""
        self.are_touched.clear()
        touched, self._touched = self._touched, {}
        joined = [channel for channel in touched if channel in self._needed and channel not in self._asked]
        left = [channel for channel in touched if channel not in self._needed and channel in self._asked]
        self._asked.update(joined)
        self._asked.difference_update(left)
        self._unconfirmed.update(joined)
        return joined, left

    def confirm(self, channel: str) -> None:
        """Take a confirmation of Redis: let those enter who wait, and tell of what may have been lost."""
        self._unconfirmed[channel] -= 1
        # A channel left and joined again has asked twice, and the first confirmation precedes its leaving.
        if self._unconfirmed[channel] > 0:
            return
        out_of_turn = self._unconfirmed.pop(channel) < 0
        for waiting in self._waiting.pop(channel, ()):
            _settle(waiting, True)
        if out_of_turn or channel in self._gaps:
            self._gaps.discard(channel)
            tell_of_loss(channel, listeners=self.listeners)

    def _touch(self, channel: str) -> None:
        self._touched[channel] = None
        self.are_touched.set()

    def _is_confirmed(self, channel: str) -> bool:
        return channel in self._asked and channel not in self._unconfirmed

    async def _confirmation(self, channel: str) -> None:
        loop = asyncio.get_running_loop()
        confirmed = loop.create_future()
        self._waiting.setdefault(channel, set()).add(confirmed)
        deadline = loop.call_later(self._confirm_seconds, _settle, confirmed, False)
        try:
            if not await confirmed:
                self._gaps.add(channel)
        finally:
            deadline.cancel()
            self._waiting.get(channel, set()).discard(confirmed)


class Subscription:
    """Listens for the time of the block; there is one for each dialog, so it is small."""

    __slots__ = ("_listener", "_subscriptions", "_topic")

    def __init__(self, subscriptions: Subscriptions, topic: Topic, listener: Listener) -> None:
        self._subscriptions = subscriptions
        self._topic = topic
        self._listener = listener

    async def __aenter__(self) -> None:
        try:
            await self._subscriptions.join(self._topic, self._listener)
        except BaseException:
            self._subscriptions.leave(self._topic, self._listener)
            raise

    async def __aexit__(self, *_error: object) -> None:
        self._subscriptions.leave(self._topic, self._listener)


def _channels(topic: Topic) -> tuple[str, str]:
    """Return where a topic is heard, in the order in which to ask: whoever is confirmed the second has the first."""
    return crowd_channel(topic.practice_id), own_channel(topic)


def _settle(confirmed: asyncio.Future[bool], whether: bool) -> None:
    if not confirmed.done():
        confirmed.set_result(whether)
