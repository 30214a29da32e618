from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.graph.world import World
from constructs_lib.nag.engine import RuleError, check
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from tests.graph.build import make_app

BODY: dict[str, Any] = {
    "Parameters": {"Size": {"Type": "String"}},
    "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Size"}, "big"]}},
    "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"Timeout": {"Fn::If": ["Big", 100, 10]}}}},
}


class Probe(Rule):
    """Reports a number that differs between worlds, as a warning, or as an error when it is large."""

    severity = Severity.WARNING
    description = fix = source = ""

    def __init__(self, error_from: int) -> None:
        self.error_from = error_from

    def check(self, world: World) -> Iterator[Finding]:
        for queue in world.of_type("AWS::SQS::Queue"):
            number = world.properties(queue)["Timeout"].number() or 0
            severity = Severity.ERROR if number >= self.error_from else None
            for suffix in ("a", "b"):
                yield self.finding(queue, "Timeout", f"{number:g} {suffix}", severity=severity)


def messages(error_from: int) -> list[str]:
    return [one.message for one in check(make_app(BODY), [Probe(error_from)])]


def test_of_equal_worlds_the_first_is_reported() -> None:
    assert messages(1000) == ["10 a", "10 b"]


def test_of_several_worlds_the_worst_is_reported() -> None:
    assert messages(50) == ["100 a", "100 b"]


def test_findings_are_in_the_order_of_places() -> None:
    queues = {name: {"Type": "AWS::SQS::Queue"} for name in ("B", "A")}
    found = check(make_app({"Resources": queues}, {"Resources": queues}), [Probe(1000)])
    assert [(one.resource.template.path.name[0], one.resource.logical_id) for one in found[::2]] == [
        ("0", "A"),
        ("0", "B"),
        ("1", "A"),
        ("1", "B"),
    ]
    assert found[0].location == "Properties.Timeout"


def test_a_rule_that_raises_is_named() -> None:
    class Broken(Probe):
        def check(self, world: World) -> Iterator[Finding]:
            yield from super().check(world)
            raise KeyError("oops")

    with pytest.raises(RuleError, match=r"^Broken: KeyError\('oops'\)$"):
        check(make_app(BODY), [Broken(50)])
    failed: dict[str, RuleError] = {}
    assert [one.rule for one in check(make_app(BODY), [Broken(50), Probe(50)], failed)] == ["Probe", "Probe"]
    assert [str(one) for one in failed.values()] == ["Broken: KeyError('oops')"]
