"""Every mutation takes a key, and does once what it is asked for with it: the whole schema is walked."""

import json
from typing import Final

import pytest

from models.idempotency import IdempotencyKey
from tests.api.conftest import House
from tests.api.desk import on_record
from tests.api.furnished import furnish
from tests.api.walking import SCHEMA, Place, key_places

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACES: Final = list(key_places())


async def test_every_mutation_takes_a_key() -> None:
    """A new one without a key fails here."""
    assert SCHEMA.mutation_type is not None
    assert [place.field for place in PLACES] == list(SCHEMA.mutation_type.fields)


@pytest.mark.parametrize("place", PLACES, ids=str)
async def test_it_is_made_once(office: House, place: Place) -> None:
    """Sent three times it is answered three times alike; the second and the third change nothing."""
    own = await furnish(office, "Here")
    variables = place.variables(own=own.__getitem__)
    first = await office.api().data(place.document(), **variables)
    assert first[place.field]["errors"] == []
    assert '"text"' in json.dumps(variables)
    assert await IdempotencyKey.filter(practice_id=office.practice.id, key="text").count() == 1
    before = await on_record(office.practice.id)
    for _ in range(2):
        assert await office.api().data(place.document(), **variables) == first
    assert await on_record(office.practice.id) == before


@pytest.mark.parametrize("place", PLACES, ids=str)
async def test_without_a_key_nothing_is_kept(office: House, place: Place) -> None:
    """The key is an option."""
    own = await furnish(office, "Here")
    variables = place.variables(own=own.__getitem__)
    outer, *inner = place.path
    if inner:
        given = variables[outer]
        assert isinstance(given, dict)
        del given[inner[0]]
    else:
        variables[outer] = None
    answer = await office.api().data(place.document(), **variables)
    assert answer[place.field]["errors"] == []
    assert await IdempotencyKey.filter(practice_id=office.practice.id).count() == 0
