"""The permission table: it has every operation, is what the docs show, and decides about each by its own name."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import pytest
import strawberry

from graph.context import Context
from graph.mutations.practice import PracticeMutations
from graph.permissions import page
from graph.queries import Query
from graph.scalars import CONFIG
from graph.schema import TrackerSchema, make_schema
from graph.subscriptions import Subscription
from models.access import Viewer
from models.limits import LimitSettings
from models.terms import Role
from resolvers.permissions import Operation
from tests.api.conftest import House
from tests.api.desk import on_record
from tests.api.furnished import codes_in, furnish
from tests.api.over_http import NEWER
from tests.api.walking import KEY, Place, id_places, key_places, operations

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE: Final = Path(__file__).parents[2] / "docs" / "permissions.md"
SCHEMA: Final = make_schema(demo=True)
ROOTS: Final = {"query": Query, "mutation": PracticeMutations, "subscription": Subscription}
NOBODY: Final = cast("Role", "NOBODY")


@strawberry.type(name="Query")
class MoreToRead(Query):
    """The queries, and one of which nobody said who may do it."""

    forgotten: str


@strawberry.type(name="Mutation")
class MoreToChange(PracticeMutations):
    """Mutations, and one of which nobody said who may do it."""

    forgotten: str


@strawberry.type(name="Subscription")
class MoreToWatch(Subscription):
    """The subscriptions, and one of which nobody said who may do it."""

    @strawberry.subscription
    async def forgotten(self) -> AsyncIterator[str]:
        """Watch nothing."""
        yield ""


async def test_the_table_has_the_operations_of_the_schema_and_no_others() -> None:
    """An operation that went leaves no entry behind."""
    assert sorted(operation.field for operation in Operation) == sorted(each.field for each in operations())


@pytest.mark.parametrize(
    ("kind", "roots"),
    [
        ("query", {"query": MoreToRead}),
        ("mutation", {"mutation": MoreToChange}),
        ("subscription", {"subscription": MoreToWatch}),
    ],
)
async def test_an_operation_without_an_entry_is_in_no_schema(kind: str, roots: dict[str, type]) -> None:
    """The server does not start with it."""
    with pytest.raises(LookupError, match=f"who may do this: {kind} forgotten"):
        TrackerSchema(**ROOTS | roots, config=CONFIG, limits=LimitSettings())


async def test_the_page_in_the_docs_is_the_table() -> None:
    """Who reads it never lags behind the code."""
    assert PAGE.read_text() == page(SCHEMA._schema)


@pytest.mark.parametrize("asked", operations(), ids=str)
async def test_who_has_none_of_the_roles_may_do_nothing(office: House, asked: Place) -> None:
    """Each resolver refuses by its operation's own name: none forgets to ask the table, and none asks for another."""
    own = await furnish(office, "Here")
    before = await on_record(office.practice.id)
    told = await answered(Lowered(office), asked, asked.variables(own=own.__getitem__))
    assert [each["code"] for each in told] == ["FORBIDDEN"]
    assert str(told[0]["message"]).endswith(f", as {asked.field} does.")
    assert await on_record(office.practice.id) == before


@pytest.mark.parametrize("asked", [*operations(), *id_places(), *key_places()], ids=str)
async def test_who_may_not_is_told_so_before_anything_is_read(office: House, asked: Place) -> None:
    """Whatever is wrong with what was given, and whatever the resolver reads first."""
    told = await answered(Caller(office), asked, malformed(asked))
    assert [(each["code"], each.get("path")) for each in told] == [("FORBIDDEN", None)]
    assert str(told[0]["message"]).endswith(f", as {asked.field} does.")


@pytest.mark.parametrize("asked", [*operations(), *id_places(), *key_places()], ids=str)
async def test_a_stranger_is_told_to_sign_in_before_anything_is_read(office: House, asked: Place) -> None:
    """With 401 and no data, and by a stream with one answer."""
    watches = asked.operation == "subscription"
    response = await office.http.post(
        f"{office.address}/graphql",
        json={"query": asked.document(), "variables": malformed(asked)},
        headers={"Accept": "text/event-stream" if watches else NEWER},
    )
    assert response.status_code == (200 if watches else 401)
    answer = json.loads(response.text.split("data: ")[1].split("\n")[0] if watches else response.text)
    assert (codes_in(answer), answer.get("data")) == (["UNAUTHENTICATED"], None)


def malformed(asked: Place) -> dict[str, object]:
    """Return variables with ids that are none, and a key that is none."""
    variables = asked.variables(own=lambda _: "x", node_id="x")
    if asked.path[-1:] == (KEY,):
        holder: Any = variables if len(asked.path) == 1 else variables[asked.path[0]]
        holder[KEY] = ""
    return variables


class Caller(Context):
    """Is somebody with a role that does not exist, for as long as it asks."""

    def __init__(self, office: House) -> None:
        assert office.app is not None, "the module's server runs in this process"
        super().__init__(office.app.state.services)
        self._viewer = Viewer(office.practice.id, NOBODY, "nobody")

    async def for_operation(self) -> Context:
        """Go on as the same."""
        return self


class Lowered(Caller):
    """Is an administrator to who asks first, which is the schema, and nobody to its resolvers."""

    is_let_in = False

    @property
    def viewer(self) -> Viewer:
        """Who is asking."""
        viewer = super().viewer
        if self.is_let_in:
            return viewer
        self.is_let_in = True
        return replace(viewer, role=Role.ADMIN)


async def answered(context: Context, asked: Place, variables: dict[str, object]) -> list[dict[str, Any]]:
    """Return what the caller is told was wrong; nothing else may be in the answer."""
    if asked.operation == "subscription":
        plan = SCHEMA.plans.of(asked.document(), None)
        assert plan is not None, "the walk asks for what is in the schema"
        (result,) = [each async for each in SCHEMA.streams.run(plan, variables, context)]
    else:
        result = await SCHEMA.execute(asked.document(), variable_values=variables, context_value=context)
    if result.errors:
        assert not any((result.data or {}).values())
        return [{"message": error.message, **(error.extensions or {})} for error in result.errors]
    (payload,) = cast("dict[str, Any]", result.data).values()
    return list(payload["errors"])
