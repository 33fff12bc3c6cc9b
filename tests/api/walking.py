"""Walks the schema: every operation, and every place that takes an id, with a document that is right in all else."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)

from graph.schema import make_schema

SCHEMA: Final[GraphQLSchema] = build_schema(make_schema(demo=True).as_str())
PEOPLE: Final = frozenset({"assigneeId", "practitionerId", "staffMemberId"})
KEY: Final = "idempotencyKey"
VALUES: Final[Mapping[str, object]] = {
    "Int": 2,
    "String": "text",
    "Boolean": False,
    "Date": "2026-03-02",
    "Color": "#112233",
    "TimeZone": "Europe/Vienna",
    "email": "ada@harbour.example",
}
Own = Callable[[str], str]


TYPES: Final = tuple(sorted(kind.name for kind in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])))  # type: ignore[arg-type]  # an interface


def type_named_by(name: str) -> str:
    """Return the type that an id's field names, such as Client for clientId."""
    word = name.removesuffix("s").removesuffix("Id")
    return "StaffMember" if name in PEOPLE else word[0].upper() + word[1:]


@dataclass(frozen=True)
class Place:
    """Where an id goes: the operation's kind and field, and the path from an argument inwards; empty for no place."""

    operation: str
    field: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.field}({'.'.join(self.path)})" if self.path else self.field

    @property
    def is_for_anything(self) -> bool:
        """Whether an id of any type goes there."""
        return get_named_type(self._field().type).name == "Node"

    def document(self) -> str:
        """Return the operation, its arguments as variables, asking for all that it can answer."""
        field, taken = self._field(), self._taken()
        variables = ", ".join(f"${name}: {argument.type}" for name, argument in taken.items())
        arguments = ", ".join(f"{name}: ${name}" for name in taken)
        head, given = (f"({variables})", f"({arguments})") if taken else ("", "")
        return f"{self.operation} {head} {{ {self.field}{given} {selection(field, depth=3)} }}"

    def variables(self, *, own: Own, node_id: str = "") -> dict[str, object]:
        """Return variables that are right, but for this id in its place; `own` tells an id of each type."""
        taken, answer = self._taken().items(), get_named_type(self._field().type).name
        node_id = node_id or own(answer if answer in TYPES else TYPES[0])
        return {name: _value(argument, name, self.path, (name,), node_id, own) for name, argument in taken}

    def _taken(self) -> dict[str, GraphQLArgument]:
        arguments = self._field().args.items()
        return {name: taken for name, taken in arguments if is_required_argument(taken) or name in self.path[:1]}

    def _field(self) -> GraphQLField:
        field: GraphQLField = _roots()[self.operation].fields[self.field]
        return field


def operations(*kinds: str) -> list[Place]:
    """Return every operation of the schema, or those of these kinds, each with what it demands and nothing else."""
    roots = {kind: root for kind, root in _roots().items() if not kinds or kind in kinds}
    return [Place(kind, name) for kind, root in roots.items() for name in root.fields]


def id_places() -> Iterator[Place]:
    """Yield every place of the schema's operations that takes an id."""
    for operation, root in _roots().items():
        for name, field in root.fields.items():
            for key, argument in field.args.items():
                yield from (Place(operation, name, path) for path in _ids_in(argument, (key,)))


@dataclass(frozen=True)
class Listing:
    """A connection: of the root, or of a type."""

    kind: str | None
    field: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.field}" if self.kind else self.field

    def document(self) -> str:
        """Return a query of the page after the cursor `$after`; `$id` names whose it is, where it is not the root's."""
        owner = _roots()["query"] if self.kind is None else SCHEMA.type_map[self.kind]
        assert isinstance(owner, GraphQLObjectType)
        asked = f"{self.field}(after: $after) {selection(owner.fields[self.field], depth=4)}"
        if self.kind is None:
            return f"query ($after: String) {{ {asked} }}"
        return f"query ($id: ID!, $after: String) {{ node(id: $id) {{ ... on {self.kind} {{ {asked} }} }} }}"


def listings() -> list[Listing]:
    """Return every connection of the schema."""
    query = _roots()["query"]
    objects = [kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLObjectType)]
    fields = ((kind, name) for kind in objects for name, field in kind.fields.items() if "after" in field.args)
    return [Listing(None if kind is query else kind.name, name) for kind, name in fields]


def key_places() -> Iterator[Place]:
    """Yield where each mutation takes its idempotency key, of those that take one."""
    for name, field in _roots()["mutation"].fields.items():
        for key, argument in field.args.items():
            inner = getattr(get_named_type(argument.type), "fields", {})
            if key == KEY and str(argument.type) == "String":
                yield Place("mutation", name, (KEY,))
            elif KEY in inner and str(inner[KEY].type) == "String":
                yield Place("mutation", name, (key, KEY))


def ids_below_the_root() -> list[str]:
    """Return the fields of objects that take an id as an argument: the walk does not reach them."""
    roots = {root.name for root in _roots().values()}
    objects = (kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLObjectType))
    return [
        f"{kind.name}.{name}({key})"
        for kind in objects
        if kind.name not in roots
        for name, field in kind.fields.items()
        for key, argument in field.args.items()
        for _ in _ids_in(argument, (key,))
    ]


def selection(field: GraphQLField, *, depth: int) -> str:
    """Return a selection of everything below a field, so many levels deep, that needs no argument."""
    kind = get_named_type(field.type)
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    chosen = ["__typename"]
    for name, inner in kind.fields.items():
        leaf = not isinstance(get_named_type(inner.type), GraphQLObjectType | GraphQLInterfaceType)
        if (leaf or depth > 1) and not any(is_required_argument(argument) for argument in inner.args.values()):
            chosen.append(f"{name} {selection(inner, depth=depth - 1)}".strip())
    if isinstance(kind, GraphQLInterfaceType):
        chosen += [f"... on {each.name} {{ __typename }}" for each in SCHEMA.get_possible_types(kind)]
    return f"{{ {' '.join(chosen)} }}"


def connections() -> list[str]:
    """Return a query of each list of the root, deep enough to show what belongs to its items."""
    fields = _roots()["query"].fields.items()
    return [
        f"{{ {name} {selection(field, depth=5)} }}"
        for name, field in fields
        if not any(is_required_argument(argument) for argument in field.args.values())
    ]


def _roots() -> dict[str, GraphQLObjectType]:
    roots = {"query": SCHEMA.query_type, "mutation": SCHEMA.mutation_type, "subscription": SCHEMA.subscription_type}
    return {operation: root for operation, root in roots.items() if root is not None}


def _ids_in(taken: GraphQLArgument | GraphQLInputField, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    kind = get_named_type(taken.type)
    if kind.name == "ID":
        yield path
    elif isinstance(kind, GraphQLInputObjectType):
        for name, field in kind.fields.items():
            yield from _ids_in(field, (*path, name))


def _value(
    taken: GraphQLArgument | GraphQLInputField,
    name: str,
    target: tuple[str, ...],
    at: tuple[str, ...],
    node_id: str,
    own: Own,
) -> Any:
    """Return a value for an argument or field: the id in its place, and what is right everywhere else."""
    kind = get_named_type(taken.type)
    value: Any
    if kind.name == "ID":
        value = node_id if at == target or name in {"id", "ids"} else own(type_named_by(name))
    elif isinstance(kind, GraphQLInputObjectType):
        value = {
            key: _value(field, key, target, (*at, key), node_id, own)
            for key, field in kind.fields.items()
            if is_required_input_field(field) or target[: len(at) + 1] == (*at, key)
        }
    elif isinstance(kind, GraphQLEnumType):
        value = next(iter(kind.values))
    elif kind.name == "DateTime":
        value = f"2026-03-02T{'11' if name.startswith('ends') else '10'}:00:00Z"
    else:
        value = VALUES[name if name in VALUES else kind.name]
    return [value] if _is_list(taken) else value


def _is_list(taken: GraphQLArgument | GraphQLInputField) -> bool:
    kind = taken.type.of_type if isinstance(taken.type, GraphQLNonNull) else taken.type
    return isinstance(kind, GraphQLList)
