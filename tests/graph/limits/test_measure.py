"""How much a document asks for: counted exactly, and in time that grows with its length alone."""

from typing import Any, Final

import pytest
from graphql import get_introspection_query, get_operation_ast, parse

from graph.limits.measure import MOST, Measures, Measuring, values_of
from graph.schema import make_schema

SCHEMA: Final = make_schema(demo=False)._schema


def measuring(text: str, **variables: Any) -> tuple[Measures, int]:
    """Return the measures of the only operation of a document, and how many selections were looked at."""
    document = parse(text)
    operation = get_operation_ast(document)
    assert operation is not None
    work = Measuring(SCHEMA, document, values_of(operation, variables))
    return work.of(operation), work.visits


def cost(text: str, **variables: Any) -> int:
    """Return the cost of the only operation."""
    return measuring(text, **variables)[0].cost


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("{ viewer { role } }", 2),
        ("{ viewer { role practice { id name } } }", 5),
        ("{ clients { nodes { id } } }", 2 + 20),
        ("{ clients(first: 5) { nodes { id } } }", 2 + 5),
        ("{ clients(first: 5) { edges { node { id name } } pageInfo { hasNextPage } } }", 1 + (1 + 5 * 3) + 2),
        ("{ clients(first: 5) { pageInfo { hasNextPage } } }", 1 + 5 + 2),
        ("{ clients(first: 5) { __typename } }", 1 + 5 + 1),
        ("{ clients(first: 1000000) { nodes { id } } }", 2 + 100),
        ("{ clients(first: -5) { nodes { id } } }", 2 + 1),
        ("{ clients(first: null) { nodes { id } } }", 2 + 20),
        ("{ clients(first: 5) { nodes { appointments(first: 10) { nodes { id } } } } }", 2 + 5 * (2 + 10)),
        ("{ client(id: 1) { trackers { used } } }", 1 + (1 + 8 * 1)),
        ("{ client(id: 1) { tasks { title } } }", 1 + (1 + 20 * 1)),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 1 + 3 * 1),
        ("{ unknown { of { what } } }", 3),
        ("mutation { createClient(input: {}) { client { id } errors { code } } }", 1 + (1 + 1) + (1 + 5 * 1)),
        ("subscription { board { nearlyUsed { id } } }", 1 + (1 + 100 * 1)),
    ],
)
def test_the_cost_is_the_most_fields_that_an_answer_can_have(text: str, fields: int) -> None:
    """Page sizes multiply, and lists without pages count as long as they can be."""
    assert cost(text) == fields


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({"n": 7}, 7),
        ({"n": 7.0}, 7),
        ({}, 3),
        ({"n": None}, 20),
        ({"n": 101}, 100),
        ({"n": "x"}, 20),
        ({"n": True}, 20),
    ],
)
def test_a_variable_multiplies_by_its_value(variables: dict[str, Any], size: int) -> None:
    """Or by its default; one that is not acceptable is refused later on."""
    assert cost("query ($n: Int = 3) { clients(first: $n) { nodes { id } } }", **variables) == 2 + size


def test_a_list_of_ids_multiplies_by_its_length() -> None:
    """Given as a variable."""
    assert cost("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["a"] * 12) == 1 + 12


def test_each_spread_counts_and_each_fragment_is_measured_once() -> None:
    """In fragments with a name and without."""
    text = """{ clients(first: 2) { ...Page } more: clients(first: 3) { ...Page } }
      fragment Page on ClientConnection { nodes { ...Own ... on Client { n: name @skip(if: false) } } }
      fragment Own on Client { id }"""
    measures, visits = measuring(text)
    assert measures == Measures(depth=3, roots=2, aliases=3, directives=2, cost=(2 + 2 * 2) + (2 + 3 * 2))
    assert visits == 2 * (2 + 2 + 1 + 2 + 1 + 1)


def doubling(fragments: int) -> str:
    """Return a document whose answer doubles with each of its fragments."""
    lines = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(fragments)]
    return "\n".join(["{ ...F0 }", *lines, f"fragment F{fragments} on Query {{ a: viewer {{ role }} }}"])


@pytest.mark.parametrize("fragments", [10, 100, 1000])
def test_the_doubling_fragment_bomb_is_measured_in_as_many_steps_as_it_has_selections(fragments: int) -> None:
    """However large the number that comes of it: counting ends at a thousand million."""
    measures, visits = measuring(doubling(fragments))
    assert visits == 2 * (1 + 2 * fragments + 2)
    assert measures.aliases == min(2**fragments, MOST)
    assert measures.cost == min(2 * 2**fragments, MOST)


@pytest.mark.parametrize("length", [1, 2, 1000])
def test_fragments_in_a_circle_are_measured_and_left_to_be_refused(length: int) -> None:
    """A circle adds nothing to the depth."""
    names = [f"F{n}" for n in range(length)]
    pairs = zip(names, [*names[1:], names[0]], strict=True)
    circle = " ".join(f"fragment {name} on Query {{ a: practice {{ id }} ...{then} }}" for name, then in pairs)
    measures, visits = measuring(f"{{ ...F0 }} {circle}")
    assert (measures.depth, measures.aliases) == (2, length)
    assert visits == 2 * (1 + 3 * length)


def test_a_chain_of_a_thousand_fragments_is_no_recursion() -> None:
    """Each is within the one before, and the depth is counted through all."""
    chain = " ".join(f"fragment F{n} on Client {{ trackers {{ client {{ ...F{n + 1} }} }} }}" for n in range(1000))
    measures, _ = measuring(f"{{ client(id: 1) {{ ...F0 }} }} {chain} fragment F1000 on Client {{ id }}")
    assert (measures.depth, measures.cost) == (2002, MOST)


def test_the_schema_is_counted_apart() -> None:
    """What tools ask for by themselves costs nothing else, and is no depth."""
    measures, _ = measuring(get_introspection_query())
    assert (measures.depth, measures.cost) == (0, 0)
    assert measures.schema_cost > 1000
    assert measuring("{ __typename viewer { __typename } }")[0] == Measures(depth=2, roots=2, cost=3)
