"""Documents: held to the bounds before any other rule, kept within bounds, and without a hint where that is set."""

from typing import Any, Final

import pytest

from graph.limits import documents
from graph.limits.documents import Document, Documents, documents_of
from graph.limits.operations import Operations
from graph.schema import make_schema
from models.limits import LimitSettings
from tests.graph.limits.test_measure import doubling

SCHEMA: Final = make_schema(demo=False)._schema


def made(**limits: Any) -> Documents:
    """Return the documents within these limits, and those that there are by default."""
    return documents_of(SCHEMA, LimitSettings(**limits))


def operations(document: Document) -> Operations:
    """Return the operations of a document that can be measured."""
    assert document.operations is not None
    return document.operations


def refused(text: str, **limits: Any) -> list[dict[str, Any]]:
    """Return what an invalid document's errors carry."""
    return [error.extensions or {} for error in made(**limits).read(text).errors]


@pytest.mark.parametrize(
    ("text", "code", "limit", "found"),
    [
        ("{ client(id: 1) { appointments { nodes { client { id } } } } }", "TOO_DEEP", 4, 5),
        ("{ practice { a: id b: id c: id } }", "TOO_MANY_ALIASES", 2, 3),
        ("{ practice { id } viewer { role } clients { nodes { id } } }", "TOO_MANY_ROOT_FIELDS", 2, 3),
        ("{ practice @skip(if: false) { id @skip(if: false) @include(if: true) } }", "TOO_MANY_DIRECTIVES", 2, 3),
        ("{ clients(first: 100) { nodes { id name } } }", "TOO_COSTLY", 150, 202),
    ],
)
def test_each_bound_has_its_code(text: str, code: str, limit: int, found: int) -> None:
    """With what it allows, and what there was."""
    bounds = {"query_depth": 4, "query_aliases": 2, "query_root_fields": 2, "query_directives": 2, "query_cost": 150}
    assert refused(text, **bounds) == [{"code": code, "limit": limit, "found": found}]
    assert refused(text) == []


def test_every_operation_of_a_document_is_held_to_them() -> None:
    """Also those that are not asked for."""
    text = "query A { practice { id } } query B { clients(first: 100) { nodes { id } } }"
    assert refused(text, query_cost=101) == [{"code": "TOO_COSTLY", "limit": 101, "found": 102}]


@pytest.mark.parametrize(
    "text",
    [
        "{ clients(first: %s) { nodes { id } } }",
        "query ($first: Int = -%s) { clients(first: $first) { nodes { id } } }",
        "mutation { createTracker(input: {sessionLimit: %s.0}) { errors { code } } }",
        "subscription { board(soonDays: %s) { revision } }",
    ],
)
def test_a_number_that_python_does_not_read_is_refused(text: str) -> None:
    """Wherever it stands; the same digits in a string are no number."""
    digits = "9" * 4_301
    assert refused(text % digits) == [{"code": "DOCUMENT_TOO_LARGE"}]
    assert refused(f'{{ node(id: "{digits}") {{ id }} }}') == []


@pytest.mark.parametrize("fragments", [20, 98])
def test_the_doubling_fragment_bomb_is_refused(fragments: int) -> None:
    """Up to as long as a document may be, by its cost and its aliases, before any other rule has seen it."""
    codes = [each["code"] for each in refused(doubling(fragments))]
    assert codes == ["TOO_MANY_ROOT_FIELDS", "TOO_MANY_ALIASES", "TOO_COSTLY"]


def test_a_document_is_as_long_as_it_may_be() -> None:
    """In characters, in words and signs, in comments, and in operations."""
    for text in (
        "{ viewer { role } } #" + "x" * 32 * 1024,
        "{ " + "practice " * 1000 + "}",
        "{ viewer { role } }" + "\n#" * 1001,
        "".join(f"query Q{n} {{ viewer {{ role }} }} " for n in range(11)),
    ):
        assert refused(text) == [{"code": "DOCUMENT_TOO_LARGE"}]


def test_a_document_without_an_operation_is_told_so() -> None:
    """Whatever else may be wrong with it."""
    assert refused("fragment F on Viewer { nobody }") == [{"code": "BAD_USER_INPUT"}]


def test_one_field_many_times_is_given_up_soon() -> None:
    """To compare each with each of the others is the work of the library that grows fastest."""
    (error,) = made(query_root_fields=10_000).read("{ " + "viewer { role } " * 200 + "}").errors
    assert "aborted" in error.message


def test_variables_are_held_to_the_cost_when_they_are_known() -> None:
    """The document itself is acceptable."""
    document = made(query_cost=300).read(
        "query ($n: Int, $x: ID!) { clients(first: $n) { nodes { id } } client(id: $x) { id } }"
    )
    assert document.errors == []
    assert operations(document).refused(None, {"n": 100, "x": "1"}) == []
    narrow = made(query_cost=101).read("query ($n: Int) { clients(first: $n) { nodes { id } } }")
    (error,) = operations(narrow).refused(None, {"n": 100})
    assert error.extensions == {"code": "TOO_COSTLY", "limit": 101, "found": 102}
    assert operations(document).cost(None, {"n": 100}) == {"requested": 104, "limit": 300}


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"x": ["1"] * 999}, None),
        ({"x": ["1"] * 1000}, 1001),
        ({"x": [{"a": [1]}] * 400}, 1201),
        ({f"x{n}": 1 for n in range(1001)}, 1001),
    ],
)
def test_variables_have_so_many_values(variables: dict[str, Any], found: int | None) -> None:
    """At any depth, and whether or not the document asks for them."""
    errors = operations(made().read("query ($x: [ID!]!) { nodes(ids: $x) { id } }")).refused(None, variables)
    told = [] if found is None else [{"code": "TOO_MANY_VALUES", "limit": 1000, "found": found}]
    assert [error.extensions for error in errors] == told


def test_a_variable_left_out_is_not_taken_for_one_that_is_null() -> None:
    """The first has its default, the second that of the page; nor is a truth taken for a number."""
    document = made().read("query ($n: Int = 90) { clients(first: $n) { nodes { id } } }")
    costs = [
        operations(document).cost(None, variables)["requested"]
        for variables in ({"n": None}, {}, {"n": 1}, {"n": True}, {"n": 90.0})
    ]
    assert costs == [22, 92, 3, 22, 92]


def test_what_is_refused_is_not_kept() -> None:
    """And of what is not, as much text as there is room for; the least recently used is forgotten."""
    kept = made()
    refused = kept.read("{ nobody }")
    assert kept.read("{ nothing }").errors
    assert kept.read("{ nobody }") is not refused
    first = kept.read("{ viewer { role } }")
    assert kept.read("{ viewer { role } }") is first
    for n in range(20):
        kept.read(f"{{ viewer {{ role }} }} #{n}" + "x" * 20_000)
    assert kept._characters <= documents.KEPT_CHARACTERS
    assert sum(map(len, kept._kept)) == kept._characters
    assert kept.read("{ viewer { role } }") is not first


HINTS: Final = [
    "{ viewr { role } }",
    "{ viewer { rle } }",
    "{ clients(frst: 1) { nodes { id } } }",
    "query ($x: TrackerFiltr) { trackers(filter: $x) { nodes { id } } }",
    "{ trackers(filter: { stat: [ACTIVE] }) { nodes { id } } }",
    "{ trackers(filter: { state: [ACTIV] }) { nodes { id } } }",
    "{ trackers(orderBy: END_DAT) { nodes { id } } }",
    "{ node(id: 1) { ... on Clint { id } } }",
    "{ viewer { role @includ(if: true) } }",
    "{ viewer @include(i: true) { role } }",
    "{ viewer }",
]


@pytest.mark.parametrize("text", HINTS)
def test_no_name_is_suggested_where_the_schema_is_hidden(text: str) -> None:
    """Of a field, an argument, a type, an input field, an enum's value, a directive's argument."""
    hidden = made(introspection=False).read(text).errors
    assert hidden
    assert not any("did you mean" in error.message.lower() for error in hidden)


def test_names_are_suggested_elsewhere() -> None:
    """They help who writes a front end."""
    told = [" ".join(error.message for error in made().read(text).errors) for text in HINTS]
    assert sum("Did you mean" in text for text in told) >= 8


@pytest.mark.parametrize("text", ["{ __schema { types { name } } }", '{ __type(name: "Client") { name } }'])
def test_the_schema_is_not_told_where_it_is_hidden(text: str) -> None:
    """But for `__typename`, which clients need."""
    assert made().read(text).errors == []
    hidden = made(introspection=False)
    assert all("introspection has been disabled" in error.message for error in hidden.read(text).errors)
    assert hidden.read(text).errors
    assert hidden.read("{ __typename viewer { __typename } }").errors == []
