import json
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Environment, NestedStack, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks

from constructs_lib import (
    AsyncInvocation,
    CloudFrontToLambda,
    InvocationAlarms,
    InvocationDashboard,
    KinesisToLambda,
    LambdaFunction,
    RestApiToLambda,
    RestApiToSqsToLambda,
    RestApiToStateMachine,
    S3ToLambda,
    SnsToLambda,
    SqsToLambda,
    StateMachineToLambda,
    WebSocketApiToLambda,
)
from constructs_lib.catalog import PATTERNS
from constructs_lib.catalog import Pattern as PatternEntry
from tests.conformance.builders import build_pattern
from tests.helpers import ACCOUNT, make_function, only, resources, warnings

COMMON = {"Errors", "Throttles"}
OTHER = "210987654321"


def alarms_of(stack: Stack) -> dict[str, dict[str, Any]]:
    return {alarm["MetricName"]: alarm for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}


@pytest.mark.parametrize(
    ("pattern", "metrics"),
    [
        (RestApiToLambda, {"5XXError", "Latency"}),
        (
            S3ToLambda,
            {
                "ApproximateNumberOfMessagesVisible",
                "AsyncEventAge",
                "AsyncEventsDropped",
                "DestinationDeliveryFailures",
            },
        ),
        (SqsToLambda, {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}),
    ],
)
def test_each_model_gets_its_alarms_on_one_topic(
    stack: Stack, function: LambdaFunction, pattern: Any, metrics: set[str]
) -> None:
    topic = sns.Topic(stack, "Topic")
    watched = InvocationAlarms(stack, "Alarms", pattern=pattern(stack, "Pattern", function=function), alarm_topic=topic)
    alarms = alarms_of(stack)
    assert set(alarms) == metrics | COMMON
    assert len(watched.alarms) == len(alarms)
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms.values())
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms.values())


def test_waiting_is_measured_in_the_metrics_unit(stack: Stack, function: LambdaFunction) -> None:
    InvocationAlarms(stack, "A", pattern=S3ToLambda(stack, "Uploads", function=function))
    InvocationAlarms(stack, "B", pattern=SqsToLambda(stack, "Jobs", function=make_function(stack, "Worker")))
    alarms = alarms_of(stack)
    assert alarms["AsyncEventAge"]["Threshold"] == 900_000  # milliseconds
    assert alarms["ApproximateAgeOfOldestMessage"]["Threshold"] == 900  # seconds


@pytest.mark.parametrize(
    ("minutes", "threshold", "periods"),
    [
        (None, 900_000, 3),
        (360, 900_000, 3),
        (30, 900_000, 3),
        (20, 600_000, 2),
        (5, 150_000, 1),
        (1, 30_000, 1),
    ],
)
def test_a_wait_is_seen_before_the_event_is_given_up(
    stack: Stack, function: LambdaFunction, minutes: int | None, threshold: int, periods: int
) -> None:
    age = None if minutes is None else Duration.minutes(minutes)
    InvocationAlarms(stack, "Alarms", pattern=S3ToLambda(stack, "Uploads", function=function, max_event_age=age))
    alarm = alarms_of(stack)["AsyncEventAge"]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (threshold, periods)
    if minutes is not None:
        assert alarm["Threshold"] + (alarm["EvaluationPeriods"] - 1) * 300_000 < minutes * 60_000


def test_the_age_is_that_of_the_qualifier_that_is_invoked(stack: Stack) -> None:
    function = make_function(stack)
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    function.configure_async_invoke(
        on_failure=destinations.SqsDestination(sqs.Queue(stack, "Q")), max_event_age=Duration.minutes(2)
    )
    uploads = S3ToLambda(stack, "Uploads", function=alias, max_event_age=Duration.minutes(10))
    InvocationAlarms(stack, "Alarms", pattern=uploads)
    assert alarms_of(stack)["AsyncEventAge"]["Threshold"] == 300_000


def test_an_age_that_is_a_token_counts_as_the_default(stack: Stack, function: LambdaFunction) -> None:
    age = Duration.seconds(CfnParameter(stack, "Age", type="Number").value_as_number)
    InvocationAlarms(stack, "Alarms", pattern=AsyncInvocation(stack, "Jobs", function=function, max_event_age=age))
    assert alarms_of(stack)["AsyncEventAge"]["Threshold"] == 900_000


def test_a_state_machine_is_watched_where_there_is_no_function(stack: Stack) -> None:
    topic = sns.Topic(stack, "Topic")
    machine = stepfunctions.StateMachine(
        stack, "Machine", definition_body=stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(stack, "Pass"))
    )
    pattern = RestApiToStateMachine(stack, "Reports", state_machine=machine)
    watched = InvocationAlarms(stack, "Alarms", pattern=pattern, alarm_topic=topic)
    alarms = alarms_of(stack)
    executions = {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"}
    assert set(alarms) == executions | {"5XXError", "Latency"}
    assert len(watched.alarms) == 6
    for name in executions:
        assert alarms[name]["Namespace"] == "AWS/States"
        assert alarms[name]["Dimensions"] == [
            {"Name": "StateMachineArn", "Value": stack.resolve(machine.state_machine_arn)}
        ]
        assert alarms[name]["Statistic"] == "Sum"
        assert alarms[name]["EvaluationPeriods"] == (3 if name == "ExecutionThrottled" else 1)
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms.values())


def test_an_imported_state_machine_is_watched_too(stack: Stack) -> None:
    arn = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:reports"
    machine = stepfunctions.StateMachine.from_state_machine_arn(stack, "Machine", arn)
    InvocationAlarms(stack, "Alarms", pattern=RestApiToStateMachine(stack, "Reports", state_machine=machine))
    assert alarms_of(stack)["ExecutionsFailed"]["Dimensions"] == [{"Name": "StateMachineArn", "Value": arn}]


def test_a_web_socket_api_is_watched_for_its_integration(stack: Stack, function: LambdaFunction) -> None:
    pattern = WebSocketApiToLambda(stack, "Chat", function=function)
    InvocationAlarms(stack, "Alarms", pattern=pattern)
    alarm = alarms_of(stack)["IntegrationLatency"]
    assert alarm["Dimensions"] == [{"Name": "ApiId", "Value": stack.resolve(pattern.api.api_id)}]
    assert alarm["ExtendedStatistic"] == "p99"
    assert alarm["Threshold"] == 26_100


@pytest.mark.parametrize("event", [False, True])
def test_a_state_machine_that_invokes_asynchronously_is_watched_so(
    stack: Stack, function: LambdaFunction, event: bool
) -> None:
    kind = tasks.LambdaInvocationType.EVENT if event else tasks.LambdaInvocationType.REQUEST_RESPONSE
    InvocationAlarms(
        stack, "Alarms", pattern=StateMachineToLambda(stack, "Work", function=function, invocation_type=kind)
    )
    assert ("AsyncEventAge" in alarms_of(stack)) is event


def test_a_stream_is_watched_for_its_iterator(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    pattern = KinesisToLambda(stack, "Clicks", function=function)
    InvocationAlarms(stack, "Alarms", pattern=pattern, alarm_topic=topic)
    alarms = alarms_of(stack)
    assert COMMON | {"IteratorAge", "DestinationDeliveryFailures"} <= set(alarms)
    assert "AsyncEventAge" not in alarms
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms.values())


@pytest.mark.parametrize("topic_in", ["App", "Topics"])
def test_alarms_may_stand_in_another_stack(app: App, topic_in: str) -> None:
    stacks = {name: Stack(app, name) for name in ("App", "Monitoring", "Topics")}
    jobs = SqsToLambda(stacks["App"], "Jobs", function=make_function(stacks["App"]))
    topic = sns.Topic(stacks[topic_in], "Topic")
    InvocationAlarms(stacks["Monitoring"], "Alarms", pattern=jobs, alarm_topic=topic)
    app.synth()  # would raise if the stacks needed each other
    assert set(alarms_of(stacks["Monitoring"])) == COMMON | {"ApproximateAgeOfOldestMessage"}


def test_a_topic_that_would_close_a_circle_is_refused(app: App) -> None:
    there, here = Stack(app, "App"), Stack(app, "Monitoring")
    jobs = SqsToLambda(there, "Jobs", function=make_function(there))
    with pytest.raises(ValueError, match=r"expected alarm_topic in the stack of App/.*, .* got Monitoring/Topic"):
        InvocationAlarms(here, "Alarms", pattern=jobs, alarm_topic=sns.Topic(here, "Topic"))


@pytest.mark.parametrize("imported", [False, True])
def test_a_circle_through_the_queue_is_refused(app: App, imported: bool) -> None:
    there, elsewhere, here = (Stack(app, name) for name in ("App", "Functions", "Monitoring"))
    role = iam.Role.from_role_arn(there, "Role", f"arn:aws:iam::{ACCOUNT}:role/mine")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:mine"
    function = (
        lambda_.Function.from_function_attributes(there, "Function", function_arn=arn, role=role, same_environment=True)
        if imported
        else make_function(elsewhere)
    )
    jobs = SqsToLambda(there, "Jobs", function=function, visibility_timeout=Duration.minutes(1))
    with pytest.raises(ValueError, match=r"expected alarm_topic in the stack of App/.*got Monitoring/Topic"):
        InvocationAlarms(here, "Alarms", pattern=jobs, alarm_topic=sns.Topic(here, "Topic"))


def test_alarms_around_a_nested_stack_close_no_circle(app: App) -> None:
    outer = Stack(app, "Outer")
    inner = NestedStack(outer, "Inner")
    jobs = SqsToLambda(inner, "Jobs", function=make_function(inner))
    InvocationAlarms(outer, "Alarms", pattern=jobs, alarm_topic=sns.Topic(outer, "Topic"))
    app.synth()


def test_what_is_no_topic_is_refused(stack: Stack, function: LambdaFunction) -> None:
    jobs = SqsToLambda(stack, "Jobs", function=function)
    with pytest.raises(TypeError, match="expected alarm_topic to be a topic of the CDK, got 'arn:x'"):
        InvocationAlarms(stack, "Alarms", pattern=jobs, alarm_topic="arn:x")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["owned", "imported", "pattern"])
def test_a_topic_with_the_managed_key_is_refused(stack: Stack, function: LambdaFunction, kind: str) -> None:
    key = kms.Alias.from_alias_name(stack, "Managed", "alias/aws/sns")
    if kind == "owned":
        topic: sns.ITopic = sns.Topic(stack, "Topic", master_key=key)
    elif kind == "imported":
        arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:mine"
        topic = sns.Topic.from_topic_attributes(stack, "Topic", topic_arn=arn, key_arn=key.key_arn)
    else:
        topic = SnsToLambda(stack, "News", function=make_function(stack, "Reader")).topic
    with pytest.raises(ValueError, match=r"got .*Topic with the AWS-managed key alias/aws/sns, which CloudWatch"):
        SqsToLambda(stack, "Jobs", function=function, alarm_topic=topic)


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_topic_of_another_region_is_refused(app: App, kind: str) -> None:
    here, there = (
        Stack(app, region, env=Environment(account=ACCOUNT, region=region)) for region in ("eu-west-1", "us-east-1")
    )
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:mine"
    topic = sns.Topic(there, "Topic") if kind == "owned" else sns.Topic.from_topic_arn(here, "Topic", arn)
    with pytest.raises(ValueError, match="expected alarm_topic in eu-west-1, the Region of the alarm, got"):
        SqsToLambda(here, "Jobs", function=make_function(here), alarm_topic=topic)


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_the_imported_key_of_a_topic_is_warned_of_once(stack: Stack, function: LambdaFunction, kind: str) -> None:
    key_arn, arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mine", f"arn:aws:sns:us-east-1:{ACCOUNT}:mine"
    topic = (
        sns.Topic(stack, "Topic", master_key=kms.Key.from_key_arn(stack, "Key", key_arn))
        if kind == "owned"
        else sns.Topic.from_topic_attributes(stack, "Topic", topic_arn=arn, key_arn=key_arn)
    )
    InvocationAlarms(stack, "Alarms", pattern=SqsToLambda(stack, "Jobs", function=function), alarm_topic=topic)
    (warning,) = [text for text in warnings(stack) if "lambda-invocation-constructs:importedAlarmTopicKey" in text]
    assert "alarms do not reach Stack/Topic" in warning
    statement = json.loads(warning[warning.index("{") : warning.rindex("}") + 1])
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_topic_that_alarms_can_use_is_not_warned_of(stack: Stack, function: LambdaFunction, kind: str) -> None:
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:mine"
    topic = (
        sns.Topic(stack, "Topic", master_key=kms.Key(stack, "Key"))
        if kind == "owned"
        else sns.Topic.from_topic_arn(stack, "Topic", arn)
    )
    SqsToLambda(stack, "Jobs", function=function, alarm_topic=topic)
    assert [text for text in warnings(stack) if "Topic" in text] == []


def test_an_alarm_of_another_account_may_publish(app: App) -> None:
    stacks = [Stack(app, f"In{name}", env=Environment(account=name, region="us-east-1")) for name in (ACCOUNT, OTHER)]
    topic = sns.Topic(stacks[1], "Topic", topic_name="mine")
    SqsToLambda(stacks[0], "Jobs", function=make_function(stacks[0]), alarm_topic=topic)
    (statement,) = only(stacks[1], "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_an_edge_function_is_refused(app: App) -> None:
    stack = Stack(app, "Edge", env=Environment(account=ACCOUNT, region="us-east-1"))
    edge = make_function(
        stack, architecture=lambda_.Architecture.X86_64, tracing=lambda_.Tracing.DISABLED, memory_size=128
    )
    pattern = CloudFrontToLambda(stack, "Site", function=edge, event_type=cloudfront.LambdaEdgeEventType.VIEWER_REQUEST)
    with pytest.raises(ValueError, match="expected a pattern whose function runs in one Region, got Edge/Site"):
        InvocationAlarms(stack, "Alarms", pattern=pattern)


@pytest.mark.parametrize(
    "pattern", [found for found in PATTERNS if found.name != "CloudFrontToLambda"], ids=lambda found: found.name
)
def test_every_pattern_can_be_watched(stack: Stack, pattern: PatternEntry) -> None:
    topic = sns.Topic(stack, "Topic")
    built = build_pattern(stack, pattern)
    watched = InvocationAlarms(stack, "Watched", pattern=built, alarm_topic=topic)
    InvocationDashboard(stack, "Dashboard", patterns=[built])
    assert len(resources(stack, "AWS::CloudWatch::Dashboard")) == 1
    alarms = {
        name: alarm
        for name, alarm in resources(stack, "AWS::CloudWatch::Alarm").items()
        if not name.startswith("Source")  # what AlarmToLambda is made for
    }
    assert len(alarms) == len(watched.alarms) >= 2
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms.values())
    assert all(alarm["OKActions"] == alarm["AlarmActions"] for alarm in alarms.values())


def test_what_is_no_pattern_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected a pattern of this library, got"):
        InvocationAlarms(stack, "Alarms", pattern=function)  # type: ignore[arg-type]


def test_the_dashboard_shows_functions_by_model(stack: Stack) -> None:
    InvocationDashboard(
        stack,
        "Dashboard",
        patterns=[
            SqsToLambda(stack, "Jobs", function=make_function(stack, "Worker")),
            S3ToLambda(stack, "Uploads", function=make_function(stack, "Resize")),
            RestApiToLambda(stack, "Orders", function=make_function(stack, "Order")),
        ],
    )
    body = json.dumps(only(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    order = [body.index(text) for text in ("Synchronous", "Stack/Order", "Asynchronous", "Stack/Resize", "Poll")]
    assert order == sorted(order)
    assert body.index("Poll") < body.index("Stack/Worker")
    assert "AsyncEventAge" in body


def test_the_dashboard_shows_executions_where_there_is_no_function(stack: Stack) -> None:
    arn = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:reports"
    machine = stepfunctions.StateMachine.from_state_machine_arn(stack, "Machine", arn)
    InvocationDashboard(stack, "Dashboard", patterns=[RestApiToStateMachine(stack, "Reports", state_machine=machine)])
    body = json.dumps(only(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert all(f"Execution{name}" in body for name in ("sStarted", "sFailed", "Throttled", "Time"))


def test_the_dashboard_keeps_units_apart(stack: Stack, function: LambdaFunction) -> None:
    InvocationDashboard(stack, "Dashboard", patterns=[RestApiToSqsToLambda(stack, "Orders", function=function)])
    body = only(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"][1]
    widgets = json.loads("".join(part if isinstance(part, str) else "token" for part in body))["widgets"]
    (waiting,) = (found for found in widgets if found["properties"].get("title") == "Stack/Function: waiting")
    axes = {metric[1]: metric[-1].get("yAxis", "left") for metric in waiting["properties"]["metrics"]}
    assert axes == {"Latency": "left", "ApproximateAgeOfOldestMessage": "right"}
