"""Commands that tell what the API is: schema, permissions."""

from graph.permissions import page
from graph.schema import make_schema


def schema() -> None:
    """Print the API's schema in GraphQL's schema language."""
    print(make_schema(demo=False).as_str())  # noqa: T201 (exactly these bytes)


def permissions() -> None:
    """Print who may do what, as a page of the documentation."""
    print(page(make_schema(demo=True)._schema), end="")  # noqa: T201 (exactly these bytes)
