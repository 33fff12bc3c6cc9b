"""Plans: what is known of a subscription's document before anything happens, kept for all who send the same one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from weakref import WeakValueDictionary

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_operation_ast,
)
from graphql.execution.values import get_variable_values

from graph.limits.documents import CHARACTERS_OF_AN_OPERATION, Documents
from graph.limits.operations import Operations
from graph.live.projection import Projection, compile_projection

SELECTIONS: Final = 100
LEAST_WEIGHT: Final = 10
"""To compile another selection counts as so many operations, or as much as to read its document."""


class Selection:
    """What one event becomes: the same for all whose document, and the variables in what it selects, are the same."""

    __slots__ = ("projection",)

    def __init__(self, projection: Projection | None) -> None:
        self.projection = projection


class Plan:
    """A valid subscription, the variables that its selection uses, and its selections so far."""

    def __init__(
        self,
        schema: strawberry.Schema,
        query: str,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        operations: Operations | None,
    ) -> None:
        self._schema = schema
        self._operations = operations
        self.query = query
        self.document = document
        self.operation = operation
        self.operation_name = operation.name.value if operation.name else None
        self._used = sorted(set(_variables_below_the_root(document, operation)))
        self._selections: dict[str, Selection | None] = {}

    def selection(self, variables: Mapping[str, Any] | None) -> Selection:
        """Return the selection for these variables, which have been found acceptable."""
        key = self._key(variables)
        if (selection := self._selections.get(key)) is None:
            selection = Selection(self._compiled(variables or {}))
            self._keep(key, selection)
        return selection

    def weight(self, variables: Mapping[str, Any] | None) -> int:
        """Return as how many operations it counts to make the selection for these variables.

        Nothing when it is there or accounted for; nor for the first, for which the document has been counted.
        """
        if not self._selections or self._key(variables) in self._selections:
            return 0
        return max(LEAST_WEIGHT, len(self.query) // CHARACTERS_OF_AN_OPERATION)

    def account_for(self, variables: Mapping[str, Any] | None) -> None:
        """Note that the selection for these variables has been counted."""
        if (key := self._key(variables)) not in self._selections:
            self._keep(key, None)

    def _key(self, variables: Mapping[str, Any] | None) -> str:
        """Return what tells these variables apart; they may be anything that JSON can say, also what orjson refuses."""
        given = variables or {}
        return json.dumps([[name, given[name]] for name in self._used if name in given], sort_keys=True)

    def _keep(self, key: str, selection: Selection | None) -> None:
        if key not in self._selections and len(self._selections) == SELECTIONS:
            self._selections.clear()
        self._selections[key] = selection

    def cost(self, variables: Mapping[str, Any] | None) -> int:
        """Return what an event costs at most to execute with these variables."""
        return self._operations.cost(self.operation_name, variables)["requested"] if self._operations else 1

    def _compiled(self, given: Mapping[str, Any]) -> Projection | None:
        coerced = get_variable_values(self._schema._schema, self.operation.variable_definitions or (), dict(given))
        if isinstance(coerced, list):
            return None
        return compile_projection(self._schema, self.document, self.operation, coerced)


class Plans:
    """The plans of a schema, kept as long as their documents, or as somebody watches by them."""

    def __init__(self, schema: strawberry.Schema, documents: Documents) -> None:
        self._schema = schema
        self._documents = documents
        self._plans: WeakValueDictionary[tuple[str, str | None], Plan] = WeakValueDictionary()

    def of(self, query: str, operation_name: str | None) -> Plan | None:
        """Return the plan of a document, None for one that is not a valid subscription."""
        document = self._documents.read(query)
        if document.node is None or document.errors:
            return None
        operation = get_operation_ast(document.node, operation_name)
        if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
            return None
        plan = self._plans.get((query, operation_name))
        if plan is None:
            plan = Plan(self._schema, query, document.node, operation, document.operations)
            self._plans[query, operation_name] = plan
        document.made[operation_name] = plan
        return plan


def _variables_below_the_root(document: DocumentNode, operation: OperationDefinitionNode) -> Iterator[str]:
    """Yield the variables that decide what is selected; the root field's arguments decide only what is watched."""
    fragments = {item.name.value: item for item in document.definitions if isinstance(item, FragmentDefinitionNode)}
    waiting: list[tuple[Node, bool]] = [(operation.selection_set, True)]
    seen: set[str] = set()
    while waiting:
        node, at_root = waiting.pop()
        if isinstance(node, VariableNode):
            yield node.name.value
        elif isinstance(node, FragmentSpreadNode):
            waiting += [(directive, at_root) for directive in node.directives or ()]
            name = node.name.value
            if name not in seen:
                seen.add(name)
                waiting.append((fragments[name].selection_set, at_root))
        elif at_root and isinstance(node, FieldNode):
            waiting += [(directive, False) for directive in node.directives or ()]
            if node.selection_set:
                waiting.append((node.selection_set, False))
        else:
            waiting += [(child, at_root) for child in _children(node)]


def _children(node: Node) -> Iterator[Node]:
    for key in node.keys:
        value = getattr(node, key)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, list | tuple):
            yield from (item for item in value if isinstance(item, Node))
