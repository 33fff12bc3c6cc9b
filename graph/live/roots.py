"""The root of a subscription: it is asked, once, for what is to be watched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from graphql import Executor, GraphQLError, located_error
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import get_argument_values
from strawberry.types.field import StrawberryField

from graph.context import Context
from graph.live.fields import definition_of
from resolvers.live.source import Subscriber

ADMIT: Final = "admit"
"""What the extensions of a root field hold to be asked, of the context, before what was given is read."""

NOTHING: Final = "This subscription selects nothing."


@dataclass(frozen=True, slots=True)
class Asking:
    """What a root field sees of the request, where Strawberry would show the library's whole account of it."""

    context: Context


class Roots:
    """The root fields of a schema's subscriptions. They are functions of scalars, with nothing wrapped around them."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema._schema
        self._names: dict[StrawberryField, Mapping[str, str]] = {}
        assert self._schema.subscription_type is not None, "there is something to watch"
        for field in self._schema.subscription_type.fields.values():
            definition, convert = definition_of(field), schema.config.name_converter
            assert not definition.extensions, "what wraps a root field would be left out"
            self._names[definition] = {convert.from_argument(each): each.python_name for each in definition.arguments}

    async def watch(self, executor: Executor[Context]) -> Subscriber[Any]:
        """Begin to watch what an operation asks for: CreateSourceEventStream of the GraphQL specification.

        Raises GraphQLError with the place in the document.
        """
        root = self._schema.subscription_type
        assert root is not None, "there is something to watch"
        collected = collect_fields(
            self._schema, executor.fragments, executor.variable_values, root, executor.operation
        ).grouped_field_set
        if not collected:
            raise GraphQLError(NOTHING, executor.operation)
        key, details = next(iter(collected.items()))
        nodes = [each.node for each in details]
        field = root.fields[nodes[0].name.value]
        definition = definition_of(field)
        try:
            if ADMIT in field.extensions:
                field.extensions[ADMIT](executor.context_value)
            given = get_argument_values(field, nodes[0], executor.variable_values, details[0].fragment_variable_values)
            names = self._names[definition]
            arguments = {names[name]: value for name, value in given.items()}
            resolver: Any = definition.base_resolver
            subscriber = await resolver.wrapped_func(None, info=Asking(executor.context_value), **arguments)
        except Exception as error:
            raise located_error(error, nodes, [key]) from error
        assert isinstance(subscriber, Subscriber), "every subscription's root field watches a source"
        return subscriber
