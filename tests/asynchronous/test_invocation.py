from typing import Any, cast

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import AsyncInvocation, FailureQueue, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements, warnings

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:report"
CONFIG = "AWS::Lambda::EventInvokeConfig"


def invocations(stack: Stack) -> list[Any]:
    return [found["Resource"] for found in statements(stack) if found["Action"] == "lambda:InvokeFunction"]


def test_a_failed_event_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    reports = AsyncInvocation(stack, "Reports", function=function)
    assert reports.function is function
    assert reports.failure_queue is not None
    queue = stack.resolve(reports.failure_queue.queue_arn)
    assert only(stack, CONFIG)["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    watched = {alarm["MetricName"] for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}
    assert watched == {"ApproximateNumberOfMessagesVisible", "DestinationDeliveryFailures"}
    assert len(reports.alarms) == 2
    assert invocations(stack) == []


def test_failures_go_where_the_user_says(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    queue = sqs.Queue(stack, "Mine", encryption_master_key=key)
    AsyncInvocation(stack, "Reports", function=function, on_failure=destinations.SqsDestination(queue))
    target = stack.resolve(queue.queue_arn)
    assert only(stack, CONFIG)["DestinationConfig"]["OnFailure"] == {"Destination": target}
    allowed = [found["Action"] for found in statements(stack) if found["Resource"] == stack.resolve(key.key_arn)]
    assert any("kms:Decrypt" in actions for actions in allowed)


def test_invokers_may_invoke_this_function_and_no_qualifier(stack: Stack, function: LambdaFunction) -> None:
    caller = make_function(stack, "Caller")
    role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())
    AsyncInvocation(stack, "Reports", function=function, invokers=[caller, role])
    assert invocations(stack) == [stack.resolve(function.function_arn)] * 2
    assert resources(stack, "AWS::Lambda::Permission") == {}


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_invokers_may_invoke_the_qualifier_that_is_configured(
    stack: Stack, function: LambdaFunction, qualifier: str
) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    AsyncInvocation(stack, "Reports", function=target, invokers=[make_function(stack, "Caller")])
    assert invocations(stack) == [stack.resolve(target.function_arn)]
    assert only(stack, CONFIG)["Qualifier"] != "$LATEST"


def test_a_service_is_no_invoker(stack: Stack, function: LambdaFunction) -> None:
    service = iam.ServicePrincipal("events.amazonaws.com")
    with pytest.raises(ValueError, match=r"Stack/Reports: expected invokers that can have a policy, .* pattern of its"):
        AsyncInvocation(stack, "Reports", function=function, invokers=[service])


def test_what_is_no_grantee_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected invokers to be roles, users, functions or other grantees of the CDK"):
        AsyncInvocation(stack, "Reports", function=function, invokers=["me"])  # type: ignore[list-item]


def test_an_imported_function_is_wired(stack: Stack) -> None:
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/report"),
        same_environment=True,
    )
    AsyncInvocation(stack, "Reports", function=imported, invokers=[make_function(stack, "Caller")])
    assert invocations(stack) == [FUNCTION_ARN]
    assert only(stack, CONFIG)["FunctionName"] == "report"


@pytest.mark.parametrize("pattern_in", ["A", "B"])
def test_caller_and_function_may_stand_in_different_stacks(app: App, pattern_in: str) -> None:
    stacks = {name: Stack(app, name) for name in "AB"}
    function, caller = make_function(stacks["A"]), make_function(stacks["B"], "Caller")
    AsyncInvocation(stacks[pattern_in], "Reports", function=function, invokers=[caller])
    app.synth()  # would raise if the stacks needed each other
    assert len(invocations(stacks["B"])) == 1
    assert len(resources(stacks["A"], CONFIG)) == 1


@pytest.mark.parametrize("kind", ["queue", "topic", "bucket", "dead-letter queue"])
@pytest.mark.parametrize("imported", [False, True])
def test_an_imported_key_of_a_failure_target_is_warned_of(stack: Stack, kind: str, imported: bool) -> None:
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mine"
    key = kms.Key.from_key_arn(stack, "Key", arn) if imported else kms.Key(stack, "Key")
    queue = FailureQueue(stack, "Failed", encryption_key=key) if "queue" in kind else None
    on_failure: Any = None
    if kind == "queue":
        on_failure = destinations.SqsDestination(cast(FailureQueue, queue))
    elif kind == "topic":
        on_failure = destinations.SnsDestination(sns.Topic(stack, "Failed", master_key=key))
    elif kind == "bucket":
        on_failure = destinations.S3Destination(s3.Bucket(stack, "Failed", encryption_key=key))
    function = make_function(stack, dead_letter_queue=queue if kind == "dead-letter queue" else None)
    AsyncInvocation(stack, "Pattern", function=function, on_failure=on_failure)
    found = [text for text in warnings(stack) if "lambda-invocation-constructs:failureTargetKey" in text]
    assert len(found) == imported
    assert all(
        "Stack/Failed: the policy of its imported key Stack/Key cannot be changed here" in text for text in found
    )
