"""The compiled projection: a subscription's selection as one Python function, in place of graphql-core's execution."""

from collections.abc import Callable
from functools import cache
from types import GeneratorType, NoneType
from typing import Any, Final

import strawberry
from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    visit,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import UndefinedType
from strawberry.extensions import SchemaExtension

from graph.live.fields import NotTaken, definition_of, reading, refuse, serializing

Projection = Callable[[object], dict[str, Any]]

MOST_FIELDS: Final = 250
"""How many fields are compiled at most; it bounds the depth of the recursion too."""

_LISTS: Final = frozenset({list, tuple})
_TAKEN: Final = frozenset({"include", "skip"})


def compile_projection(
    schema: strawberry.Schema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variable_values: VariableValues,
) -> Projection | None:
    """Compile a validated subscription's selection into a function from an event to the `data` of its response.

    The function gives what graphql-core gives, in the same order. It raises, any exception, where graphql-core would
    report an error, and for values that it does not take (an awaitable, a list that is neither list nor tuple): execute
    that event with graphql-core then. Taken are attributes, synchronous resolvers of the parent alone, object types,
    lists and leaves. Return None for a selection with anything else in it.
    """
    if operation.operation is not OperationType.SUBSCRIPTION or _resolving_is_wrapped(schema):
        return None
    try:
        return _Compiler(schema._schema, document, operation, variable_values).compile()
    except (NotTaken, GraphQLError):
        return None


class _Compiler:
    """Writes the function. No text of the document is in it but response keys, through repr()."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variable_values: VariableValues,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._variables = variable_values
        self._fragments = _fragments(document)
        self._functions: list[str] = []
        self._bound: dict[str, object] = {"__builtins__": {}, "type": type}
        self._fields = 0

    def compile(self) -> Projection:
        """Return the function. Raises NotTaken."""
        key, field, details = self._root()
        self._define("project", "event", [], f"{{{key!r}: {self._completed(field.type, details, 'event')}}}")
        exec("\n".join(self._functions), self._bound)
        projection: Projection = self._bound["project"]  # type: ignore[assignment]  # defined by the line before
        return projection

    def _root(self) -> tuple[str, GraphQLField, FieldDetailsList]:
        root = self._schema.subscription_type
        assert root is not None, "a valid subscription has a root"
        collected = collect_fields(self._schema, self._fragments, self._variables, root, self._operation)
        if len(collected.grouped_field_set) != 1:
            raise NotTaken
        key, details = next(iter(collected.grouped_field_set.items()))
        field = root.fields.get(details[0].node.name.value)
        if field is None or not definition_of(field).is_subscription:
            raise NotTaken
        return key, field, details

    def _completed(self, type_: GraphQLOutputType, details: FieldDetailsList, value: str) -> str:
        """Return the expression that completes the variable `value`; null is taken where the type allows it."""
        if is_non_null_type(type_):
            return self._present(type_.of_type, details, value)
        return f"None if {value} is None else {self._present(type_, details, value)}"

    def _present(self, type_: GraphQLOutputType, details: FieldDetailsList, value: str) -> str:
        if is_leaf_type(type_):
            return serializing(type_, value, self._bind)
        if is_list_type(type_):
            item = self._completed(type_.of_type, details, f"{value}i")
            taken = f"type({value}) in {self._bind(_LISTS)} else {self._bind(refuse)}({value})"
            return f"[{item} for {value}i in {value}] if {taken}"
        if is_object_type(type_) and type_.is_type_of is None:
            return f"{self._object(type_, details)}({value})"
        raise NotTaken

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList) -> str:
        """Define the function that projects an object, and return its name."""
        lines = [f"if not {self._bind(_is_plain)}(type(source)): {self._bind(refuse)}(source)"]
        entries: list[str] = []
        for key, fields in self._selected(type_, details).items():
            if (name := fields[0].node.name.value) == "__typename":
                entries.append(f"{key!r}: {type_.name!r}")
                continue
            if (field := type_.fields.get(name)) is None:
                raise NotTaken
            value = f"value{len(lines)}"
            lines.append(f"{value} = {reading(field, 'source', self._bind)}")
            entries.append(f"{key!r}: {self._completed(field.type, fields, value)}")
        return self._define(f"object{len(self._functions)}", "source", lines, f"{{{', '.join(entries)}}}")

    def _selected(self, type_: GraphQLObjectType, details: FieldDetailsList) -> GroupedFieldSet:
        selected = collect_subfields(
            self._schema, self._fragments, self._variables, self._operation, type_, details
        ).grouped_field_set
        self._fields += len(selected)
        if self._fields > MOST_FIELDS:
            raise NotTaken
        return selected

    def _bind(self, value: object) -> str:
        name = f"bound{len(self._bound)}"
        self._bound[name] = value
        return name

    def _define(self, name: str, parameter: str, lines: list[str], result: str) -> str:
        self._functions.append("\n    ".join([f"def {name}({parameter}):", *lines, f"return {result}"]))
        return name


def _fragments(document: DocumentNode) -> dict[str, FragmentDetails]:
    directives = _Directives()
    visit(document, directives)
    definitions = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
    if not directives.names <= _TAKEN or any(each.variable_definitions for each in definitions):
        raise NotTaken
    return {each.name.value: FragmentDetails(each) for each in definitions}


class _Directives(Visitor):
    """Collects the names of all directives of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_where: object) -> None:
        """Note the name."""
        self.names.add(node.name.value)


def _resolving_is_wrapped(schema: strawberry.Schema) -> bool:
    return any(type(each).resolve is not SchemaExtension.resolve for each in schema.get_extensions())


@cache
def _is_plain(kind: type) -> bool:
    """Tell whether values of the type are objects that graphql-core reads, not awaits or reports."""
    return not issubclass(kind, (Exception, GeneratorType, NoneType, UndefinedType)) and not hasattr(kind, "__await__")
