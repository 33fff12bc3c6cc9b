"""Reading boards: what the aggregate takes over, and the rows that are listed."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson

from models.board import BoardAggregate, BoardClient, BoardCounts, BoardTracker, BoardView
from models.database import database, placeholder, speaks_postgres
from models.terms import TrackerState
from models.trackers import Tracker

T = TypeVar("T")

CHUNK: Final = 500
VIEWS_OF_A_TURN: Final = 50
"""After so many views others have their turn."""
ATTEMPTS: Final = 3
# One statement, so that each client is read as of one revision.
CLIENTS: Final = """
    SELECT CAST(client.id AS text) AS client_id, client.revision,
        (SELECT count(*) FROM task WHERE task.client_id = client.id AND task.status = 'OPEN') AS open_tasks,
        CAST(tracker.id AS text) AS id, tracker.state, tracker.remaining, tracker.end_date
    FROM client LEFT JOIN tracker ON tracker.client_id = client.id AND tracker.removed_at IS NULL
    WHERE client.practice_id = {practice_id} AND client.id IN {client_ids}
    ORDER BY client.id, tracker.slot
"""
ON_POSTGRES: Final = CLIENTS.format(practice_id="$1", client_ids="(SELECT unnest($2::uuid[]))")
ON_SQLITE: Final = CLIENTS.format(practice_id="?", client_ids="(SELECT value FROM json_each(?))")


@dataclass(frozen=True, slots=True)
class Board:
    """A practice's board as one view shows it on a day. The rows were read together with their clients."""

    today: date
    revision: int
    counts: BoardCounts
    nearly_used: Sequence[Tracker]
    ending_soon: Sequence[Tracker]
    expired: Sequence[Tracker]


async def read_all_clients(aggregate: BoardAggregate, *, practice_id: UUID) -> None:
    """Have the aggregate take over every client of the practice."""
    all_ids = f"SELECT CAST(id AS text) AS id FROM client WHERE practice_id = {placeholder(1)}"
    rows = await database().execute_query_dict(all_ids, [str(practice_id)])
    await read_clients(aggregate, [row["id"] for row in rows], practice_id=practice_id)


async def read_clients(aggregate: BoardAggregate, client_ids: Iterable[str], *, practice_id: UUID) -> None:
    """Have the aggregate take over these clients as they stand; a few thousand in a statement."""
    for chunk in _chunks(list(client_ids)):
        if speaks_postgres():
            rows = await database().execute_query_dict(ON_POSTGRES, [practice_id, chunk])
        else:
            rows = await database().execute_query_dict(ON_SQLITE, [str(practice_id), orjson.dumps(chunk).decode()])
        for client_id, of_client in groupby(rows, lambda row: row["client_id"]):
            aggregate.put(client_id, _client(list(of_client)))


async def read_boards(
    aggregate: BoardAggregate, views: Collection[BoardView], *, practice_id: UUID, today: date
) -> dict[BoardView, Board]:
    """Return the board of each view on a day; the aggregate takes over what turns out to have changed meanwhile."""
    for attempt in range(1, ATTEMPTS + 1):
        lists = {view: aggregate.lists(view, today=today) async for view in _by_turns(views)}
        wanted = {key for each in lists.values() for key in (*each.nearly_used, *each.ending_soon, *each.expired)}
        rows = await _trackers(wanted)
        clients = {str(row.client_id): row.client.revision for row in rows.values()}
        changed = [key for key, revision in clients.items() if revision != aggregate.revision_of(key)]
        if not changed or attempt == ATTEMPTS:
            break
        await read_clients(aggregate, changed, practice_id=practice_id)

    def listed(ids: Sequence[str]) -> list[Tracker]:
        return [rows[key] for key in ids if rows[key].removed_at is None]

    return {
        view: Board(
            today=today,
            revision=aggregate.revision,
            counts=aggregate.counts,
            nearly_used=listed(each.nearly_used),
            ending_soon=listed(each.ending_soon),
            expired=listed(each.expired),
        )
        async for view, each in _by_turns(lists.items())
    }


async def _by_turns(items: Iterable[T]) -> AsyncIterator[T]:
    for number, item in enumerate(items, 1):
        yield item
        if number % VIEWS_OF_A_TURN == 0:
            await asyncio.sleep(0)


async def _trackers(ids: Collection[str]) -> dict[str, Tracker]:
    rows: dict[str, Tracker] = {}
    for chunk in _chunks(list(ids)):
        found = await Tracker.filter(id__in=chunk).select_related("client")
        rows |= {str(row.id): row for row in found}
    return rows


def _client(rows: Sequence[Mapping[str, Any]]) -> BoardClient:
    trackers = (
        BoardTracker(row["id"], TrackerState(row["state"]), row["remaining"], _day(row["end_date"]))
        for row in rows
        if row["id"] is not None
    )
    return BoardClient(rows[0]["revision"], rows[0]["open_tasks"], tuple(trackers))


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
