"""Documents: parsed, held to the bounds, then validated, each text once; refused ones are not kept."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    Token,
    TokenKind,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graph.errors import BAD_INPUT
from graph.limits.bounds import MOST_OPERATIONS, Bounds, bounds_of
from graph.limits.measure import Measuring
from graph.limits.operations import Operations, operations_of
from graph.limits.sizes import UNKNOWN
from models.limits import LimitSettings

TOO_LARGE: Final = "DOCUMENT_TOO_LARGE"
NO_OPERATION: Final = "The document has no operation."
KEPT_CHARACTERS: Final = 256 * 1024
"""How much text is kept parsed; a parsed document takes some two hundred times its text."""

CHARACTERS_OF_AN_OPERATION: Final = 100
"""To parse and validate so many takes about as long as a small operation."""

MOST_DIGITS: Final = 400
"""The largest float has 309; Python reads no number of more than 4,300, and says so by an error of its own."""

NUMBERS: Final = frozenset({TokenKind.INT, TokenKind.FLOAT})
SUGGESTION: Final = " Did you mean "

MOST_ERRORS: Final = 10
"""Each may take as long as a small document: names that are alike are looked for."""

overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 5_000
"""The one rule of the library whose work grows faster than the document. Ten clients, of each all that a page shows by
fragments in fragments, need three hundred."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks for."""

    query: str | None
    name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None

    @property
    def wants_cost(self) -> bool:
        """Whether its cost is to be told with the answer: `extensions` of the request say `cost: true`."""
        return self.extensions is not None and self.extensions.get("cost") is True


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A text that was read: its operations may run when there are no `errors`.

    `made` keeps what was made of it, as long as it is kept itself.
    """

    node: DocumentNode | None
    errors: Sequence[GraphQLError]
    operations: Operations | None = None
    made: dict[str | None, object] = field(default_factory=dict)


class Documents:
    """The documents of a schema; the least recently used are forgotten."""

    def __init__(self, schema: GraphQLSchema, bounds: Bounds, *, introspection: bool) -> None:
        self._schema = schema
        self._bounds = bounds
        self._hides = not introspection
        more: tuple[type[ASTValidationRule], ...] = () if introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*specified_rules, *more, MaybeNullValidationRule, OneOfInputValidationRule)
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0
        self._last: tuple[str | None, Document | None] = None, None

    def weight(self, text: str) -> int:
        """Return as how many operations it counts to read a text: nothing when it is kept, else by its length."""
        return 0 if text in self._kept else len(text) // CHARACTERS_OF_AN_OPERATION

    def read(self, text: str) -> Document:
        """Return the document of a text."""
        if (document := self._kept.get(text)) is not None:
            self._kept.move_to_end(text)
            return document
        last, document = self._last
        if text is last and document is not None:  # One that is refused is asked about more than once.
            return document
        document = self._read(text)
        if not document.errors:
            self._keep(text, document)
        self._last = text, document
        return document

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._characters += len(text)
        while self._characters > KEPT_CHARACTERS:
            forgotten, _ = self._kept.popitem(last=False)
            self._characters -= len(forgotten)

    def _read(self, text: str) -> Document:
        try:
            node = self._parsed(text)
        except GraphQLError as error:
            return Document(None, [error])
        multipliers: set[str] = set()
        errors = self._beyond(node, multipliers) or self._invalid(node)
        return Document(node, errors, Operations(self._schema, self._bounds, node, multipliers))

    def _parsed(self, text: str) -> DocumentNode:
        """Parse a text.

        Raises GraphQLError.
        """
        if len(text) > self._bounds.characters:
            raise _too_large(f"A document has {self._bounds.characters} characters at most.")
        try:
            node = parse(text, max_lexical_tokens=self._bounds.tokens, max_comments=self._bounds.tokens)
        except GraphQLSyntaxError as error:
            if "Document contains more than" in error.message:
                raise _too_large(f"A document has {self._bounds.tokens} words and signs at most.") from error
            raise
        if any(token.kind in NUMBERS and len(token.value or "") > MOST_DIGITS for token in _tokens(node)):
            raise _too_large(f"A number has {MOST_DIGITS} digits at most.")
        operations = operations_of(node)
        if not operations:
            raise GraphQLError(NO_OPERATION, extensions={"code": BAD_INPUT})
        if len(operations) > MOST_OPERATIONS:
            raise _too_large(f"A document has {MOST_OPERATIONS} operations at most.")
        return node

    def _beyond(self, node: DocumentNode, multipliers: set[str]) -> list[GraphQLError]:
        """Return what the operations are beyond whatever their variables; note which of those multiply a cost."""

        def unknown(name: str) -> object:
            multipliers.add(name)
            return UNKNOWN

        measuring = Measuring(self._schema, node, unknown)
        return [error for each in operations_of(node) for error in self._bounds.exceeded(measuring.of(each), each)]

    def _invalid(self, node: DocumentNode) -> list[GraphQLError]:
        errors = validate(self._schema, node, self._rules, MOST_ERRORS, hide_suggestions=self._hides)
        if self._hides:
            for error in errors:
                error.message = error.message.partition(SUGGESTION)[0]
        return errors


def documents_of(schema: GraphQLSchema, settings: LimitSettings) -> Documents:
    """Return the documents of a schema, within what the settings allow."""
    return Documents(schema, bounds_of(settings, schema), introspection=settings.introspection)


def _tokens(node: DocumentNode) -> Iterator[Token]:
    token = node.loc.start_token if node.loc else None
    while token is not None:
        yield token
        token = token.next


def _too_large(text: str) -> GraphQLError:
    return GraphQLError(text, extensions={"code": TOO_LARGE})
