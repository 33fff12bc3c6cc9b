"""What a person works through: the inbox of open tasks. All inboxes of a practice are read together."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from jobs.bus import Topic, practice_topic
from jobs.rollover import bring_practice_up_to_date
from models.access import within
from models.inboxes import TaskInbox, read_inboxes
from models.practices import StaffMember
from models.terms import ChangeReason
from resolvers.live.feed import Feed, Reading
from resolvers.permissions import Operation


class InboxFeed(Feed[UUID, TaskInbox]):
    """Inboxes, by the assignee's id."""

    operation: ClassVar[Operation] = Operation.TASK_INBOX
    pace: ClassVar[float] = 0.25

    async def locate(self, subjects: Collection[UUID], *, practice_id: UUID) -> Mapping[UUID, Topic]:
        """Return the practice's topic for each assignee that is of its staff, active or not."""
        known = await within(StaffMember, practice_id=practice_id).filter(id__in=list(subjects)).only("id")
        return dict.fromkeys((row.id for row in known), practice_topic(practice_id))

    async def read(
        self, subjects: Collection[UUID], *, practice_id: UUID, now: datetime
    ) -> Mapping[UUID, Reading[TaskInbox] | None]:
        """Return the inboxes, all clients settled."""
        await bring_practice_up_to_date(practice_id, now=now)
        inboxes, topic = await read_inboxes(subjects, practice_id=practice_id), practice_topic(practice_id)
        return {key: Reading(inbox, 0, ChangeReason.CORRECTION, topic) for key, inbox in inboxes.items()}

    def differs(self, new: TaskInbox, shown: TaskInbox) -> bool:
        """Tell whether a task came, went or changed; what it is about is shown as of then."""
        return _seen(new) != _seen(shown)


def _seen(inbox: TaskInbox) -> tuple[object, ...]:
    return inbox.open_count, [(row.id, row.title, row.reason) for row in inbox.tasks]
