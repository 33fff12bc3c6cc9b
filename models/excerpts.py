"""The history of many subjects at once; newest first."""

from datetime import datetime
from typing import Final

from tortoise.expressions import F

from models.history import HistoryEntry
from models.pages_of_each import Lists
from models.paging import Order

NEWEST_FIRST: Final = Order("history", F("at"), datetime, descending=True)
EXCERPTS: Final = Lists(HistoryEntry, subject="subject_id", column="at", order=NEWEST_FIRST)
