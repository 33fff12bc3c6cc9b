"""The schema: complete, described, and what was promised."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    parse,
    print_ast,
)
from graphql.language.ast import (
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
)

from graph.schema import make_schema
from tests.api.contract import CONTRACT

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Yield whatever of the schema should be described, and how it is."""
    for name, kind in schema.type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Float", "Boolean", "ID"}:
            continue
        yield name, kind.description
        yield from parts(kind)


def parts(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Yield the fields, arguments and values of a type, and how they are described."""
    if isinstance(kind, GraphQLEnumType):
        yield from ((f"{kind.name}.{name}", value.description) for name, value in kind.values.items())
    elif isinstance(kind, GraphQLInputObjectType):
        yield from ((f"{kind.name}.{name}", field.description) for name, field in kind.fields.items())
    elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            yield from ((f"{kind.name}.{name}({key})", arg.description) for key, arg in field.args.items())


def promised(document: DocumentNode) -> Iterator[tuple[str, str]]:
    """Yield what a document defines: each name, and its type as far as answers go."""
    for kind in document.definitions:
        assert isinstance(kind, TypeDefinitionNode)
        yield kind.name.value, kind.kind
        if isinstance(kind, EnumTypeDefinitionNode):
            yield from ((f"{kind.name.value}.{value.name.value}", "value") for value in kind.values or ())
        elif isinstance(kind, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            yield from ((f"{kind.name.value} implements {face.name.value}", "") for face in kind.interfaces or ())
            for field in kind.fields or ():
                yield f"{kind.name.value}.{field.name.value}", print_ast(field.type)


def taken(document: DocumentNode) -> Iterator[tuple[str, str]]:
    """Yield what a document takes: each argument and input field, with its type and default."""
    for kind in document.definitions:
        if isinstance(kind, InputObjectTypeDefinitionNode):
            yield from ((f"{kind.name.value}.{field.name.value}", typed(field)) for field in kind.fields or ())
        elif isinstance(kind, ObjectTypeDefinitionNode):
            for field in kind.fields or ():
                assert isinstance(field, FieldDefinitionNode)
                name = f"{kind.name.value}.{field.name.value}"
                yield from ((f"{name}({argument.name.value})", typed(argument)) for argument in field.arguments or ())


def typed(value: InputValueDefinitionNode) -> str:
    """Return the type of an argument or input field, with its default if that is not null."""
    default = print_ast(value.default_value) if value.default_value else "null"
    return print_ast(value.type) + ("" if default == "null" else f" = {default}")


@pytest.fixture
def generated() -> str:
    """Return the production schema as the code makes it."""
    return make_schema(demo=False).as_str()


def test_the_committed_schema_is_the_generated_one(generated: str) -> None:
    """A front end reads the file; it never lags behind the code."""
    assert COMMITTED.read_text() == generated + "\n"


@pytest.mark.parametrize("demo", [False, True])
def test_everything_is_described(demo: bool) -> None:
    """Types, fields, arguments, input fields and enum values all say what they mean."""
    schema = build_schema(make_schema(demo=demo).as_str())
    assert [name for name, description in described(schema) if not (description or "").strip()] == []
    assert not any(isinstance(kind, GraphQLUnionType) for kind in schema.type_map.values()), "unions go unchecked here"


def test_all_that_was_promised_is_there(generated: str) -> None:
    """Every type, field, interface and enum value of the contract exists, with the type it was promised with."""
    there = dict(promised(parse(generated)))
    lacking = {name: kind for name, kind in promised(parse(CONTRACT)) if there.get(name) != kind}
    assert lacking == {}


def test_arguments_take_what_was_promised(generated: str) -> None:
    """Every argument and input field of the contract exists, with its type and default: what may be null still may."""
    there = dict(taken(parse(generated)))
    lacking = {name: (kind, there.get(name)) for name, kind in taken(parse(CONTRACT)) if there.get(name) != kind}
    assert lacking == {}


def test_the_clock_cannot_be_advanced_in_production(generated: str) -> None:
    """`advanceClock` exists in demo mode only."""
    assert "advanceClock" not in generated
    assert "advanceClock(" in make_schema(demo=True).as_str()
