"""Where the errors of the tasks of state machines end, after which retries, and who watches."""

from typing import Any

import pytest

from constructs_lib.explain.accounts import accounts
from constructs_lib.explain.model import Fate, Stage
from tests.explain.test_accounts import ARN, FAILURES, fates, only_route, resource
from tests.explain.test_watching import alarm
from tests.graph.build import make_app

QUEUE_URL = {"Ref": "Failures"}
SEND = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage",
    "Parameters": {"QueueUrl": QUEUE_URL, "MessageBody.$": "$"},
    "Next": "Sorry",
}
FAIL = {"Type": "Fail"}
ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Shape"}]
WAY = "(the Catch of Work, for States.ALL)"


def execution(more: dict[str, Any] | None = None, states: dict[str, Any] | None = None, **task: Any) -> Stage:
    work = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": ARN},
        "End": True,
        **task,
    }
    definition = {"StartAt": "Work", "States": {"Work": work, **(states or {})}}
    machine = resource("AWS::StepFunctions::StateMachine", Definition=definition)
    function = {"Function": resource("AWS::Lambda::Function"), "Machine": machine}
    app = make_app({"Resources": {**function, **FAILURES, **(more or {})}})
    account = next(one for one in accounts(app) if one.function.logical_id == "Function")
    (found,) = account.routes[0].stages
    return found


def test_a_queue_that_a_caught_error_is_sent_to_with_those_who_watch_it() -> None:
    states = {"Shape": {"Type": "Pass", "Next": "Send"}, "Send": SEND, "Sorry": FAIL}
    depth = alarm("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName={"Fn::GetAtt": ["Failures", "QueueName"]})
    (end,) = execution(depth, states, Catch=ALL).ends
    assert (end.fate, end.place) == (Fate.KEPT, f"queue Failures, by state Send {WAY}")
    assert end.watchers is not None
    assert end.watchers[0].startswith("alarm Alarm on ApproximateNumberOfMessagesVisible")


@pytest.mark.parametrize(
    ("state", "fate", "place"),
    [
        (
            {"Resource": "arn:aws:states:::sns:publish", "Parameters": {"TopicArn": {"Ref": "Topic"}}},
            Fate.KEPT,
            "topic Topic",
        ),
        ({"Resource": {"Fn::GetAtt": ["Other", "Arn"]}}, Fate.KEPT, "function Other"),
        (
            {"Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": {"Ref": "Other"}}},
            Fate.KEPT,
            "function Other",
        ),
        (
            {"Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl.$": "$.url"}},
            Fate.UNKNOWN,
            "a place that state Shape is told",
        ),
        (
            {"Resource": "arn:aws:states:::dynamodb:putItem"},
            Fate.CALLER,
            "the state machine, which goes on at state Shape",
        ),
    ],
)
def test_what_a_caught_error_is_handed_to(state: dict[str, Any], fate: Fate, place: str) -> None:
    more = {"Topic": resource("AWS::SNS::Topic"), "Other": resource("AWS::Lambda::Function")}
    states = {"Shape": {"Type": "Task", "End": True, **state}}
    (end,) = execution(more, states, Catch=ALL).ends
    assert end.fate is fate
    assert end.place.startswith(place)


def test_a_caught_error_that_fails_the_execution_all_the_same_and_its_alarms() -> None:
    machine = alarm("AWS/States", "ExecutionsFailed", StateMachineArn={"Ref": "Machine"})
    (end,) = execution(machine, {"Shape": FAIL}, Catch=ALL).ends
    assert (end.fate, end.place) == (
        Fate.CALLER,
        f"the execution of the state machine, which fails in state Shape {WAY}",
    )
    assert end.watchers is not None
    assert end.watchers[0].startswith("alarm Alarm on ExecutionsFailed")


def test_what_is_not_caught_fails_the_execution() -> None:
    assert fates(execution()) == [(Fate.CALLER, "the execution of the state machine, which fails")]
    other = [{"ErrorEquals": ["States.Timeout"], "Next": "Shape"}]
    kept, failed = fates(execution(None, {"Shape": {**SEND, "End": True}}, Catch=other))
    assert kept == (Fate.KEPT, "queue Failures, by state Shape (the Catch of Work, for States.Timeout)")
    assert failed == (Fate.CALLER, "the execution of the state machine, which fails of any other error")


def test_states_that_go_round_in_circles_end() -> None:
    states = {"Shape": {"Type": "Pass", "Next": "Back"}, "Back": {"Type": "Pass", "Next": "Shape"}}
    assert fates(execution(None, states, Catch=ALL)) == [
        (Fate.CALLER, f"the state machine, which goes on at state Back {WAY}")
    ]


def test_the_catch_of_the_state_around_counts() -> None:
    inner = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": ARN}}
    around = {
        "Type": "Map",
        "ItemProcessor": {"StartAt": "Inner", "States": {"Inner": inner}},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Send"}],
    }
    definition = {"StartAt": "Around", "States": {"Around": around, "Send": SEND}}
    machine = resource("AWS::StepFunctions::StateMachine", Definition=definition)
    (stage,) = only_route({"Machine": machine, **FAILURES}).stages
    assert fates(stage) == [(Fate.KEPT, "queue Failures, by state Send (the Catch of Around, for States.ALL)")]


@pytest.mark.parametrize(
    ("retrier", "words"),
    [
        ({}, "up to 3 times again after 1 s to 4 s, about 7 s in all,"),
        ({"MaxAttempts": 1}, "up to 1 time again after 1 s"),
        ({"MaxAttempts": 0}, "not again"),
        ({"IntervalSeconds": 60, "BackoffRate": 1}, "up to 3 times again after 1 min each"),
        ({"MaxDelaySeconds": 2}, "up to 3 times again after 1 s to 2 s, about 5 s in all,"),
        ({"MaxAttempts": 99_999_999}, "up to 99,999,999 times again"),
        ({"MaxAttempts": 900, "BackoffRate": 1e300}, "up to 900 times again"),
        ({"MaxAttempts": "{% $n %}"}, "again"),
    ],
)
def test_retries_take_time(retrier: dict[str, Any], words: str) -> None:
    stage = execution(Retry=[{"ErrorEquals": ["Other"], **retrier}])
    assert stage.attempts.words == f"task Work: 1 attempt, {words} on Other"


@pytest.mark.parametrize(
    ("dimensions", "watched"),
    [
        ({"ApiId": {"Ref": "Api"}}, True),
        ({"ApiName": "jobs"}, True),
        ({"ApiName": "jobs", "Stage": "prod"}, True),
        ({"ApiName": "other"}, False),
    ],
)
def test_the_alarms_of_an_api_watch_its_errors(dimensions: dict[str, Any], watched: bool) -> None:
    resources = {
        "Api": resource("AWS::ApiGatewayV2::Api", ProtocolType="HTTP", Name="jobs"),
        "Integration": resource(
            "AWS::ApiGatewayV2::Integration", ApiId={"Ref": "Api"}, IntegrationType="AWS_PROXY", IntegrationUri=ARN
        ),
        **alarm("AWS/ApiGateway", "5xx", **dimensions),
    }
    (stage,) = only_route(resources).stages
    (end,) = stage.ends
    assert end.fate is Fate.CALLER
    assert bool(end.watchers) is watched
