"""The compiled projection equals graphql-core's execution on random documents."""

from typing import Any

from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, get_variable_values
from graphql.execution.collect_fields import FragmentDetails, collect_fields, collect_subfields
from hypothesis import given, settings

from tests.graph.live.documents import FEATURES, Case, cases
from tests.graph.live.projecting import SCHEMA, compiled, executed, written


def assert_equal(case: Case) -> dict[str, Any]:
    """Compare the projection with graphql-core's execution, and return the data."""
    projection = compiled(case.document, case.variables)
    expected = executed(case.document, case.banner, case.variables)
    assert expected.errors is None
    assert expected.data is not None
    assert projection is not None
    assert written(projection(case.banner)) == written(expected.data)
    return expected.data


@settings(max_examples=150, deadline=None)
@given(case=cases())
def test_a_projection_equals_the_execution(case: Case) -> None:
    assert_equal(case)


def merged(case: Case) -> set[str]:
    """Tell which fields of the banner are selected more than once under one key."""
    operation = next(each for each in case.document.definitions if isinstance(each, OperationDefinitionNode))
    values = get_variable_values(SCHEMA._schema, operation.variable_definitions or (), case.variables)
    assert not isinstance(values, list), values
    fragments = {
        each.name.value: FragmentDetails(each)
        for each in case.document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    root, banner = SCHEMA._schema.subscription_type, SCHEMA._schema.type_map["Banner"]
    assert isinstance(root, GraphQLObjectType)
    assert isinstance(banner, GraphQLObjectType)
    (details,) = collect_fields(SCHEMA._schema, fragments, values, root, operation).grouped_field_set.values()
    selected = collect_subfields(SCHEMA._schema, fragments, values, operation, banner, details).grouped_field_set
    several = [fields[0].node for fields in selected.values() if len(fields) > 1]
    return {"merged object" if node.selection_set else "merged leaf" for node in several}


def test_the_random_documents_hold_every_feature() -> None:
    seen: set[str] = set()

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(case=cases())
    def look(case: Case) -> None:
        data = assert_equal(case)
        seen.update(case.features | merged(case) | ({"empty object"} if "{}" in written(data) else set()))

    look()
    assert seen >= FEATURES, FEATURES - seen
