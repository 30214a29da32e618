from typing import Any

import pytest

from tests.graph.build import make_world, properties


@pytest.mark.parametrize(
    ("raw", "number"),
    [(30, 30), ("30", 30), (0.5, 0.5), (True, None), ("nan", None), ("inf", None), ("1e999", None), (10**400, None)],
)
def test_what_is_a_number(raw: Any, number: float | None) -> None:
    world = make_world({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": raw}}}})
    assert properties(world, "Queue")["DelaySeconds"].number() == number
