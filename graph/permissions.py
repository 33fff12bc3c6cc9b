"""The table of permissions beside the schema: no field of a root without an entry, and the page that shows it."""

from collections.abc import Iterator
from typing import Final

from graphql import GraphQLSchema

from models.terms import Role
from resolvers.permissions import Operation

INTRODUCTION: Final = """# Who may do what

`make permissions` writes this page from `resolvers/permissions.py`, the table that decides.
Who may not is answered with the code `FORBIDDEN`. What is another practice's is not found, whoever asks.
`advanceClock` exists in demo mode only.

"""


def refuse_unlisted(schema: GraphQLSchema) -> None:
    """Raise LookupError for a schema with an operation that the table does not have."""
    listed = {operation.field for operation in Operation}
    if unlisted := [f"{kind} {field}" for kind, field in _operations(schema) if field not in listed]:
        raise LookupError(f"Say in resolvers/permissions.py who may do this: {', '.join(unlisted)}.")


def page(schema: GraphQLSchema) -> str:
    """Return the table as a page of the documentation, in the order of the schema."""
    permissions = {operation.field: operation for operation in Operation}
    rows = [["operation", "is to", *(role.value for role in Role)], ["---"] * (2 + len(Role))]
    for kind, field in _operations(schema):
        operation = permissions[field]
        marks = ("yes" if operation.is_for(role) else "no" for role in Role)
        rows.append([f"{kind} `{field}`", operation.permission.value, *marks])
    return INTRODUCTION + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _operations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    roots = {"query": schema.query_type, "mutation": schema.mutation_type, "subscription": schema.subscription_type}
    return ((kind, field) for kind, root in roots.items() if root is not None for field in root.fields)
