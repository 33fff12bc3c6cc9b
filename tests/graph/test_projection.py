"""The compiled projection equals graphql-core's execution on random documents; what it cannot take it leaves."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    OperationDefinitionNode,
    Undefined,
    execute_subscription_event,
    get_variable_values,
    parse,
    validate,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FragmentDetails, collect_fields, collect_subfields
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strawberry.extensions import FieldExtension, SchemaExtension
from strawberry.permission import BasePermission

from graph.live.fields import Unprojectable
from graph.live.projection import MOST_FIELDS, Projection, compile_projection
from graph.schema import make_schema
from models.banner import Banner, BannerTracker
from models.terms import ChangeReason, TrackerState

SCHEMA = make_schema(demo=True)
BANNER = ("appointmentId", "clientId", "revision", "reason", "trackers", "primary", "moreCount", "__typename")
TRACKER = (
    *("trackerId", "state", "sessionLimit", "used", "remaining", "over", "sessionNumber"),
    *("beginDate", "endDate", "note", "color", "__typename"),
)
FIELDS = {"Banner": BANNER, "BannerTracker": TRACKER}
EXCHANGED = {"note": "color", "color": "note", "revision": "reason", "reason": "revision"}
FEATURES = {
    *("alias", "alias of another field's name", "merged leaf", "merged object", "empty object"),
    *("named fragment", "fragment used twice", "fragment in fragment", "inline fragment", "inline fragment on type"),
    *("__typename of Banner", "__typename of BannerTracker", "skip literal", "skip variable"),
    *("include literal", "include variable", "skip and include", "argument literal", "argument variable"),
    *("no trackers", "8 trackers", "no note", "note", "largest limit", *BANNER, *TRACKER),
}


@dataclass
class Writer:
    """Writes a random document on the banner's subscription, and notes what it put in."""

    draw: Any
    exchanged: bool
    features: set[str] = field(default_factory=set)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)

    def chance(self, *, of: int) -> bool:
        """Return true once in so many times."""
        return bool(self.draw(st.integers(1, of)) == 1)

    def document(self) -> tuple[str, dict[str, object]]:
        """Return a document and the values of its variables."""
        selection = self.selection("Banner", depth=0)
        variables: dict[str, object] = {**self.flags}
        declared = [f"${name}: Boolean!" for name in self.flags]
        arguments = 'appointmentId: "abc", knownRevision: 3'
        if self.chance(of=2):
            declared += ["$id: ID!", "$known: Int = 7"]
            variables |= {"id": "abc"} if self.chance(of=2) else {"id": "abc", "known": None}
            arguments = "appointmentId: $id, knownRevision: $known"
        self.features.add("argument variable" if "id" in variables else "argument literal")
        root = f"{self.alias('banner')}appointmentBanner({arguments}) {selection}"
        fragments = [f"fragment {name} on {type_} {body}" for name, (type_, body) in self.fragments.items()]
        operation = f"subscription Watch{'(' + ', '.join(declared) + ')' if declared else ''} {{ {root} }}"
        return "\n".join(self.draw(st.permutations([operation, *fragments]))), variables

    def selection(self, type_: str, *, depth: int) -> str:
        """Return a selection set of one to five selections."""
        kinds = st.sampled_from(["field"] * 5 + ["inline", "new fragment", "old fragment"] * (depth < 3))
        chosen = self.draw(st.lists(kinds, min_size=1, max_size=5))
        return "{ " + " ".join(self.selected(kind, type_, depth=depth + 1) for kind in chosen) + " }"

    def selected(self, kind: str, type_: str, *, depth: int) -> str:
        """Return one selection."""
        known = [name for name, (on, _) in self.fragments.items() if on == type_]
        if kind == "inline":
            condition = f" on {type_}" if self.chance(of=2) else ""
            self.features.add("inline fragment on type" if condition else "inline fragment")
            return f"...{condition}{self.directives()} {self.selection(type_, depth=depth)}"
        if kind == "old fragment" and known:
            self.features.add("fragment used twice")
            return f"...{self.draw(st.sampled_from(known))}{self.directives()}"
        if kind != "field":
            body = self.selection(type_, depth=depth)
            name = f"F{len(self.fragments)}"
            self.fragments[name] = (type_, body)
            self.features |= {"named fragment"} | ({"fragment in fragment"} if "...F" in body else set())
            return f"...{name}{self.directives()}"
        name = self.draw(st.sampled_from(FIELDS[type_]))
        self.features |= {name} | ({f"__typename of {type_}"} if name == "__typename" else set())
        body = self.selection("BannerTracker", depth=depth) if name in ("trackers", "primary") else ""
        return f"{self.alias(name)}{name}{self.directives()} {body}"

    def alias(self, name: str) -> str:
        """Return an alias: none, one of the field's own, or, in some documents, the names of two fields exchanged."""
        if self.exchanged and name in EXCHANGED:
            self.features.add("alias of another field's name")
            return f"{EXCHANGED[name]}: "
        if not self.chance(of=3):
            return ""
        self.features.add("alias")
        return f"{name.strip('_')}_{self.draw(st.sampled_from('ab'))}: "

    def directives(self) -> str:
        """Return none, @skip, @include or both, on a literal or a variable."""
        names = self.draw(
            st.sampled_from([()] * 5 + [("skip",), ("include",), ("include", "skip"), ("skip", "include")])
        )
        written = ""
        for name in names:
            value = self.draw(st.sampled_from(["true", "false", "$a", "$b"]))
            if value.startswith("$"):
                self.flags.setdefault(value[1:], self.draw(st.booleans()))
            self.features.add(f"{name} {'variable' if value.startswith('$') else 'literal'}")
            written += f" @{name}(if: {value})"
        if len(names) > 1:
            self.features.add("skip and include")
        return written


COUNTS = st.one_of(st.integers(0, 20), st.sampled_from([2**31 - 1, -(2**31)]))
TRACKERS = st.builds(
    BannerTracker,
    tracker_id=st.uuids(),
    state=st.sampled_from(TrackerState),
    session_limit=COUNTS,
    used=COUNTS,
    remaining=COUNTS,
    over=COUNTS,
    session_number=st.none() | COUNTS,
    begin_date=st.dates(),
    end_date=st.none() | st.dates(),
    note=st.none() | st.text(max_size=8),
    color=st.sampled_from(["#000000", "#3366CC", "#FFFFFF"]),
)
BANNERS = st.builds(
    Banner,
    appointment_id=st.uuids(),
    client_id=st.uuids(),
    revision=COUNTS,
    reason=st.sampled_from(ChangeReason),
    trackers=st.builds(
        lambda some, times: tuple(some * times)[:8], st.lists(TRACKERS, max_size=3), st.sampled_from([1, 8])
    ),
)


@dataclass(frozen=True)
class Case:
    """A valid document, the values of its variables, an event, and what is in them."""

    text: str
    document: DocumentNode
    variables: dict[str, object]
    banner: Banner
    features: set[str]


@st.composite
def cases(draw: Any) -> Case:
    """Draw a case."""
    writer = Writer(draw, exchanged=draw(st.integers(1, 4)) == 1)
    text, variables = writer.document()
    document = parse(text)
    assume(not validate(SCHEMA._schema, document))
    banner = draw(BANNERS)
    notes = {"no note" if tracker.note is None else "note" for tracker in banner.trackers}
    limits = {"largest limit" for tracker in banner.trackers if tracker.session_limit == 2**31 - 1}
    known = writer.features | notes | limits | {{0: "no trackers"}.get(n := len(banner.trackers), f"{n} trackers")}
    return Case(text, document, variables, banner, known)


def compiled(
    document: DocumentNode, variables: dict[str, object] | None = None, schema: strawberry.Schema = SCHEMA
) -> Projection | None:
    """Compile the document's operation."""
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    values = get_variable_values(schema._schema, operation.variable_definitions or (), variables or {})
    assert not isinstance(values, list), values
    return compile_projection(schema, document, operation, values)


def executed(
    document: DocumentNode,
    event: object,
    variables: dict[str, object] | None = None,
    schema: strawberry.Schema = SCHEMA,
) -> ExecutionResult:
    """Execute the event as graphql-core does for a subscription."""
    executor = Executor.build(schema._schema, document, raw_variable_values=variables)
    assert isinstance(executor, Executor), executor
    result = execute_subscription_event(executor.build_per_event_executor(event))
    assert isinstance(result, ExecutionResult)
    return result


def written(data: object) -> str:
    """Return the JSON of the data, with its keys in their order."""
    return json.dumps(data)


def assert_equal(case: Case) -> dict[str, Any]:
    """Compare the projection with graphql-core's execution, and return the data."""
    projection = compiled(case.document, case.variables)
    expected = executed(case.document, case.banner, case.variables)
    assert expected.errors is None
    assert expected.data is not None
    assert projection is not None
    assert written(projection(case.banner)) == written(expected.data)
    return expected.data


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_a_projection_equals_the_execution(case: Case) -> None:
    assert_equal(case)


def merged(case: Case) -> set[str]:
    """Tell which fields of the banner are selected more than once under one key."""
    operation = next(each for each in case.document.definitions if isinstance(each, OperationDefinitionNode))
    values = get_variable_values(SCHEMA._schema, operation.variable_definitions or (), case.variables)
    assert not isinstance(values, list), values
    fragments = {
        each.name.value: FragmentDetails(each)
        for each in case.document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    root, banner = SCHEMA._schema.subscription_type, SCHEMA._schema.type_map["Banner"]
    assert isinstance(root, GraphQLObjectType)
    assert isinstance(banner, GraphQLObjectType)
    (details,) = collect_fields(SCHEMA._schema, fragments, values, root, operation).grouped_field_set.values()
    selected = collect_subfields(SCHEMA._schema, fragments, values, operation, banner, details).grouped_field_set
    several = [fields[0].node for fields in selected.values() if len(fields) > 1]
    return {"merged object" if node.selection_set else "merged leaf" for node in several}


def test_the_random_documents_hold_every_feature() -> None:
    seen: set[str] = set()

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(case=cases())
    def look(case: Case) -> None:
        data = assert_equal(case)
        seen.update(case.features | merged(case) | ({"empty object"} if "{}" in written(data) else set()))

    look()
    assert seen >= FEATURES, FEATURES - seen


EIGHT = BannerTracker(
    tracker_id=UUID(int=8),
    state=TrackerState.ACTIVE,
    session_limit=12,
    used=4,
    remaining=8,
    over=0,
    session_number=4,
    begin_date=date(2026, 1, 1),
    end_date=None,
    note="Zwölf",
    color="#3366CC",
)
SIGHT = Banner(
    appointment_id=UUID(int=1), client_id=UUID(int=2), revision=7, reason=ChangeReason.RESET, trackers=(EIGHT,)
)
WHOLE = parse(
    f"""subscription {{ appointmentBanner(appointmentId: "abc") {{
        appointmentId clientId revision reason moreCount primary {{ note }} trackers {{ {" ".join(TRACKER)} }} }} }}"""
)


def seen(**changes: Any) -> Banner:
    """Return the banner with something else in it."""
    return replace(SIGHT, **changes)


def of(**changes: Any) -> Banner:
    """Return the banner with something else in its tracker."""
    return seen(trackers=(EIGHT._replace(**changes),))


class Note(str):
    """A text of a type of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    "event",
    [
        of(note=Note("a")),
        of(note=3),
        of(note=2.5),
        of(used=True),
        of(used=3.0),
        of(used="3"),
        of(state="EXPIRED"),
        of(begin_date=datetime(2026, 3, 31, 9, 30, tzinfo=UTC)),
        of(color=Note("#000000")),
        seen(trackers=[EIGHT, EIGHT]),
    ],
)
def test_values_of_other_types_are_serialized_as_graphql_core_does(event: Banner) -> None:
    projection = compiled(WHOLE)
    expected = executed(WHOLE, event)
    assert projection is not None
    assert expected.errors is None
    assert written(projection(event)) == written(expected.data)


@pytest.mark.parametrize(
    "event",
    [
        None,
        Undefined,
        ValueError("an event"),
        seen(revision=None),
        seen(revision=2**31),
        seen(revision=-(2**31) - 1),
        seen(revision=1.5),
        seen(reason=None),
        seen(reason="NO_REASON"),
        seen(trackers=None),
        seen(trackers=(None,)),
        seen(trackers=(ValueError("a tracker"),)),
        seen(trackers="abc"),
        seen(trackers=3),
        of(note=Unprojectable("a note")),
        of(note=[]),
        of(session_number=2**31),
        of(color=None),
        of(begin_date=None),
        of(begin_date="2026-01-01"),
        of(end_date=3),
        of(tracker_id=None, state=object()),
    ],
)
def test_a_projection_raises_where_graphql_core_reports_an_error(event: object) -> None:
    projection = compiled(WHOLE)
    assert projection is not None
    assert executed(WHOLE, event).errors
    with pytest.raises((Unprojectable, GraphQLError, TypeError, AttributeError)):
        projection(event)


async def test_a_projection_raises_for_what_would_be_awaited() -> None:
    projection = compiled(WHOLE)
    assert projection is not None
    color: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    for event in (of(color=color), color, seen(trackers=(color,))):
        with pytest.raises(Unprojectable):
            projection(event)


def test_a_projection_leaves_an_iterator_untouched() -> None:
    projection = compiled(WHOLE)
    assert projection is not None
    trackers: Iterator[BannerTracker] = iter([EIGHT])
    with pytest.raises((Unprojectable, TypeError)):
        projection(_Passing(trackers))
    assert list(trackers) == [EIGHT]


@dataclass(frozen=True)
class _Passing:
    """A banner whose trackers can be read once."""

    trackers: Iterator[BannerTracker]
    appointment_id = client_id = UUID(int=1)
    revision = more_count = 1
    reason = ChangeReason.RESET
    primary = None


def test_response_keys_may_be_any_name() -> None:
    keys = "None class type source value1 bound2 project object0 refuse __builtins__ lambda"
    fields = " ".join(f"{key}: revision" for key in keys.split())
    document = parse(f'subscription {{ exec: appointmentBanner(appointmentId: "abc") {{ {fields} }} }}')
    projection = compiled(document)
    assert projection is not None
    assert written(projection(SIGHT)) == written({"exec": dict.fromkeys(keys.split(), 7)})
    assert written(projection(SIGHT)) == written(executed(document, SIGHT).data)


class Shout(FieldExtension):
    """May change what a field gives."""


class Refusing(BasePermission):
    """Lets nobody see a field."""

    def has_permission(self, *_: Any, **__: Any) -> bool:
        return False


class Wrapping(SchemaExtension):
    """May change what every field gives."""

    def resolve(self, _next: Any, root: Any, info: Any, *args: str, **kwargs: Any) -> Any:
        return _next(root, info, *args, **kwargs)


@strawberry.interface
class Named:
    """An interface."""

    name: str


@strawberry.type
class Dog(Named):
    """One of an interface and of a union."""


@strawberry.type
class Cat:
    """The other of the union."""

    lives: int


@strawberry.type
class Sample:
    """Fields of every kind."""

    name: str
    weight: float
    known: bool
    seen: datetime
    grid: list[list[int | None] | None] | None
    inner: "Sample | None"
    named: Named
    dog: Dog
    either: Dog | Cat
    shouted: str = strawberry.field(extensions=[Shout()])
    hidden: str = strawberry.field(permission_classes=[Refusing])

    @strawberry.field
    def of_self(self) -> str:
        return self.name * 2

    @strawberry.field
    def of_root(*, root: Any) -> str:
        return f"{root.name}!"

    @strawberry.field
    def of_nothing() -> int | None:
        return None

    @strawberry.field
    async def later(self) -> str:
        return self.name

    @strawberry.field
    def informed(self, info: strawberry.Info) -> str:
        return info.field_name

    @strawberry.field
    def argued(self, times: int = 1) -> str:
        return self.name * times


@strawberry.type
class Query:
    """The root of queries."""

    @strawberry.field
    def samples(self) -> Sample | None:
        return None


@strawberry.type
class Subscription:
    """The root of subscriptions."""

    @strawberry.subscription
    async def samples(self) -> AsyncIterator[Sample | None]:
        yield None

    @strawberry.subscription
    async def counts(self) -> AsyncIterator[list[int]]:
        yield []


class Event:
    """A sample as a plain object."""

    def __init__(self, **changes: object) -> None:
        self.name, self.weight, self.known, self.seen = "Rex", 2.5, True, datetime(2026, 3, 31, tzinfo=UTC)
        self.grid: object = [[1, None], None, []]
        self.inner: object = None
        vars(self).update(changes)


SAMPLES = strawberry.Schema(query=Query, subscription=Subscription)


@pytest.mark.parametrize(
    "selection",
    [
        "name weight known seen grid",
        "ofSelf ofRoot ofNothing",
        "inner { name inner { inner { name } grid } } more: inner { __typename ...{ name } }",
    ],
)
def test_attributes_resolvers_of_the_parent_and_lists_of_lists_are_taken(selection: str) -> None:
    document = parse(f"subscription {{ samples {{ {selection} }} }}")
    projection = compiled(document, schema=SAMPLES)
    assert projection is not None
    for event in (None, Event(), Event(weight=3, grid=None, inner=Event(inner=Event(inner=Event())))):
        expected = executed(document, event, schema=SAMPLES)
        assert expected.errors is None
        assert written(projection(event)) == written(expected.data)


def test_a_list_of_leaves_is_taken() -> None:
    document = parse("subscription { counts }")
    projection = compiled(document, schema=SAMPLES)
    assert projection is not None
    assert projection([1, 2]) == executed(document, [1, 2], schema=SAMPLES).data == {"counts": [1, 2]}


@pytest.mark.parametrize(
    "selection",
    [
        "later",
        "informed",
        "argued",
        "argued(times: 2)",
        "shouted",
        "hidden",
        "named { name }",
        "dog { name }",
        "either { __typename }",
        "inner { ...Deep }",
        "name @defer",
        "...@defer { name }",
        "...Late @defer",
        "grid @stream",
        "name @unheard",
    ],
)
def test_what_only_graphql_core_can_execute_is_not_taken(selection: str) -> None:
    fragments = "fragment Deep on Sample { inner { informed } } fragment Late on Sample { name }"
    assert compiled(parse(f"subscription {{ samples {{ {selection} }} }} {fragments}"), schema=SAMPLES) is None
    assert compiled(parse(f"subscription {{ samples {{ ...Late }} }} {fragments}"), schema=SAMPLES) is not None


@pytest.mark.parametrize(
    "text",
    [
        "query { samples { name } }",
        "subscription { samples { name } counts }",
        "subscription { samples { name } again: samples { name } }",
        "subscription { __typename }",
        "subscription @unheard { samples { name } }",
        "subscription ($a: Boolean @unheard) { samples { name @skip(if: $a) } }",
        "subscription { samples { unheard } }",
        "subscription { samples { name @skip(if: $unheard) } }",
    ],
)
def test_operations_other_than_one_plain_root_field_are_not_taken(text: str) -> None:
    assert compiled(parse(text), schema=SAMPLES) is None


def test_a_client_whose_trackers_are_loaded_is_not_taken() -> None:
    text = 'subscription { clientTrackers(clientId: "abc") { name trackers { id } } }'
    assert not validate(SCHEMA._schema, parse(text))
    assert compiled(parse(text)) is None


def test_a_fragment_on_an_interface_is_not_taken() -> None:
    text = """subscription { clientTrackers(clientId: "abc") { ...Known } } fragment Known on Node { id }"""
    assert not validate(SCHEMA._schema, parse(text))
    assert compiled(parse(text)) is None


def test_nothing_is_taken_where_an_extension_wraps_resolving() -> None:
    schema = strawberry.Schema(query=Query, subscription=Subscription, extensions=[Wrapping])
    assert compiled(parse("subscription { samples { name } }"), schema=schema) is None


def test_a_selection_too_large_or_too_deep_is_not_taken() -> None:
    wide = " ".join(f"a{number}: name" for number in range(MOST_FIELDS))
    assert compiled(parse(f"subscription {{ samples {{ {wide} }} }}"), schema=SAMPLES) is not None
    assert compiled(parse(f"subscription {{ samples {{ {wide} one: name }} }}"), schema=SAMPLES) is None
    levels = " ".join(f"fragment F{n} on Sample {{ inner {{ ...F{n + 1} }} }}" for n in range(1000))
    deep = f"subscription {{ samples {{ ...F0 }} }} {levels} fragment F1000 on Sample {{ name }}"
    assert compiled(parse(deep), schema=SAMPLES) is None
