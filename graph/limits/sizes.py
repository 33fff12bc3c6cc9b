"""How many items a list of the schema has at most: what its page says, or what the domain allows or makes likely."""

from collections.abc import Callable, Mapping
from typing import Final

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    IntValueNode,
    ListValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

from models.paging import DEFAULT_PAGE, MAX_PAGE
from models.trackers import MAX_TRACKERS

WRAPPED: Final = 4
Values = Callable[[str], object]
"""Tells the value of a variable by its name; None when it has none, UNKNOWN when it is not known."""

UNKNOWN: Final = object()

TASKS_OF_A_CLIENT: Final = 20
KNOWN: Final[Mapping[tuple[str, str], int]] = {
    ("Client", "trackers"): MAX_TRACKERS,
    ("Banner", "trackers"): MAX_TRACKERS,
    ("Client", "tasks"): TASKS_OF_A_CLIENT,
}
"""Lists that are shorter than a page at its longest; few clients have had more tasks, and none by the thousand."""
ERRORS: Final = 5
OF_THE_SCHEMA: Final[Mapping[tuple[str, str], int]] = {
    ("__Schema", "types"): 100,
    ("__Schema", "directives"): 10,
    ("__Type", "fields"): 8,
    ("__Type", "inputFields"): 4,
    ("__Type", "enumValues"): 4,
    ("__Type", "interfaces"): 1,
    ("__Type", "possibleTypes"): 1,
    ("__Field", "args"): 1,
    ("__Directive", "args"): 2,
}
"""About as many as there are on average."""


def times(parent: GraphQLNamedType, field: GraphQLField, node: FieldNode, values: Values) -> int:
    """Return how many times at most what is selected of a field is in an answer; of a connection, on its page."""
    for name in field.args:
        if name == "first":
            return _page(_given(node, name, values))
        if name == "ids":
            ids = _given(node, name, values)
            return min(max(len(ids), 1), MAX_PAGE) if isinstance(ids, list | tuple) else 1
    if not _is_list(field.type) or not is_composite_type(get_named_type(field.type)):
        return 1
    if parent.name.startswith("__"):
        return OF_THE_SCHEMA.get((parent.name, node.name.value), 1)
    if node.name.value == "errors":
        return ERRORS
    return KNOWN.get((parent.name, node.name.value), MAX_PAGE)


def rarity(node: FieldNode) -> int:
    """Return of how many types one has what a field about the schema asks for: most are wrapped in nothing."""
    return WRAPPED if node.name.value == "ofType" else 1


def _given(node: FieldNode, name: str, values: Values) -> object:
    """Return what an argument is given, as far as it tells a size: a number, a list, None or UNKNOWN."""
    for argument in node.arguments or ():
        if argument.name.value == name:
            if isinstance(argument.value, VariableNode):
                return values(argument.value.name.value)
            return constant(argument.value)
    return None


def constant(value: ValueNode | None) -> object:
    """Return what a literal tells of a size: a number, a list of so many items, or None."""
    if isinstance(value, IntValueNode):
        return int(value.value[:9])  # More digits than that are refused later on, and need not be read.
    return value.values if isinstance(value, ListValueNode) else None


def _page(given: object) -> int:
    """Return the size of a page; one that is not acceptable is refused when it is asked for."""
    if given is UNKNOWN:
        return 1
    if isinstance(given, int | float) and not isinstance(given, bool):  # A JSON number may be written 5.0.
        return int(min(max(given, 1), MAX_PAGE))
    return DEFAULT_PAGE


def _is_list(kind: GraphQLOutputType) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def is_connection(kind: GraphQLNamedType | None) -> bool:
    """Tell whether a type is a page of items."""
    return isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and "pageInfo" in kind.fields


def is_of_a_page(parent: GraphQLNamedType | None, field: GraphQLField | None) -> bool:
    """Tell whether a field is one of the lists of a connection: the page multiplies it, which is not said here."""
    return is_connection(parent) and field is not None and _is_list(field.type)
