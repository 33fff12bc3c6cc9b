"""What a kind of watch supplies: where its changes are heard, and how many of its subjects are read at once."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping
from datetime import datetime
from typing import ClassVar, Generic, NamedTuple, TypeVar
from uuid import UUID

from jobs.bus import Hint, Topic
from models.terms import ChangeReason
from resolvers.permissions import Operation

K = TypeVar("K", bound=Hashable)
S = TypeVar("S")


class Reading(Generic[S], NamedTuple):
    """A subject as it stands: its state, the revision of that, why it last changed, and where its changes are heard.

    `due_at` is when it may change by itself, though nothing is heard.
    """

    state: S
    revision: int
    reason: ChangeReason
    topic: Topic
    due_at: datetime | None = None


class Feed(ABC, Generic[K, S]):
    """One kind of watch, of the subjects K with the states S. Subjects of one practice are read together."""

    operation: ClassVar[Operation]
    """What one watches by; who may not do so any more is shown nothing more."""
    pace: ClassVar[float] = 0.0
    """Seconds at least between two readings of a practice."""
    portion: ClassVar[int] = 2000
    """How many subjects are read in one go at most. Where they may be more, readings of one practice overlap."""

    @abstractmethod
    async def locate(self, subjects: Collection[K], *, practice_id: UUID) -> Mapping[K, Topic]:
        """Return the topic on which changes of each subject are heard; a subject that is not there has none."""

    @abstractmethod
    async def read(self, subjects: Collection[K], *, practice_id: UUID, now: datetime) -> Mapping[K, Reading[S] | None]:
        """Return each subject as it stands, None for one that is gone; one that cannot be read now is absent."""

    @abstractmethod
    def differs(self, new: S, shown: S) -> bool:
        """Tell whether a viewer would see the difference."""

    def told(self, state: S, reason: ChangeReason) -> S:  # noqa: ARG002 (most states do not carry the reason)
        """Return the state as it is sent for a reason."""
        return state

    def opened(self, subject: K, *, practice_id: UUID) -> None:
        """Note that from now on, until it is closed, all hints on the subject's topic are heard."""

    def heard(self, subject: K, hint: Hint | None, *, practice_id: UUID) -> None:
        """Note a hint on a subject's topic; None when hints may have been lost."""

    def closed(self, subject: K, *, practice_id: UUID) -> None:
        """Note that nobody watches the subject any more."""
