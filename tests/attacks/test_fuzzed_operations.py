"""Operations that schemathesis makes of the schema: whatever they ask, the answer is whole and coded."""

from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tests.attacks.target import Target

EXAMPLES: Final = 30
SCHEMA: Final = Path(__file__).parents[2] / "schema.graphql"
DATES: Final = ("2026-03-04", "0001-01-01", "9999-12-31", "2026-02-30", "yesterday", "")
MOMENTS: Final = ("2026-03-04T10:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-04", "")
ZONES: Final = ("Europe/Zurich", "Pacific/Apia", "Nowhere", "../etc/passwd", "")
COLORS: Final = ("#00AAFF", "#0af", "red", "")
_known: list[str] = ["Q2xpZW50Og=="]

for scalar, values in {"Date": DATES, "DateTime": MOMENTS, "TimeZone": ZONES, "Color": COLORS}.items():
    schemathesis.graphql.scalar(scalar, st.sampled_from(values).map(nodes.String))
schemathesis.graphql.scalar("JSON", st.just("{}").map(nodes.String))
api = schemathesis.graphql.from_path(SCHEMA)


@pytest.fixture(scope="module", autouse=True)
def _ids(target: Target) -> None:
    _known[:] = target.ids()


@api.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_an_operation_is_answered(case: Any, target: Target) -> None:
    """Data, or errors that each have a code; none is a fault of ours."""
    response = target.http.post(target.address, json={"query": case.body}, headers=target.headers)
    assert response.status_code in {200, 400}, response.text
    answer = response.json()
    assert set(answer) <= {"data", "errors", "extensions"}
    codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
    assert "INTERNAL_SERVER_ERROR" not in codes, (case.body, answer)
    assert codes or answer["data"] is not None
