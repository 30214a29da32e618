import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from constructs_lib import LambdaFunction, LogsToLambda
from tests.helpers import ACCOUNT, CODE, make_function, only, resources

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:shipper"
CONFIG = "AWS::Lambda::EventInvokeConfig"
FILTER = "AWS::Logs::SubscriptionFilter"


@pytest.fixture
def log_group(stack: Stack) -> logs.LogGroup:
    return logs.LogGroup(stack, "Source")


def imported_function(stack: Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/shipper"),
        same_environment=True,
    )


def test_every_log_event_goes_to_the_function(stack: Stack, function: LambdaFunction, log_group: logs.LogGroup) -> None:
    shipping = LogsToLambda(stack, "Shipping", function=function, log_group=log_group)
    assert shipping.log_group is log_group
    assert stack.resolve(shipping.subscription_filter.node.default_child.ref)  # type: ignore[union-attr]
    assert only(stack, FILTER) == {
        "DestinationArn": stack.resolve(function.function_arn),
        "FilterPattern": "",
        "LogGroupName": stack.resolve(log_group.log_group_name),
    }


def test_only_this_log_group_may_invoke(stack: Stack, function: LambdaFunction, log_group: logs.LogGroup) -> None:
    LogsToLambda(stack, "Shipping", function=function, log_group=log_group)
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "logs.amazonaws.com",
        "SourceArn": stack.resolve(log_group.log_group_arn),
    }


def test_a_failed_batch_ends_in_a_watched_queue(
    stack: Stack, function: LambdaFunction, log_group: logs.LogGroup
) -> None:
    shipping = LogsToLambda(stack, "Shipping", function=function, log_group=log_group, retry_attempts=1)
    assert shipping.failure_queue is not None
    queue = stack.resolve(shipping.failure_queue.queue_arn)
    config = only(stack, CONFIG)
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert config["MaximumRetryAttempts"] == 1
    assert len(shipping.alarms) == 2


def test_failed_batches_can_be_kept_in_a_bucket(
    stack: Stack, function: LambdaFunction, log_group: logs.LogGroup
) -> None:
    bucket = s3.Bucket(stack, "Failed")
    LogsToLambda(
        stack, "Shipping", function=function, log_group=log_group, on_failure=destinations.S3Destination(bucket)
    )
    target = stack.resolve(bucket.bucket_arn)
    assert only(stack, CONFIG)["DestinationConfig"] == {"OnFailure": {"Destination": target}}


def test_log_events_are_filtered(stack: Stack, function: LambdaFunction, log_group: logs.LogGroup) -> None:
    pattern = logs.FilterPattern.string_value("$.level", "=", "ERROR")
    LogsToLambda(stack, "Shipping", function=function, log_group=log_group, filter_pattern=pattern)
    assert only(stack, FILTER)["FilterPattern"] == '{ $.level = "ERROR" }'


def test_the_log_group_of_the_function_itself_is_refused(stack: Stack) -> None:
    own = logs.LogGroup(stack, "Own")
    with pytest.raises(ValueError, match=r"Stack/Loop: expected a log group that .* does not write to, got its own"):
        LogsToLambda(stack, "Loop", function=make_function(stack, log_group=own), log_group=own)


def test_an_alias_logs_where_its_function_does(stack: Stack) -> None:
    own = logs.LogGroup(stack, "Own")
    function = make_function(stack, log_group=own)
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    with pytest.raises(ValueError, match="got its own, Stack/Own"):
        LogsToLambda(stack, "Loop", function=alias, log_group=own)


@pytest.mark.parametrize("kind", ["owned", "imported"])
@pytest.mark.parametrize("named", [False, True])
def test_a_plain_function_logs_to_the_log_group_of_its_name(stack: Stack, kind: str, named: bool) -> None:
    plain = lambda_.Function(
        stack,
        "Plain",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        function_name="plain" if named else None,
    )
    name = "/aws/lambda/plain" if named else f"/aws/lambda/{plain.function_name}"
    own: logs.ILogGroup = (
        logs.LogGroup(stack, "Own", log_group_name=name)
        if kind == "owned"
        else logs.LogGroup.from_log_group_name(stack, "Own", name)
    )
    with pytest.raises(ValueError, match="got its own, Stack/Own"):
        LogsToLambda(stack, "Loop", function=plain, log_group=own)


def test_an_imported_function_logs_to_the_log_group_of_its_name(stack: Stack) -> None:
    own = logs.LogGroup.from_log_group_name(stack, "Own", "/aws/lambda/shipper")
    with pytest.raises(ValueError, match="got its own, Stack/Own"):
        LogsToLambda(stack, "Loop", function=imported_function(stack), log_group=own)


def test_an_imported_function_and_log_group_are_wired(stack: Stack) -> None:
    source = logs.LogGroup.from_log_group_name(stack, "Source", "/aws/lambda/shop")
    LogsToLambda(stack, "Shipping", function=imported_function(stack), log_group=source)
    assert only(stack, FILTER)["LogGroupName"] == "/aws/lambda/shop"
    permission = only(stack, "AWS::Lambda::Permission")
    assert permission["FunctionName"] == FUNCTION_ARN
    assert permission["SourceArn"] == stack.resolve(source.log_group_arn)


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_qualifier_is_invoked_and_configured(
    stack: Stack, function: LambdaFunction, log_group: logs.LogGroup, qualifier: str
) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    LogsToLambda(stack, "Shipping", function=target, log_group=log_group)
    arn = stack.resolve(target.function_arn)
    assert only(stack, FILTER)["DestinationArn"] == arn
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn
    assert only(stack, CONFIG)["Qualifier"] != "$LATEST"


def test_what_is_no_log_group_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected log_group to be a log group of the CDK, got 'mine'"):
        LogsToLambda(stack, "Shipping", function=function, log_group="mine")  # type: ignore[arg-type]


def test_what_is_no_filter_pattern_is_refused(stack: Stack, function: LambdaFunction, log_group: logs.LogGroup) -> None:
    with pytest.raises(TypeError, match=r"expected filter_pattern to be a filter pattern .*; use FilterPattern"):
        LogsToLambda(stack, "A", function=function, log_group=log_group, filter_pattern="ERROR")  # type: ignore[arg-type]


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
@pytest.mark.parametrize("source_in", ["A", "B", "C"])
def test_function_log_group_and_pattern_may_stand_in_different_stacks(
    app: App, function_in: str, pattern_in: str, source_in: str
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    # The same ids in different stacks: a log group is not taken for another of the same logical id.
    function = make_function(stacks[function_in], log_group=logs.LogGroup(stacks[function_in], "Own"))
    source = logs.LogGroup(stacks[source_in], "Source" if source_in == function_in else "Own")
    LogsToLambda(stacks[pattern_in], "Shipping", function=function, log_group=source)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks[function_in], CONFIG)) == 1
    assert sum(len(resources(stack, "AWS::Lambda::Permission")) for stack in stacks.values()) == 1
