"""The rule that every document is held to before any other: how deep, wide and costly an operation may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, get_introspection_query, parse
from graphql.utilities import get_operation_ast

from graph.limits.measure import Measures, Measuring, values_of
from models.limits import LimitSettings

TOO_COSTLY: Final = "TOO_COSTLY"
TOO_MANY_VALUES: Final = "TOO_MANY_VALUES"
MOST_OPERATIONS: Final = 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an operation may have at most. `characters` and `tokens` are of its document, `values` of its variables."""

    characters: int
    tokens: int
    depth: int
    aliases: int
    roots: int
    directives: int
    values: int
    cost: int
    schema_cost: int

    def exceeded(self, measures: Measures, operation: OperationDefinitionNode) -> Iterator[GraphQLError]:
        """Yield an error for each bound that an operation is beyond."""
        for found, most, code, what in (
            (measures.depth, self.depth, "TOO_DEEP", "levels of fields"),
            (measures.roots, self.roots, "TOO_MANY_ROOT_FIELDS", "fields at its root"),
            (measures.aliases, self.aliases, "TOO_MANY_ALIASES", "aliases"),
            (measures.directives, self.directives, "TOO_MANY_DIRECTIVES", "directives"),
            (measures.cost, self.cost, TOO_COSTLY, "fields in its answer"),
            (measures.schema_cost, self.schema_cost, TOO_COSTLY, "fields about the schema in its answer"),
        ):
            if found > most:
                text = f"An operation may have {most} {what}; this one can have {found}."
                yield GraphQLError(text, operation, extensions={"code": code, "limit": most, "found": found})

    def exceeded_by_variables(self, variables: Mapping[str, Any]) -> Iterator[GraphQLError]:
        """Yield an error when there is too much in the variables: to look at each value takes the library long."""
        if (found := _values_in(variables)) > self.values:
            text = f"Variables may have {self.values} values; these have {found}."
            extensions = {"code": TOO_MANY_VALUES, "limit": self.values, "found": found}
            yield GraphQLError(text, extensions=extensions)


def bounds_of(settings: LimitSettings, schema: GraphQLSchema) -> Bounds:
    """Return what the settings allow; of the schema, twice what tools ask for may be asked."""
    return Bounds(
        characters=settings.document_characters,
        tokens=settings.document_tokens,
        depth=settings.query_depth,
        aliases=settings.query_aliases,
        roots=settings.query_root_fields,
        directives=settings.query_directives,
        values=settings.variable_values,
        cost=settings.query_cost,
        schema_cost=2 * _cost_of_introspection(schema),
    )


def _values_in(variables: Mapping[str, Any]) -> int:
    """Return how many fields and items there are, at any depth."""
    found, waiting = 0, list[Any]([variables])
    while waiting:
        each = waiting.pop()
        found += len(each)
        items = each.values() if isinstance(each, dict) else each
        waiting += [item for item in items if isinstance(item, dict | list)]
    return found


def _cost_of_introspection(schema: GraphQLSchema) -> int:
    whole = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    )
    document = parse(whole)
    operation = get_operation_ast(document)
    assert operation is not None, "it is a query"
    return Measuring(schema, document, values_of(operation, {})).of(operation).schema_cost
