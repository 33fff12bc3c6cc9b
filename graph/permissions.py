"""The table of permissions beside the schema: no field of a root without an entry, and each asks it before all else."""

from collections.abc import Callable, Iterator
from functools import partial, wraps
from typing import Any, Final

from graphql import GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema
from strawberry.types.base import get_object_definition

import graph.types.enums  # noqa: F401 (marks the domain's enums, before the payloads have one)
from graph.context import Context
from graph.live.fields import definition_of
from graph.live.roots import ADMIT
from graph.mutations.payloads import failed
from models.errors import Forbidden
from models.terms import Role
from resolvers.permissions import Operation, authorize

OPERATIONS: Final = {operation.field: operation for operation in Operation}

INTRODUCTION: Final = """# Who may do what

`make permissions` writes this page from `resolvers/permissions.py`, the table that decides.
Who may not is answered with the code `FORBIDDEN`. What is another practice's is not found, whoever asks.
`advanceClock` exists in demo mode only.

"""


def refuse_unlisted(schema: GraphQLSchema) -> None:
    """Raise LookupError for a schema with an operation that the table does not have."""
    if unlisted := [f"{kind} {field}" for kind, field in _operations(schema) if field not in OPERATIONS]:
        raise LookupError(f"Say in resolvers/permissions.py who may do this: {', '.join(unlisted)}.")


def guard(schema: GraphQLSchema) -> None:
    """Have every operation ask who may do it before it reads what it was given, whatever its resolver reads first."""
    for kind, root in _roots(schema):
        for name, field in root.fields.items():
            admit = partial(_admit, OPERATIONS[name])
            if kind == "subscription":
                field.extensions[ADMIT] = admit
            else:
                payload = _payload_of(field) if kind == "mutation" else ()
                field.resolve = _guarded(field, admit, payload)


def page(schema: GraphQLSchema) -> str:
    """Return the table as a page of the documentation, in the order of the schema."""
    rows = [["operation", "is to", *(role.value for role in Role)], ["---"] * (2 + len(Role))]
    for kind, field in _operations(schema):
        operation = OPERATIONS[field]
        marks = ("yes" if operation.is_for(role) else "no" for role in Role)
        rows.append([f"{kind} `{field}`", operation.permission.value, *marks])
    return INTRODUCTION + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _operations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    return ((kind, field) for kind, root in _roots(schema) for field in root.fields)


def _roots(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLObjectType]]:
    roots = {"query": schema.query_type, "mutation": schema.mutation_type, "subscription": schema.subscription_type}
    return ((kind, root) for kind, root in roots.items() if root is not None)


def _admit(operation: Operation, context: Context) -> None:
    """Raise Unauthenticated, Unavailable or Forbidden unless the caller may do this."""
    authorize(context.viewer, operation)


def _guarded(field: GraphQLField, admit: Callable[[Context], None], payload: tuple[str, ...]) -> GraphQLFieldResolver:
    """Return a resolver that first asks; who may not is told in the payload, where there is one."""
    resolve = field.resolve
    assert resolve is not None, "a root has nothing to be read from"

    @wraps(resolve)
    def asking(source: Any, info: GraphQLResolveInfo[Context], **given: Any) -> Any:
        try:
            admit(info.context)
        except Forbidden as error:
            if not payload:
                raise
            return failed(error, *payload)
        return resolve(source, info, **given)

    return asking


def _payload_of(mutation: GraphQLField) -> tuple[str, ...]:
    """Return the attributes of a mutation's answer that are null on failure."""
    fields = get_object_definition(definition_of(mutation).type, strict=True).fields
    return tuple(field.python_name for field in fields if field.python_name != "errors")
