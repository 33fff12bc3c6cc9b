"""What a document asks for, measured before anything else is done with it: each part once, whoever spreads it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)

from graph.limits.sizes import Values, constant, is_connection, is_of_a_page, rarity, times

MOST: Final = 10**9
"""Where counting ends: what doubles with every line would become a number of a thousand digits."""

META: Final = {"__schema": "__Schema", "__type": "__Type"}


class Measures(NamedTuple):
    """How much a selection asks for, with all that it spreads.

    `cost` is how many fields an answer has at most, without those of which a page has so many (`paged`), and without
    those about the schema (`schema_cost`).
    """

    depth: int = 0
    roots: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    paged: int = 0
    schema_cost: int = 0


NOTHING: Final = Measures()


class Measuring:
    """Measures the operations of one document, for one set of variables. It need not be valid.

    `visits` tells how often a selection was looked at: twice each, once for what it spreads.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, values: Values) -> None:
        self._schema = schema
        self._values = values
        self._fragments: Mapping[str, FragmentDefinitionNode] = {
            item.name.value: item for item in document.definitions if isinstance(item, FragmentDefinitionNode)
        }
        self._known: dict[str, Measures] = {}
        self.visits = 0

    def of(self, operation: OperationDefinitionNode) -> Measures:
        """Return the measures of an operation."""
        self._measure_fragments(operation.selection_set)
        root = self._schema.get_root_type(operation.operation)
        measures = self._of_selections(operation.selection_set, root)
        return measures._replace(directives=measures.directives + len(operation.directives or ()))

    def _measure_fragments(self, start: SelectionSetNode) -> None:
        """Measure all that is spread below, each after those that it spreads itself; a cycle adds nothing.

        Without recursion: a document may have a thousand fragments, each within the one before.
        """
        path: list[tuple[str | None, Iterator[str]]] = [(None, self._spreads(start))]
        begun: set[str] = set()
        while path:
            name, spreads = path[-1]
            for spread in spreads:
                if spread in self._fragments and spread not in self._known and spread not in begun:
                    begun.add(spread)
                    path.append((spread, self._spreads(self._fragments[spread].selection_set)))
                    break
            else:
                path.pop()
                if name is not None:
                    fragment = self._fragments[name]
                    on = self._schema.type_map.get(fragment.type_condition.name.value)
                    self._known[name] = self._of_selections(fragment.selection_set, on)

    def _spreads(self, selections: SelectionSetNode) -> Iterator[str]:
        """Yield the names that are spread in a selection, at any depth of fields."""
        waiting = [selections]
        while waiting:
            for selection in waiting.pop().selections:
                self.visits += 1
                if isinstance(selection, FragmentSpreadNode):
                    yield selection.name.value
                elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set is not None:
                    waiting.append(selection.selection_set)

    def _of_selections(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> Measures:
        depth = roots = aliases = directives = cost = paged = schema_cost = 0
        for selection in selections.selections:
            self.visits += 1
            part = self._of_selection(selection, parent)
            depth = max(depth, part.depth)
            roots += part.roots
            aliases += part.aliases
            directives += part.directives + len(selection.directives or ())
            cost += part.cost
            paged += part.paged
            schema_cost += part.schema_cost
        counts = (roots, aliases, directives, cost, paged, schema_cost)
        return Measures(depth, *(min(count, MOST) for count in counts))

    def _of_selection(self, selection: SelectionNode, parent: GraphQLNamedType | None) -> Measures:
        if isinstance(selection, FieldNode):
            return self._of_field(selection, parent)
        if isinstance(selection, FragmentSpreadNode):
            return self._known.get(selection.name.value, NOTHING)
        assert isinstance(selection, InlineFragmentNode), "there is no other selection"
        condition = selection.type_condition
        on = self._schema.type_map.get(condition.name.value) if condition else parent
        return self._of_selections(selection.selection_set, on)

    def _of_field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Measures:
        name, aliases = node.name.value, int(node.alias is not None)
        meta = META.get(name)
        of_schema = int(meta is not None or (parent is not None and parent.name.startswith("__")))
        if node.selection_set is None:
            return Measures(1 - of_schema, 1, aliases, 0, 1 - of_schema, 0, of_schema)
        field = _field(parent, name)
        kind = self._schema.type_map.get(meta) if meta else get_named_type(field.type) if field else None
        within = self._of_selections(node.selection_set, kind)
        factor = times(parent, field, node, self._values) if field and parent else 1
        schema_cost = factor * within.schema_cost // rarity(node) + of_schema
        cost, paged = within.cost, within.paged
        if is_of_a_page(parent, field):
            cost, paged = 1, cost + paged
        elif is_connection(kind):
            cost, paged = 1 + cost + factor * max(paged, 1), 0  # Its rows are read, whatever is shown of them.
        else:
            cost, paged = 1 + factor * (cost + paged), 0
        depth, cost = (0, 0) if of_schema else (1 + within.depth, cost)
        return Measures(depth, 1, within.aliases + aliases, within.directives, cost, paged, schema_cost)


def values_of(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Values:
    """Return what tells the values of an operation's variables, defaults included."""
    defaults = {each.variable.name.value: constant(each.default_value) for each in operation.variable_definitions or ()}
    return lambda name: given.get(name, defaults.get(name))


def _field(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    return parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
