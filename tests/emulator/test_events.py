import json
from datetime import UTC, datetime

import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def ruled(bench: Bench, function: str) -> tuple[str, str]:
    """Make the function the target of a rule with a DLQ; return rule and DLQ."""
    dlq = bench.queue("delivery")
    bench.allow_service(dlq, "events.amazonaws.com")
    events = bench.clients["events"]
    rule = events.put_rule(Name=bench.name("rule"), EventPattern=json.dumps({"source": [bench.name("me")]}))["RuleArn"]
    target = {"Id": "f", "Arn": function, "DeadLetterConfig": {"Arn": dlq}}
    events.put_targets(Rule=bench.name("rule"), Targets=[target])
    return rule, dlq


def put(bench: Bench) -> None:
    entry = {"Source": bench.name("me"), "DetailType": "test", "Detail": json.dumps({"n": 1})}
    bench.clients["events"].put_events(Entries=[entry])


def test_an_event_is_tried_three_times_and_ends_in_the_dlq_of_the_function(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("raise RuntimeError", ("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    rule, delivery = ruled(bench, function)
    bench.permit(function, "events.amazonaws.com", rule)
    put(bench)
    bench.wait_for_calls(3)
    assert json.loads(bench.messages(queue)[0]["Body"])["detail"] == {"n": 1}
    assert bench.is_empty(delivery)


@pytest.mark.parametrize("deleted", [True, False])
def test_what_cannot_be_delivered_goes_to_the_dlq_of_the_target(bench: Bench, deleted: bool) -> None:
    function = bench.function("pass")
    rule, delivery = ruled(bench, function)
    if deleted:
        bench.permit(function, "events.amazonaws.com", rule)
        bench.clients["lambda"].delete_function(FunctionName=function)
    put(bench)
    (message,) = bench.messages(delivery)
    assert json.loads(message["Body"])["detail"] == {"n": 1}
    assert message["MessageAttributes"]["RULE_ARN"]["StringValue"] == rule
    assert message["MessageAttributes"]["TARGET_ARN"]["StringValue"] == function
    assert {"ERROR_CODE", "ERROR_MESSAGE"} <= set(message["MessageAttributes"])
    assert bench.calls() == []


@pytest.mark.slow_e2e  # the emulator looks for what is due every ten seconds
@pytest.mark.parametrize("permitted", [True, False])
def test_a_schedule_uses_its_role(bench: Bench, permitted: bool) -> None:
    function, dlq = bench.function("pass"), bench.queue()
    grants = [("sqs:SendMessage", dlq), ("lambda:InvokeFunction", function)][: 2 if permitted else 1]
    target = {
        "Arn": function,
        "RoleArn": bench.role("scheduler", *grants, service="scheduler.amazonaws.com"),
        "DeadLetterConfig": {"Arn": dlq},
        "Input": json.dumps({"n": 1}),
    }
    bench.clients["scheduler"].create_schedule(
        Name=bench.name("schedule"),
        ScheduleExpression=f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )
    if permitted:
        assert bench.wait_for_calls(1)[0]["event"] == {"n": 1}
        assert bench.is_empty(dlq)
    else:
        (message,) = bench.messages(dlq)
        assert json.loads(message["Body"]) == {"n": 1}
        attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
        assert attributes["SCHEDULE_ARN"].endswith(bench.name("schedule"))
        assert attributes["IS_PAYLOAD_TRUNCATED"] == "false"
        assert {"EXECUTION_ID", "SCHEDULED_TIME", "ERROR_CODE", "ERROR_MESSAGE", "TARGET_ARN"} <= set(attributes)
        assert bench.calls() == []
