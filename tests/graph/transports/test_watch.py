"""One subscription over a wire: it waits once for a wire that takes no more, and is over when it is cancelled."""

from collections.abc import Callable
from typing import cast

from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.limits.documents import documents_of
from graph.live.plans import Plans
from graph.live.streams import Streams
from graph.transports.watch import Watch
from models.limits import LimitSettings
from tests.graph.live.desk import SCHEMA, Desk, opened, show

TOLD = b'{"id":"1","type":"next","payload":{"data":{"shown":{"__typename":"Shown"}}}}'


class Wire:
    """A wire that takes nothing while it is told so."""

    def __init__(self) -> None:
        self.is_writable = True
        self.pushed: list[bytes] = []
        self.behind: dict[Callable[[], None], None] = {}

    def when_writable(self, then: Callable[[], None]) -> None:
        """Keep it."""
        self.behind[then] = None

    def push(self, *parts: bytes) -> None:
        """Keep the message."""
        self.pushed.append(b"".join(parts))

    def take_again(self) -> None:
        """Take messages again."""
        self.is_writable = True
        for then in self.behind:
            then()


async def watching(desk: Desk, wire: Wire, over: list[str]) -> Watch:
    """Watch, up to the first state."""

    def ended(operation_id: str, refusal: PreExecutionError | None) -> None:
        assert refusal is None
        over.append(operation_id)

    watch = Watch(Streams(SCHEMA), operation_id="1", wire=wire, over=ended)
    plan = Plans(SCHEMA, documents_of(SCHEMA._schema, LimitSettings())).of(
        "subscription { shown { __typename } }", None
    )
    assert plan is not None
    await watch.begin(plan, None, cast("Context", desk))
    assert wire.pushed == [TOLD]
    return watch


async def test_a_wire_that_takes_no_more_is_waited_for_once() -> None:
    """However many states come by; then the newest is written."""
    desk, wire, over = opened(), Wire(), list[str]()
    await watching(desk, wire, over)
    wire.is_writable = False
    for number in range(2, 1000):
        show(desk.source, number)
    assert len(wire.behind) == 1
    wire.take_again()
    assert wire.pushed == [TOLD, TOLD]
    assert over == []


async def test_a_watch_that_was_cancelled_while_it_waited_ends_nothing_later() -> None:
    """Its id may be another operation's by then."""
    desk, wire, over = opened(), Wire(), list[str]()
    watch = await watching(desk, wire, over)
    wire.is_writable = False
    show(desk.source, 2)
    watch.cancel()
    wire.take_again()
    assert (wire.pushed, over) == ([TOLD], [])
    assert not desk.source.subscribers


async def test_what_is_gone_ends_the_watch() -> None:
    """Once."""
    desk, wire, over = opened(), Wire(), list[str]()
    await watching(desk, wire, over)
    desk.source.end()
    desk.source.end()
    assert (wire.pushed, over) == ([TOLD], ["1"])
    assert not desk.source.subscribers
