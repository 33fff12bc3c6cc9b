"""The operations of one document, held to what only their variables tell: each measured once for each set of sizes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, get_operation_ast

from graph.errors import BAD_INPUT
from graph.limits.bounds import Bounds
from graph.limits.measure import Measures, Measuring, values_of

KEPT_COSTS: Final = 100
COST_OF_AN_OPERATION: Final = 1_000
SCHEMA_COST_OF_AN_OPERATION: Final = 200
ABSENT: Final = "absent"
AMBIGUOUS: Final = "The document has several operations: say in `operationName` which is meant."
Variables = Mapping[str, Any] | None


class Operations:
    """Those of a document that is acceptable by itself; `multipliers` are the variables that multiply a cost."""

    __slots__ = ("_bounds", "_costs", "_multipliers", "_node", "_schema")

    def __init__(self, schema: GraphQLSchema, bounds: Bounds, node: DocumentNode, multipliers: Iterable[str]) -> None:
        self._schema = schema
        self._bounds = bounds
        self._node = node
        self._multipliers = sorted(multipliers)
        self._costs: dict[object, Measures] = {}

    def refused(self, name: str | None, variables: Variables) -> list[GraphQLError]:
        """Return why one cannot run: it is not known which, or it is beyond the bounds with these variables."""
        if name is None and len(operations_of(self._node)) > 1:  # The library would run the first.
            return [GraphQLError(AMBIGUOUS, extensions={"code": BAD_INPUT})]
        if variables and (errors := list(self._bounds.exceeded_by_variables(variables))):
            return errors
        operation = get_operation_ast(self._node, name) if self._multipliers else None
        return list(self._bounds.exceeded(self._measures(operation, variables), operation)) if operation else []

    def cost(self, name: str | None, variables: Variables) -> dict[str, int]:
        """Return what one costs with these variables, and what it may cost, as it is told."""
        operation = get_operation_ast(self._node, name)
        cost = self._measures(operation, variables).cost if operation else 0
        return {"requested": cost, "limit": self._bounds.cost}

    def weight(self, name: str | None, variables: Variables) -> int:
        """Return as how many operations it counts to run one; what it asks of the schema holds the process."""
        operation = get_operation_ast(self._node, name)
        if operation is None:
            return 0
        measures = self._measures(operation, variables)
        return measures.cost // COST_OF_AN_OPERATION + measures.schema_cost // SCHEMA_COST_OF_AN_OPERATION

    def _measures(self, operation: OperationDefinitionNode, variables: Variables) -> Measures:
        given = variables or {}
        key = (id(operation), *(_size(given[name]) if name in given else ABSENT for name in self._multipliers))
        if key not in self._costs:
            if len(self._costs) >= KEPT_COSTS:
                self._costs.clear()
            self._costs[key] = Measuring(self._schema, self._node, values_of(operation, given)).of(operation)
        return self._costs[key]


def operations_of(node: DocumentNode) -> list[OperationDefinitionNode]:
    """Return the operations that a document defines."""
    return [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]


def _size(value: object) -> object:
    """Return what of a variable's value can multiply a cost."""
    if isinstance(value, list):
        return "list", len(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
