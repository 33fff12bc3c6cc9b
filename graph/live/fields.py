"""The fields of a projection: how each is read as Strawberry reads it, and a leaf written as graphql-core writes it."""

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from keyword import iskeyword
from typing import Any, Final

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import is_awaitable
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.scalar import identity

Bind = Callable[[object], str]
"""Gives an object a name in the code."""

_UNCHANGED: Final[dict[object, type]] = {
    GraphQLString.coerce_output_value: str,
    GraphQLID.coerce_output_value: str,
    GraphQLBoolean.coerce_output_value: bool,
    identity: str,
}
_STRICT: Final = frozenset({date.isoformat, datetime.isoformat})
"""These raise for all but dates, so that nothing else needs checking."""


class NotTaken(Exception):
    """A selection with something in it that only graphql-core can execute."""


class Unprojectable(Exception):
    """A value that graphql-core would await, report or complete in a way of its own."""


def refuse(value: object) -> Any:
    """Raise Unprojectable for the value."""
    raise Unprojectable(type(value).__name__)


def definition_of(field: GraphQLField) -> StrawberryField:
    """Return Strawberry's definition of the field.

    Raises NotTaken for a field without.
    """
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField):
        raise NotTaken
    return definition


def reading(field: GraphQLField, source: str, bind: Bind) -> str:
    """Return the expression that reads the field from the variable `source`.

    Raises NotTaken but for attributes and synchronous resolvers of the parent alone.
    """
    definition = definition_of(field)
    if field.args or definition.extensions or definition.is_subscription:
        raise NotTaken
    if resolver := definition.base_resolver:
        return f"{bind(resolver.wrapped_func)}({_argument(resolver, source)})"
    if definition.default_resolver is not getattr:
        raise NotTaken
    return f"{source}.{_identifier(definition.python_name)}"


def serializing(leaf: GraphQLLeafType, value: str, bind: Bind) -> str:
    """Return the expression that serializes the variable `value`, raising where graphql-core would report an error.

    Values of exactly the type for which the serializer's outcome is known do without the checks, or without the call.
    """
    coerce, checked = leaf.coerce_output_value, f"{bind(_checked(leaf))}({value})"
    if coerce is GraphQLInt.coerce_output_value:
        fits = f"type({value}) is {bind(int)} and {GRAPHQL_MIN_INT} <= {value} <= {GRAPHQL_MAX_INT}"
        return f"{value} if {fits} else {checked}"
    if kind := _UNCHANGED.get(coerce):
        return f"{value} if type({value}) is {bind(kind)} else {checked}"
    if coerce in _STRICT:
        return f"{bind(coerce)}({value})"
    marked = leaf.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if isinstance(leaf, GraphQLEnumType) and isinstance(marked, StrawberryEnumDefinition):
        members: list[Enum] = list(marked.wrapped_cls)
        names = {member: coerce(member) for member in members}
        return f"{bind(names)}[{value}] if type({value}) is {bind(marked.wrapped_cls)} else {checked}"
    return checked


def _argument(resolver: StrawberryResolver[Any], source: str) -> str:
    """Return the argument with which Strawberry calls a resolver of the parent alone, or of nothing."""
    ways = []
    if resolver.self_parameter:
        ways.append(source)
    if named := resolver.parent_parameter or resolver.root_parameter:
        ways.append(f"{_identifier(named.name)}={source}")
    unknown = len(ways) > 1 or len(ways) != len(resolver.signature.parameters)
    if unknown or resolver.is_async or not callable(resolver.wrapped_func):
        raise NotTaken
    return "".join(ways)


def _identifier(name: str) -> str:
    """Return a name from the schema's own Python code, if it is safe to write as it is."""
    if not (name.isascii() and name.isidentifier()) or iskeyword(name):
        raise NotTaken
    return name


def _checked(leaf: GraphQLLeafType) -> Callable[[object], Any]:
    def serialize(value: object) -> Any:
        if _unfit(value) or _unfit(coerced := leaf.coerce_output_value(value)):
            return refuse(value)
        return coerced

    return serialize


def _unfit(value: object) -> bool:
    return value is None or value is Undefined or isinstance(value, Exception) or is_awaitable(value)
