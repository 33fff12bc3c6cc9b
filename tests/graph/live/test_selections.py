"""Which selections are compiled; what only graphql-core can execute is left to it."""

import pytest
import strawberry
from graphql import parse, validate

from graph.live.projection import MOST_FIELDS
from tests.graph.live.banner import SIGHT
from tests.graph.live.projecting import SCHEMA, compiled, executed, written
from tests.graph.live.samples import SAMPLES, Event, Query, Subscription, Wrapping


def test_response_keys_may_be_any_name() -> None:
    keys = "None class type source value1 bound2 project object0 refuse __builtins__ lambda"
    fields = " ".join(f"{key}: revision" for key in keys.split())
    document = parse(f'subscription {{ exec: appointmentBanner(appointmentId: "abc") {{ {fields} }} }}')
    projection = compiled(document)
    assert projection is not None
    assert written(projection(SIGHT)) == written({"exec": dict.fromkeys(keys.split(), 7)})
    assert written(projection(SIGHT)) == written(executed(document, SIGHT).data)


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
