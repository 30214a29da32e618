import json
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_stepfunctions import IntegrationPattern
from aws_cdk.aws_stepfunctions_tasks import LambdaInvocationType

from constructs_lib import LambdaFunction, StateMachineToLambda
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:report"
CALLBACK = IntegrationPattern.WAIT_FOR_TASK_TOKEN


def definition(stack: Stack) -> dict[str, Any]:
    """Return the states, with every reference written as its JSON."""
    parts = only(stack, "AWS::StepFunctions::StateMachine")["DefinitionString"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else json.dumps(part).replace('"', "'") for part in parts)
    return dict(json.loads(text)["States"])


def test_a_failed_execution_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    reports = StateMachineToLambda(stack, "Reports", function=function, alarm_topic=topic)
    states = definition(stack)
    assert states["Invoke"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "KeepFailure"}]
    keep = states["KeepFailure"]
    queue_url = json.dumps(stack.resolve(reports.failure_queue.queue_url)).replace('"', "'")
    assert keep["Parameters"] == {
        "QueueUrl": queue_url,
        "MessageBody": {
            "executionId.$": "$$.Execution.Id",
            "input.$": "$$.Execution.Input",
            "failure.$": "$",
        },
    }
    assert (keep["ResultPath"], keep["Next"], states["Failed"]["Type"]) == (None, "Failed", "Fail")
    queue_arn = stack.resolve(reports.failure_queue.queue_arn)
    assert {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": queue_arn} in statements(stack)
    (catch,) = keep["Catch"]  # what does not fit into a message
    assert (catch["Next"], states[catch["Next"]]["Type"]) == ("NotKept", "Fail")
    alarms = {alarm["MetricName"]: alarm for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}
    assert set(alarms) == {"ApproximateNumberOfMessagesVisible", "ExecutionsFailed"}
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms.values())
    assert len(reports.alarms) == 2


def test_errors_of_the_service_and_throttling_are_tried_again(stack: Stack, function: LambdaFunction) -> None:
    StateMachineToLambda(stack, "Reports", function=function)
    (retry,) = definition(stack)["Invoke"]["Retry"]
    assert set(retry["ErrorEquals"]) == {
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    }
    assert (retry["MaxAttempts"], retry["BackoffRate"], retry["JitterStrategy"]) == (6, 2, "FULL")


def test_what_the_handler_returns_is_the_output(stack: Stack, function: LambdaFunction) -> None:
    StateMachineToLambda(stack, "Reports", function=function)
    invoke = definition(stack)["Invoke"]
    assert (invoke["OutputPath"], invoke["Parameters"]["Payload.$"]) == ("$.Payload", "$")


@pytest.mark.parametrize(
    ("settings", "seconds"), [({}, 20), ({"task_timeout": Duration.minutes(2)}, 120)], ids=["default", "given"]
)
def test_a_try_takes_as_long_as_the_function_may(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], seconds: int
) -> None:
    StateMachineToLambda(stack, "Reports", function=function, **settings)
    assert definition(stack)["Invoke"]["TimeoutSeconds"] == seconds


def test_a_function_of_unknown_timeout_may_take_the_longest(stack: Stack) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    StateMachineToLambda(stack, "Reports", function=imported)
    assert definition(stack)["Invoke"]["TimeoutSeconds"] == 910


def test_it_logs_every_step_and_traces(stack: Stack, function: LambdaFunction) -> None:
    StateMachineToLambda(stack, "Reports", function=function)
    machine = only(stack, "AWS::StepFunctions::StateMachine")
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_asynchronously_both_stages_share_a_queue(stack: Stack, function: LambdaFunction) -> None:
    reports = StateMachineToLambda(
        stack, "Reports", function=function, invocation_type=LambdaInvocationType.EVENT, retry_attempts=1
    )
    invoke = definition(stack)["Invoke"]
    assert invoke["Parameters"]["InvocationType"] == "Event"
    assert "OutputPath" not in invoke
    config = only(stack, "AWS::Lambda::EventInvokeConfig")
    queue_arn = stack.resolve(reports.failure_queue.queue_arn)
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": queue_arn}}
    assert config["MaximumRetryAttempts"] == 1
    assert len(resources(stack, "AWS::SQS::Queue")) == 1
    assert len(reports.alarms) == 3


def test_asynchronous_options_of_a_task_that_waits_are_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match=r"expected retry_attempts only with invocation_type=LambdaInvocationType.EVE"):
        StateMachineToLambda(stack, "Reports", function=function, retry_attempts=1)


def test_a_callback_hands_the_token_on(stack: Stack, function: LambdaFunction) -> None:
    reports = StateMachineToLambda(
        stack, "Reports", function=function, integration_pattern=CALLBACK, task_timeout=Duration.hours(1)
    )
    invoke = definition(stack)["Invoke"]
    assert invoke["Resource"].endswith(":lambda:invoke.waitForTaskToken")
    assert invoke["Parameters"]["Payload"] == {"taskToken.$": "$$.Task.Token", "input.$": "$"}
    assert invoke["TimeoutSeconds"] == 3600
    assert {
        "Action": ["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"],
        "Effect": "Allow",
        "Resource": stack.resolve(reports.state_machine.state_machine_arn),
    } in statements(stack)


def may_respond(stack: Stack) -> bool:
    return any("states:SendTaskSuccess" in found["Action"] for found in statements(stack))


def test_a_callback_of_a_function_without_role_is_warned_of(stack: Stack) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    StateMachineToLambda(
        stack, "Reports", function=imported, integration_pattern=CALLBACK, task_timeout=Duration.hours(1)
    )
    (warning,) = warnings(stack)
    assert "[ack: lambda-invocation-constructs:taskResponse]" in warning
    assert "states:SendTaskSuccess" in warning
    assert not may_respond(stack)


@pytest.mark.parametrize("mutable", [True, False])
def test_a_callback_of_a_function_with_an_imported_role(stack: Stack, mutable: bool) -> None:
    role_arn = f"arn:aws:iam::{ACCOUNT}:role/report"
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "ImportedRole", role_arn, mutable=mutable),
    )
    StateMachineToLambda(
        stack, "Reports", function=imported, integration_pattern=CALLBACK, task_timeout=Duration.hours(1)
    )
    assert may_respond(stack) is mutable
    assert any("states:SendTaskSuccess" in warning for warning in warnings(stack)) is not mutable


@pytest.mark.parametrize("settings", [{}, {"integration_pattern": IntegrationPattern.REQUEST_RESPONSE}])
def test_without_callback_no_response_is_asked_for(stack: Stack, settings: dict[str, Any]) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    StateMachineToLambda(stack, "Reports", function=imported, **settings)
    assert warnings(stack) == []


def test_a_callback_needs_a_timeout(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="a task that waits for a callback to have a task_timeout, got none"):
        StateMachineToLambda(stack, "Reports", function=function, integration_pattern=CALLBACK)


def test_an_asynchronous_callback_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="waits for a callback to be invoked synchronously, got invocation_type=EVENT"):
        StateMachineToLambda(
            stack,
            "Reports",
            function=function,
            integration_pattern=CALLBACK,
            invocation_type=LambdaInvocationType.EVENT,
            task_timeout=Duration.hours(1),
        )


def test_a_queue_of_the_user_with_its_key(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    queue = sqs.Queue(stack, "Mine", encryption_master_key=key)
    reports = StateMachineToLambda(stack, "Reports", function=function, dead_letter_queue=queue)
    assert reports.failure_queue is queue
    granted = [found for found in statements(stack) if found["Resource"] == stack.resolve(key.key_arn)]
    assert any(found["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"] for found in granted)


def test_a_fifo_queue_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected dead_letter_queue to be a standard queue, got the FIFO Stack/Q"):
        StateMachineToLambda(stack, "Reports", function=function, dead_letter_queue=sqs.Queue(stack, "Q", fifo=True))


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_an_alias_or_version_is_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    StateMachineToLambda(stack, "Reports", function=target)
    arn = stack.resolve(target.function_arn)
    assert definition(stack)["Invoke"]["Parameters"]["FunctionName"] == json.dumps(arn).replace('"', "'")
    (invoking,) = (found for found in statements(stack) if found["Action"] == "lambda:InvokeFunction")
    assert arn in (invoking["Resource"], *invoking["Resource"])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"invocation_type": LambdaInvocationType.EVENT},
        {"integration_pattern": CALLBACK, "task_timeout": Duration.hours(1)},
    ],
    ids=["waits", "event", "callback"],
)
def test_function_and_pattern_may_stand_in_different_stacks(app: App, settings: dict[str, Any]) -> None:
    compute, front = Stack(app, "Compute"), Stack(app, "Front")
    StateMachineToLambda(front, "Reports", function=make_function(compute), **settings)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::SQS::Queue")) == 1
