"""A feed over a dictionary, with the real interface, that tells how it was read."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from jobs.bus import Hint, Topic, client_topic
from models.terms import ChangeReason
from resolvers.live.feed import Feed, Reading
from resolvers.permissions import Operation

CLIENT, PRACTICE = UUID(int=7), UUID(int=1)
TOPIC = client_topic(CLIENT, practice_id=PRACTICE)


class Shelf(Feed[str, int]):
    """Holds a number for each name. Its topics are those of one client, unless a name is moved."""

    operation = Operation.CLIENT_TRACKERS

    def __init__(self) -> None:
        self.numbers: dict[str, Reading[int]] = {}
        self.readings: list[list[str]] = []
        self.refused: set[str] = set()
        self.broken: Exception | None = None
        self.may_read = asyncio.Event()
        self.may_read.set()

    def put(self, name: str, number: int, revision: int, *, topic: Topic = TOPIC) -> None:
        """Set a name's number."""
        self.numbers[name] = Reading(number, revision, ChangeReason.COMPLETION, topic)

    async def locate(self, subjects: Collection[str], *, practice_id: UUID) -> Mapping[str, Topic]:  # noqa: ARG002
        """Return the topics of the names that are there."""
        return {name: self.numbers[name].topic for name in subjects if name in self.numbers}

    async def read(
        self,
        subjects: Collection[str],
        *,
        practice_id: UUID,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Mapping[str, Reading[int] | None]:
        """Return the names' numbers, as they are when reading begins."""
        self.readings.append(sorted(subjects))
        read = {name: self.numbers.get(name) for name in subjects if name not in self.refused}
        await self.may_read.wait()
        if self.broken is not None:
            raise self.broken
        return read

    def differs(self, new: int, shown: int) -> bool:
        """Tell whether the number is another."""
        return new != shown


def hint(revision: int = 0, *, client_id: UUID = CLIENT) -> Hint:
    """Return a hint of the client."""
    return Hint(client_id, PRACTICE, revision)
