import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Duration, Size, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_cloudfront import LambdaEdgeEventType
from aws_cdk.aws_cloudfront_origins import HttpOrigin

from constructs_lib import CloudFrontToLambda, LambdaFunction
from tests.helpers import ACCOUNT, CODE, make_function, only, resources, statements, warnings

VERSION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:headers:7"
EDGE: dict[str, Any] = {
    "architecture": lambda_.Architecture.X86_64,
    "tracing": lambda_.Tracing.DISABLED,
    "memory_size": 128,
}


def distribute(stack: Stack, headers: CloudFrontToLambda) -> dict[str, Any]:
    cloudfront.Distribution(
        stack,
        "Distribution",
        default_behavior=cloudfront.BehaviorOptions(
            origin=HttpOrigin("example.com"), edge_lambdas=[headers.edge_lambda]
        ),
    )
    behavior = only(stack, "AWS::CloudFront::Distribution")["DistributionConfig"]["DefaultCacheBehavior"]
    return dict(behavior["LambdaFunctionAssociations"][0])


@pytest.mark.parametrize("kind", ["function", "version"])
def test_a_distribution_runs_a_numbered_version(stack: Stack, kind: str) -> None:
    function = make_function(stack, **EDGE)
    target = function.current_version if kind == "version" else function
    headers = CloudFrontToLambda(
        stack, "Headers", function=target, event_type=LambdaEdgeEventType.ORIGIN_REQUEST, include_body=True
    )
    found = distribute(stack, headers)
    (version,) = resources(stack, "AWS::Lambda::Version")
    assert found == {
        "EventType": "origin-request",
        "IncludeBody": True,
        "LambdaFunctionARN": {"Ref": version},
    }
    trusted = json.dumps([role["AssumeRolePolicyDocument"] for role in resources(stack, "AWS::IAM::Role").values()])
    assert "edgelambda.amazonaws.com" in trusted
    assert warnings(stack) == []


def test_an_imported_version_is_run(stack: Stack) -> None:
    imported: Any = lambda_.Version.from_version_arn(stack, "Imported", VERSION_ARN)
    headers = CloudFrontToLambda(stack, "Headers", function=imported, event_type=LambdaEdgeEventType.VIEWER_RESPONSE)
    assert distribute(stack, headers)["LambdaFunctionARN"] == VERSION_ARN


FORBIDDEN: dict[str, tuple[Callable[[Stack], dict[str, Any]], str]] = {
    "arm64": (lambda stack: {"architecture": lambda_.Architecture.ARM_64}, "arm64; set architecture=Architecture.X86"),
    "tracing": (lambda stack: {"tracing": lambda_.Tracing.ACTIVE}, "tracing; set tracing=Tracing.DISABLED"),
    "environment": (lambda stack: {"environment": {"A": "b"}}, "environment variables; put the values into the code"),
    "dead-letter": (lambda stack: {"dead_letter_queue": sqs.Queue(stack, "Q")}, "a dead-letter queue or topic; leave"),
    "layers": (
        lambda stack: {"layers": [lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", f"{VERSION_ARN}:1")]},
        "layers; put their content into the code",
    ),
}


@pytest.mark.parametrize("setting", FORBIDDEN)
def test_what_lambda_at_edge_forbids_is_refused(stack: Stack, setting: str) -> None:
    make, message = FORBIDDEN[setting]
    function = make_function(stack, **{**EDGE, **make(stack)})
    with pytest.raises(ValueError, match=f"forbids, got Stack/Function with {message}"):
        CloudFrontToLambda(stack, "Headers", function=function, event_type=LambdaEdgeEventType.VIEWER_REQUEST)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"runtime": lambda_.Runtime.JAVA_21}, "with runtime java21; use Python or Node.js"),
        ({"vpc": True}, "with a VPC; leave out vpc"),
        ({"ephemeral_storage_size": Size.mebibytes(513)}, "with 513 MiB in /tmp; set ephemeral_storage_size to 512"),
        (
            {"runtime_management_mode": lambda_.RuntimeManagementMode.FUNCTION_UPDATE},
            "with runtime updates that are not automatic; leave out runtime_management_mode",
        ),
    ],
)
def test_other_functions_are_judged_likewise(stack: Stack, settings: dict[str, Any], message: str) -> None:
    vpc = ec2.Vpc(stack, "Vpc") if settings.pop("vpc", False) else None
    plain = lambda_.Function(
        stack,
        "Plain",
        code=lambda_.Code.from_asset("tests/synchronous") if settings else CODE,
        handler="index.handler",
        vpc=vpc,
        **{"runtime": lambda_.Runtime.PYTHON_3_13, **settings},
    )
    with pytest.raises(ValueError, match=message):
        CloudFrontToLambda(stack, "Headers", function=plain, event_type=LambdaEdgeEventType.VIEWER_REQUEST)


def test_code_encrypted_with_a_key_is_refused(stack: Stack) -> None:
    function = make_function(stack, **EDGE)
    resource: Any = function.node.default_child
    resource.code = lambda_.CfnFunction.CodeProperty(s3_bucket="b", s3_key="k", source_kms_key_arn="arn:aws:kms:x")
    with pytest.raises(ValueError, match="with code encrypted with a key; leave out source_kms_key"):
        CloudFrontToLambda(stack, "Headers", function=function, event_type=LambdaEdgeEventType.VIEWER_REQUEST)


def test_allowed_values_of_such_settings_pass(stack: Stack) -> None:
    plain = lambda_.Function(
        stack,
        "Plain",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        ephemeral_storage_size=Size.mebibytes(512),
        runtime_management_mode=lambda_.RuntimeManagementMode.AUTO,
    )
    CloudFrontToLambda(stack, "Headers", function=plain, event_type=LambdaEdgeEventType.VIEWER_REQUEST)
    assert len(resources(stack, "AWS::Lambda::Version")) == 1


@pytest.mark.parametrize("kind", ["function", "version"])
def test_provisioned_concurrency_is_refused(stack: Stack, kind: str) -> None:
    options = lambda_.VersionOptions(provisioned_concurrent_executions=2)
    plain = lambda_.Function(
        stack,
        "Plain",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        current_version_options=options,
    )
    target = plain.current_version if kind == "version" else plain
    with pytest.raises(ValueError, match="got Stack/Plain/CurrentVersion with provisioned concurrency; leave out"):
        CloudFrontToLambda(stack, "Headers", function=target, event_type=LambdaEdgeEventType.VIEWER_REQUEST)


def test_a_function_slower_than_cloudfront_waits_is_refused(stack: Stack) -> None:
    slow = make_function(stack, **EDGE, timeout=Duration.seconds(31))
    with pytest.raises(ValueError, match=r"within the 30 s that CloudFront waits, got .* a timeout of 31 s"):
        CloudFrontToLambda(stack, "Headers", function=slow, event_type=LambdaEdgeEventType.ORIGIN_REQUEST)


def test_another_region_is_refused(app: App) -> None:
    stack = Stack(app, "Stack", env={"region": "eu-west-1"})
    with pytest.raises(ValueError, match="expected a function in us-east-1, got Stack/Function in eu-west-1; put it"):
        CloudFrontToLambda(
            stack,
            "Headers",
            function=make_function(stack, **EDGE),
            event_type=LambdaEdgeEventType.VIEWER_REQUEST,
        )


def test_an_alias_is_refused(stack: Stack) -> None:
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=make_function(stack, **EDGE).current_version)
    with pytest.raises(ValueError, match="expected a function of this app or a version, got Stack/Live; CloudFront"):
        CloudFrontToLambda(stack, "Headers", function=alias, event_type=LambdaEdgeEventType.VIEWER_REQUEST)


def test_the_body_of_a_response_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected include_body only for requests, got VIEWER_RESPONSE"):
        CloudFrontToLambda(
            stack,
            "Headers",
            function=function,
            event_type=LambdaEdgeEventType.VIEWER_RESPONSE,
            include_body=True,
        )


@pytest.mark.parametrize(
    ("event_type", "count"), [(LambdaEdgeEventType.VIEWER_REQUEST, 1), (LambdaEdgeEventType.ORIGIN_REQUEST, 0)]
)
def test_much_memory_for_viewer_events_is_warned_of(stack: Stack, event_type: LambdaEdgeEventType, count: int) -> None:
    function = make_function(stack, **{**EDGE, "memory_size": 256})
    CloudFrontToLambda(stack, "Headers", function=function, event_type=event_type)
    assert ["edgeViewerMemory" in warning for warning in warnings(stack)] == [True] * count


def log_resources(stack: Stack) -> list[Any]:
    (found,) = [
        statement["Resource"] for statement in statements(stack) if "logs:CreateLogGroup" in statement["Action"]
    ]
    return list(found)


def log_group_arns(name: Any) -> list[Any]:
    prefix = ["arn:", {"Ref": "AWS::Partition"}, ":logs:*:", {"Ref": "AWS::AccountId"}]
    return [{"Fn::Join": ["", [*prefix, *name]]}, {"Fn::Join": ["", [*prefix, *name, ":*"]]}]


def test_the_own_log_group_may_be_made_in_every_region(stack: Stack) -> None:
    function = make_function(stack, **EDGE)
    CloudFrontToLambda(stack, "Headers", function=function, event_type=LambdaEdgeEventType.VIEWER_REQUEST)
    group = only(stack, "AWS::Lambda::Function")["LoggingConfig"]["LogGroup"]
    assert log_resources(stack) == log_group_arns([":log-group:", group])


@pytest.mark.parametrize("pattern_in", ["Compute", "Front"])
def test_the_usual_log_group_may_be_made_in_every_region(app: App, pattern_in: str) -> None:
    compute = Stack(app, "Compute")
    scope = compute if pattern_in == "Compute" else Stack(app, "Front")
    plain = lambda_.Function(compute, "Plain", code=CODE, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13)
    CloudFrontToLambda(scope, "Headers", function=plain, event_type=LambdaEdgeEventType.VIEWER_REQUEST)
    app.synth()  # would raise if function and policy, or the stacks, needed each other
    name = scope.resolve(plain.function_name)
    assert log_resources(scope) == log_group_arns([":log-group:/aws/lambda/us-east-1.", name])


@pytest.mark.parametrize("made", [True, False])
def test_a_log_group_with_the_usual_name_is_named_otherwise_at_the_edges(stack: Stack, made: bool) -> None:
    name = "/aws/lambda/headers"
    group = (
        logs.LogGroup(stack, "Log", log_group_name=name)
        if made
        else logs.LogGroup.from_log_group_name(stack, "Log", name)
    )
    function = lambda_.Function(
        stack,
        "Plain",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        function_name="headers",
        log_group=group,
    )
    CloudFrontToLambda(stack, "Headers", function=function, event_type=LambdaEdgeEventType.VIEWER_REQUEST)
    reference = stack.resolve(function.function_name)
    assert log_resources(stack) == log_group_arns([":log-group:/aws/lambda/us-east-1.", reference])


def test_an_imported_role_is_warned_of(stack: Stack) -> None:
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/headers")
    function = make_function(stack, **EDGE, role=role)
    CloudFrontToLambda(stack, "Headers", function=function, event_type=LambdaEdgeEventType.VIEWER_REQUEST)
    assert any("[ack: lambda-invocation-constructs:edgeRole]" in warning for warning in warnings(stack))
