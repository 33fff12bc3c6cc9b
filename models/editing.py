"""How a person's edit changes a tracker's standing, before it is settled again."""

from models.spans import Span
from models.standing import SPEAKS_AGAIN, Standing
from models.terms import TaskTrigger


def edited(
    standing: Standing, *, session_limit: int, span: Span, auto_reset: bool, trigger: TaskTrigger | None
) -> Standing:
    """Return the tracker with a person's new settings for its current period, to be settled quietly.

    New dates become the anchor of the periods that follow. A new limit or end date rearms the period's task. A new
    limit is not the noticed one, and with a new trigger none is: a count that has reached the limit fires anew.
    """
    new_limit = session_limit != standing.session_limit
    new_trigger = trigger is not standing.trigger
    task = standing.task
    if task is not None and (new_limit or span.end != standing.span.end):
        task = task._replace(rearmed=True)
    if span != standing.span:
        standing = standing._replace(span=span, anchor=span, anchor_number=standing.number)
    return standing._replace(
        session_limit=session_limit,
        auto_reset=auto_reset,
        trigger=trigger,
        noticed_limit=SPEAKS_AGAIN if new_trigger and standing.noticed_limit is not None else standing.noticed_limit,
        task=task,
    )
