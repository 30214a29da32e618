from typing import Any

import pytest

from constructs_lib.nag.finding import Severity
from constructs_lib.operations.places.gaps import Gap, gaps
from tests.operations.places.account import (
    FAILED,
    JOBS,
    MAPPING,
    RESIZE,
    STREAM,
    arn,
    function,
    on_failure,
    queue,
    resource,
    world_of,
)

RULE = arn("events", "rule/hourly")
ARNS = {"Resize": RESIZE, "Jobs": JOBS, "Failed": FAILED, "Polls": MAPPING, "Rule": RULE}


def found(**resources: dict[str, Any]) -> list[Gap]:
    return gaps(world_of(**resources), ARNS)


def mapping(source: str, **properties: Any) -> dict[str, Any]:
    return resource("Lambda::EventSourceMapping", FunctionName=RESIZE, EventSourceArn=source, **properties)


def rule(**target: Any) -> dict[str, Any]:
    return resource("Events::Rule", Name="hourly", Targets=[{"Id": "a", "Arn": RESIZE, **target}])


def test_a_function_that_is_invoked_asynchronously_and_a_rule() -> None:
    function_gap, rule_gap = found(Resize=function(), Rule=rule())
    assert (function_gap.rule, function_gap.severity, function_gap.arn) == (
        "AsyncFailureTarget",
        Severity.ERROR,
        RESIZE,
    )
    assert (rule_gap.rule, rule_gap.severity, rule_gap.arn) == ("DeliveryDeadLetterQueue", Severity.WARNING, RULE)
    assert function_gap.functions == rule_gap.functions == {RESIZE}
    assert "has no failure target" in function_gap.message


def test_what_has_a_place_is_no_gap() -> None:
    config = resource("Lambda::EventInvokeConfig", FunctionName=RESIZE, Qualifier="$LATEST", **on_failure(FAILED))
    dead_letter = {"DeadLetterConfig": {"Arn": FAILED}}
    assert not found(Resize=function(), Config=config, Rule=rule(**dead_letter), Failed=queue("failed"))


def test_a_function_that_nothing_invokes_asynchronously_is_no_gap() -> None:
    assert not found(Resize=function())


@pytest.mark.parametrize(
    ("source", "properties", "rules"),
    [
        (STREAM, {}, {"StreamRetriesUnbounded"}),
        (STREAM, {"MaximumRetryAttempts": 2}, {"StreamFailureDestination"}),
        (STREAM, {"MaximumRetryAttempts": 2, **on_failure(FAILED)}, set()),
    ],
)
def test_a_mapping_of_a_stream(source: str, properties: dict[str, Any], rules: set[str]) -> None:
    several = found(Resize=function(), Polls=mapping(source, **properties), Failed=queue("failed"))
    assert {one.rule for one in several} == rules
    assert all((one.arn, one.functions) == (MAPPING, frozenset({RESIZE})) for one in several)


def test_a_queue_that_a_function_polls() -> None:
    (gap,) = found(Resize=function(), Polls=mapping(JOBS), Jobs=queue("jobs"))
    assert (gap.rule, gap.arn, gap.functions) == ("QueueRedrivePolicy", JOBS, frozenset({RESIZE}))


def test_the_worst_first() -> None:
    subscription = resource("SNS::Subscription", Protocol="lambda", Endpoint=RESIZE, TopicArn=arn("sns", "orders"))
    found_gaps = found(Resize=function(), Rule=rule(), A=subscription)
    assert [one.severity for one in found_gaps] == [Severity.ERROR, Severity.WARNING, Severity.INFO]
