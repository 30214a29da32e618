import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack, Token
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib import FailureQueue, LambdaFunction, RestApiToLambda, S3ToLambda, SqsToLambda
from tests.helpers import ACCOUNT, CODE, make_function, only, resources, statements, warnings

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:resize"
CONFIG = "AWS::Lambda::EventInvokeConfig"


def notification(stack: Stack) -> dict[str, Any]:
    (configuration,) = only(stack, "Custom::S3BucketNotifications")["NotificationConfiguration"].values()
    (entry,) = configuration
    return dict(entry)


def test_a_failed_event_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    topic = sns.Topic(stack, "Topic")
    uploads = S3ToLambda(stack, "Uploads", function=function, alarm_topic=topic)
    assert uploads.failure_queue is not None
    queue_arn = stack.resolve(uploads.failure_queue.queue_arn)
    assert only(stack, CONFIG) == {
        "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
        "FunctionName": stack.resolve(function.function_name),
        "Qualifier": "$LATEST",
    }
    assert only(stack, "AWS::SQS::Queue") == {"MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": True}
    (sending,) = (found for found in statements(stack) if "sqs:SendMessage" in found["Action"])
    assert sending["Resource"] == queue_arn
    alarms = {alarm["MetricName"]: alarm for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}
    assert set(alarms) == {"ApproximateNumberOfMessagesVisible", "DestinationDeliveryFailures"}
    assert len(uploads.alarms) == 2
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]


def test_the_bucket_may_invoke_and_notifies_of_new_objects(stack: Stack, function: LambdaFunction) -> None:
    uploads = S3ToLambda(stack, "Uploads", function=function, prefix="originals/", suffix=".png")
    assert notification(stack) == {
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {
            "Key": {"FilterRules": [{"Name": "suffix", "Value": ".png"}, {"Name": "prefix", "Value": "originals/"}]}
        },
        "LambdaFunctionArn": stack.resolve(function.function_arn),
    }
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "s3.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
        "SourceArn": stack.resolve(uploads.bucket.bucket_arn),
    }


def test_the_function_may_read_what_it_is_notified_of(stack: Stack, function: LambdaFunction) -> None:
    uploads = S3ToLambda(stack, "Uploads", function=function, prefix="originals/", suffix=".png")
    (reading,) = (found for found in statements(stack) if found["Action"] == "s3:GetObject")
    assert reading["Resource"] == stack.resolve(uploads.bucket.arn_for_objects("originals/*.png"))


def test_the_bucket_is_private_encrypted_and_kept(stack: Stack, function: LambdaFunction) -> None:
    S3ToLambda(stack, "Uploads", function=function)
    (bucket,) = Template.from_stack(stack).find_resources("AWS::S3::Bucket").values()
    assert bucket["DeletionPolicy"] == "Retain"
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert "AES256" in json.dumps(bucket["Properties"]["BucketEncryption"])


def test_several_kinds_of_events(stack: Stack, function: LambdaFunction) -> None:
    S3ToLambda(
        stack, "Uploads", function=function, events=[s3.EventType.OBJECT_REMOVED, s3.EventType.OBJECT_RESTORE_COMPLETED]
    )
    (configurations,) = only(stack, "Custom::S3BucketNotifications")["NotificationConfiguration"].values()
    assert [entry["Events"] for entry in configurations] == [["s3:ObjectRemoved:*"], ["s3:ObjectRestore:Completed"]]


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_bucket_of_the_user_with_its_key(stack: Stack, function: LambdaFunction, kind: str) -> None:
    key = kms.Key(stack, "Key")
    bucket = (
        s3.Bucket(stack, "Mine", encryption_key=key)
        if kind == "owned"
        else s3.Bucket.from_bucket_attributes(stack, "Mine", bucket_name="mine", encryption_key=key)
    )
    S3ToLambda(stack, "Uploads", function=function, bucket=bucket)
    assert len(resources(stack, "AWS::S3::Bucket")) == (kind == "owned")
    assert only(stack, "AWS::Lambda::Permission")["SourceArn"] == stack.resolve(bucket.bucket_arn)
    key_arn = stack.resolve(key.key_arn)
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": key_arn} in statements(stack)


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_configuration_hangs_on_the_qualifier_that_is_invoked(
    stack: Stack, function: LambdaFunction, qualifier: str
) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    uploads = S3ToLambda(stack, "Uploads", function=target)
    config = only(stack, CONFIG)
    assert config["FunctionName"] == stack.resolve(function.function_name)
    assert config["Qualifier"] != "$LATEST"
    assert stack.resolve(target.function_arn)["Ref"] in json.dumps(config["Qualifier"])
    assert notification(stack)["LambdaFunctionArn"] == stack.resolve(target.function_arn)
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == stack.resolve(target.function_arn)
    assert uploads.failure_queue is not None


DESTINATIONS: dict[str, Callable[[Stack], tuple[Any, str, str]]] = {
    "queue": lambda stack: (
        (q := sqs.Queue(stack, "T")) and destinations.SqsDestination(q),
        q.queue_arn,
        "sqs:SendMessage",
    ),
    "topic": lambda stack: (
        (t := sns.Topic(stack, "T")) and destinations.SnsDestination(t),
        t.topic_arn,
        "sns:Publish",
    ),
    "function": lambda stack: (
        (f := make_function(stack, "T")) and destinations.LambdaDestination(f),
        f.function_arn,
        "lambda:InvokeFunction",
    ),
    "bus": lambda stack: (
        (b := events.EventBus(stack, "T")) and destinations.EventBridgeDestination(b),
        b.event_bus_arn,
        "events:PutEvents",
    ),
    "bucket": lambda stack: (
        (b := s3.Bucket(stack, "T")) and destinations.S3Destination(b),
        b.bucket_arn,
        "s3:PutObject",
    ),
}


@pytest.mark.parametrize("kind", DESTINATIONS)
def test_failures_go_to_a_destination_of_the_user(stack: Stack, function: LambdaFunction, kind: str) -> None:
    destination, arn, action = DESTINATIONS[kind](stack)
    uploads = S3ToLambda(stack, "Uploads", function=function, on_failure=destination)
    assert only(stack, CONFIG)["DestinationConfig"] == {"OnFailure": {"Destination": stack.resolve(arn)}}
    assert any(action in found["Action"] for found in statements(stack))
    assert (uploads.failure_queue is None) == (kind != "queue")
    watched = {alarm["MetricName"] for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}
    assert watched == {"DestinationDeliveryFailures"} | (
        {"ApproximateNumberOfMessagesVisible"} if kind == "queue" else set()
    )


def test_a_queue_of_the_user_is_watched(stack: Stack, function: LambdaFunction) -> None:
    queue, topic = FailureQueue(stack, "Mine"), sns.Topic(stack, "Topic")
    uploads = S3ToLambda(
        stack, "Uploads", function=function, on_failure=destinations.SqsDestination(queue), alarm_topic=topic
    )
    assert uploads.failure_queue is queue
    alarms = resources(stack, "AWS::CloudWatch::Alarm").values()
    assert {alarm["MetricName"] for alarm in alarms} == {
        "ApproximateNumberOfMessagesVisible",
        "DestinationDeliveryFailures",
    }
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms)


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_the_key_of_a_destination_is_granted(stack: Stack, function: LambdaFunction, kind: str) -> None:
    key = kms.Key(stack, "Key")
    destination: Any = (
        destinations.SqsDestination(sqs.Queue(stack, "T", encryption_master_key=key))
        if kind == "queue"
        else destinations.SnsDestination(sns.Topic(stack, "T", master_key=key))
    )
    S3ToLambda(stack, "Uploads", function=function, on_failure=destination)
    granted = [found["Action"] for found in statements(stack) if found["Resource"] == stack.resolve(key.key_arn)]
    assert any("kms:Decrypt" in actions and any("GenerateDataKey" in a for a in actions) for actions in granted)


def test_results_go_to_a_destination(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue(stack, "Results")
    S3ToLambda(stack, "Uploads", function=function, on_success=destinations.SqsDestination(queue))
    wired = only(stack, CONFIG)["DestinationConfig"]
    assert wired["OnSuccess"] == {"Destination": stack.resolve(queue.queue_arn)}
    assert "OnFailure" in wired


def test_retries_and_age(stack: Stack, function: LambdaFunction) -> None:
    S3ToLambda(stack, "Uploads", function=function, retry_attempts=0, max_event_age=Duration.hours(1))
    config = only(stack, CONFIG)
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 3600)


FIFO: dict[str, Callable[[Stack], Any]] = {
    "queue": lambda stack: destinations.SqsDestination(sqs.Queue(stack, "T", fifo=True)),
    "topic": lambda stack: destinations.SnsDestination(sns.Topic(stack, "T", fifo=True)),
    "imported-queue": lambda stack: destinations.SqsDestination(
        sqs.Queue.from_queue_arn(stack, "T", f"arn:aws:sqs:us-east-1:{ACCOUNT}:t.fifo")
    ),
    "queue-of-another-stack": lambda stack: destinations.SqsDestination(
        sqs.Queue(Stack(cast(App, stack.node.root), "Other"), "T", fifo=True)
    ),
}


@pytest.mark.parametrize("parameter", ["on_failure", "on_success"])
@pytest.mark.parametrize("kind", FIFO)
def test_a_fifo_destination_is_refused(stack: Stack, function: LambdaFunction, kind: str, parameter: str) -> None:
    with pytest.raises(ValueError, match=f"expected {parameter} to be a standard queue or topic, got the FIFO"):
        S3ToLambda(stack, "Uploads", function=function, **{parameter: FIFO[kind](stack)})


def test_a_bucket_for_results_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(
        ValueError, match=r"expected on_success to be .* got a bucket; Lambda sends only failures to S3"
    ):
        S3ToLambda(stack, "Uploads", function=function, on_success=destinations.S3Destination(s3.Bucket(stack, "T")))


def test_a_function_keeps_its_own_dead_letter_queue(stack: Stack) -> None:
    dlq = sqs.Queue(stack, "Dlq")
    uploads = S3ToLambda(stack, "Uploads", function=make_function(stack, dead_letter_queue=dlq))
    assert uploads.failure_queue is dlq
    assert len(resources(stack, "AWS::SQS::Queue")) == 1
    assert resources(stack, CONFIG) == {}
    # What Lambda counts when it cannot write to a dead-letter queue.
    watched = {alarm["MetricName"] for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()}
    assert watched == {"ApproximateNumberOfMessagesVisible", "DeadLetterErrors"}


def test_a_dead_letter_topic_is_enough(stack: Stack) -> None:
    uploads = S3ToLambda(stack, "Uploads", function=make_function(stack, dead_letter_queue=sns.Topic(stack, "Dlt")))
    assert uploads.failure_queue is None
    assert resources(stack, "AWS::SQS::Queue") == {}
    assert only(stack, "AWS::CloudWatch::Alarm")["MetricName"] == "DeadLetterErrors"


def test_a_plain_function_gets_the_key_that_cdk_leaves_out(stack: Stack) -> None:
    key = kms.Key(stack, "Key")
    plain = lambda_.Function(
        stack,
        "Plain",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        dead_letter_queue=sqs.Queue(stack, "Dlq", encryption_master_key=key),
    )
    S3ToLambda(stack, "Uploads", function=plain, retry_attempts=1)
    assert only(stack, CONFIG)["MaximumRetryAttempts"] == 1
    assert {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Effect": "Allow",
        "Resource": stack.resolve(key.key_arn),
    } in statements(stack)


def test_a_second_pattern_shares_the_configuration(stack: Stack, function: LambdaFunction) -> None:
    first = S3ToLambda(stack, "A", function=function, retry_attempts=1, max_event_age=Duration.hours(1))
    topic = sns.Topic(stack, "Topic")
    second = S3ToLambda(stack, "B", function=function, retry_attempts=1, alarm_topic=topic)
    assert first.failure_queue is second.failure_queue
    assert len(resources(stack, "AWS::SQS::Queue")) == 1
    assert len(resources(stack, CONFIG)) == 1
    for alarm in resources(stack, "AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]


def test_the_same_destination_twice_is_no_conflict(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue(stack, "Mine")
    for name in ("A", "B"):
        S3ToLambda(stack, name, function=function, on_failure=destinations.SqsDestination(queue))
    assert len(resources(stack, CONFIG)) == 1


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("retry_attempts", lambda stack: 0),
        ("max_event_age", lambda stack: Duration.hours(2)),
        ("on_failure", lambda stack: destinations.SqsDestination(sqs.Queue(stack, "Other"))),
        ("on_success", lambda stack: destinations.SqsDestination(sqs.Queue(stack, "Other"))),
    ],
)
def test_a_second_pattern_with_other_settings_is_refused(
    stack: Stack, function: LambdaFunction, name: str, make: Callable[[Stack], Any]
) -> None:
    S3ToLambda(stack, "A", function=function, retry_attempts=1, max_event_age=Duration.hours(1))
    with pytest.raises(ValueError, match=f"Stack/Function: expected the {name} that the function already has"):
        S3ToLambda(stack, "B", function=function, **{name: make(stack)})


def test_an_alias_has_a_configuration_of_its_own(stack: Stack, function: LambdaFunction) -> None:
    alias = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)
    S3ToLambda(stack, "A", function=function, retry_attempts=0)
    S3ToLambda(stack, "B", function=alias, retry_attempts=2)
    assert {config["MaximumRetryAttempts"] for config in resources(stack, CONFIG).values()} == {0, 2}


def test_a_configuration_of_the_user_is_kept(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue(stack, "Mine")
    function.configure_async_invoke(on_failure=destinations.SqsDestination(queue), retry_attempts=1)
    uploads = S3ToLambda(stack, "Uploads", function=function)
    assert uploads.failure_queue is queue
    assert only(stack, CONFIG)["MaximumRetryAttempts"] == 1
    with pytest.raises(ValueError, match="expected the retry_attempts that the function already has, 1, got 2"):
        S3ToLambda(stack, "More", function=function, retry_attempts=2)


def test_a_configuration_of_the_user_without_target_is_refused(stack: Stack, function: LambdaFunction) -> None:
    function.configure_async_invoke(retry_attempts=1)
    with pytest.raises(ValueError, match="expected configure_async_invoke to name an on_failure destination, got none"):
        S3ToLambda(stack, "Uploads", function=function)


def test_a_function_imported_without_role_is_refused(stack: Stack) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    with pytest.raises(
        ValueError, match=r"got one imported without it; import it with Function.from_function_attributes"
    ):
        S3ToLambda(stack, "Uploads", function=imported)


def test_a_function_imported_with_its_role_is_wired(app: App) -> None:
    stack = Stack(app, "Stack", env={"account": ACCOUNT, "region": "us-east-1"})
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/resize"),
        same_environment=True,
    )
    S3ToLambda(stack, "Uploads", function=imported)
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == FUNCTION_ARN
    (config,) = Template.from_stack(stack).find_resources(CONFIG).values()
    (policy,) = config["DependsOn"]
    assert any("sqs:SendMessage" in found["Action"] for found in statements(stack))
    assert resources(stack, "AWS::IAM::Policy")[policy]["Roles"] == ["resize"]


def test_tokens_are_not_compared(stack: Stack, function: LambdaFunction) -> None:
    attempts = int(CfnParameter(stack, "Attempts", type="Number").value_as_number)
    age = Duration.seconds(CfnParameter(stack, "Age", type="Number").value_as_number)
    target = destinations.SqsDestination(
        sqs.Queue.from_queue_arn(stack, "T", Token.as_string({"Fn::ImportValue": "queue-arn"}))
    )
    for name in ("A", "B"):
        S3ToLambda(stack, name, function=function, retry_attempts=attempts, max_event_age=age, on_failure=target)
    config = only(stack, CONFIG)
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == ({"Ref": "Attempts"}, {"Ref": "Age"})


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
@pytest.mark.parametrize("bucket_in", [None, "A", "B", "C"])
def test_function_bucket_and_pattern_may_stand_in_different_stacks(
    app: App, function_in: str, pattern_in: str, bucket_in: str | None
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    function = make_function(stacks[function_in])
    bucket = None if bucket_in is None else s3.Bucket(stacks[bucket_in], "Mine")
    S3ToLambda(stacks[pattern_in], "Uploads", function=function, bucket=bucket)
    app.synth()  # would raise if the stacks needed each other
    bucket_stack = stacks[bucket_in or pattern_in]
    assert len(resources(stacks[function_in], CONFIG)) == 1
    assert len(resources(bucket_stack, "Custom::S3BucketNotifications")) == 1
    assert any(found["Action"] == "s3:GetObject" for found in statements(bucket_stack))


def durable_function(stack: Stack, **settings: Any) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Durable",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        durable_config=lambda_.DurableConfig(execution_timeout=Duration.hours(2)),
        **settings,
    )


def test_a_durable_function_needs_a_dead_letter_queue(stack: Stack) -> None:
    with pytest.raises(ValueError, match="expected a durable function with a dead-letter queue and no destinations"):
        S3ToLambda(stack, "Uploads", function=durable_function(stack).current_version)


def test_a_durable_function_has_no_destinations(stack: Stack) -> None:
    function = durable_function(stack, dead_letter_queue=sqs.Queue(stack, "Dlq"))
    target = destinations.SqsDestination(sqs.Queue(stack, "Target"))
    with pytest.raises(ValueError, match="got a destination; Lambda does not use destinations of durable functions"):
        S3ToLambda(stack, "Uploads", function=function.current_version, on_success=target)


def test_a_durable_function_keeps_its_dead_letter_queue(stack: Stack) -> None:
    dlq = sqs.Queue(stack, "Dlq")
    function = durable_function(stack, dead_letter_queue=dlq)
    uploads = S3ToLambda(stack, "Uploads", function=function.current_version)
    assert uploads.failure_queue is dlq
    assert resources(stack, CONFIG) == {}


def test_no_events_at_all_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected at least one event, got none"):
        S3ToLambda(stack, "Uploads", function=function, events=[])


def test_what_is_no_bucket_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected bucket to be a bucket of the CDK, got 'mine'"):
        S3ToLambda(stack, "Uploads", function=function, bucket="mine")  # type: ignore[arg-type]


def test_an_alias_imported_as_such_is_wired(stack: Stack) -> None:
    base = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/resize"),
        same_environment=True,
    )
    version = lambda_.Version.from_version_attributes(stack, "Version", lambda_=base, version="7")
    alias = lambda_.Alias.from_alias_attributes(stack, "Live", alias_name="live", alias_version=version)
    uploads = S3ToLambda(stack, "Uploads", function=alias)
    S3ToLambda(stack, "More", function=version, retry_attempts=0)
    configs = {config["Qualifier"]: config for config in resources(stack, CONFIG).values()}
    assert set(configs) == {"live", "7"}
    assert uploads.failure_queue is not None
    target = configs["live"]["DestinationConfig"]["OnFailure"]["Destination"]
    assert target == stack.resolve(uploads.failure_queue.queue_arn)
    again = S3ToLambda(stack, "Again", function=alias)
    assert again.failure_queue is uploads.failure_queue


@pytest.mark.parametrize("pattern", [S3ToLambda, SqsToLambda, RestApiToLambda])
def test_a_function_imported_by_a_qualified_arn_is_refused(stack: Stack, pattern: type) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", f"{FUNCTION_ARN}:live")
    with pytest.raises(ValueError, match=r"expected a function imported by its unqualified ARN, .*from_alias_attr"):
        pattern(stack, "Pattern", function=imported)


@pytest.mark.parametrize("pattern", [S3ToLambda, SqsToLambda, RestApiToLambda])
def test_the_latest_version_is_refused(stack: Stack, function: LambdaFunction, pattern: type) -> None:
    with pytest.raises(ValueError, match="pass the function itself: unqualified, it is "):
        pattern(stack, "Pattern", function=function.latest_version)


def test_a_function_is_no_destination_of_its_own(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected on_failure to be another function, got the function itself"):
        S3ToLambda(stack, "Uploads", function=function, on_failure=destinations.LambdaDestination(function))


def test_what_is_no_destination_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match=r"expected on_failure to be a destination, got .*; wrap it, as in Sqs"):
        S3ToLambda(stack, "Uploads", function=function, on_failure=sqs.Queue(stack, "Q"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"retry_attempts": 3}, "expected retry_attempts to be from 0 to 2, got 3"),
        ({"max_event_age": Duration.hours(7)}, "expected max_event_age to be from 60 to 21,600 s, got 25200 s"),
    ],
)
def test_numbers_out_of_range_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        S3ToLambda(stack, "Uploads", function=function, **settings)


def test_a_misspelt_parameter_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match=r"expected parameters of S3ToLambda or on_failure, .*, got on_falure"):
        S3ToLambda(stack, "Uploads", function=function, on_falure=None)  # type: ignore[call-arg]


@pytest.mark.parametrize("keyed", [False, True])
def test_the_function_may_write_results(stack: Stack, function: LambdaFunction, keyed: bool) -> None:
    key = kms.Key(stack, "Key") if keyed else None
    results = s3.Bucket(stack, "Results", encryption_key=key)
    S3ToLambda(stack, "Uploads", function=function, output_bucket=results, output_prefix="small/")
    objects = stack.resolve(results.arn_for_objects("small/*"))
    assert {"Action": "s3:PutObject", "Effect": "Allow", "Resource": objects} in statements(stack)
    granted = ["kms:Decrypt", "kms:GenerateDataKey"] in [found["Action"] for found in statements(stack)]
    assert granted == keyed
    assert warnings(stack) == []


@pytest.mark.parametrize(
    ("prefix", "output_prefix", "warned"),
    [(None, None, True), ("in/", "in/small/", True), ("in/deep/", "in/", True), ("in/", "out/", False)],
)
def test_results_that_invoke_again_are_warned_of(
    stack: Stack, function: LambdaFunction, prefix: str | None, output_prefix: str | None, warned: bool
) -> None:
    bucket = s3.Bucket(stack, "Mine")
    S3ToLambda(
        stack,
        "Uploads",
        function=function,
        bucket=bucket,
        prefix=prefix,
        output_bucket=bucket,
        output_prefix=output_prefix,
    )
    found = [text for text in warnings(stack) if "[ack: lambda-invocation-constructs:outputInvokes]" in text]
    assert bool(found) == warned


def test_an_output_prefix_alone_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected output_bucket with output_prefix, got none"):
        S3ToLambda(stack, "Uploads", function=function, output_prefix="small/")


def test_a_durable_function_is_invoked_by_a_qualified_arn(stack: Stack) -> None:
    function = durable_function(stack, dead_letter_queue=sqs.Queue(stack, "Dlq"))
    with pytest.raises(ValueError, match="expected a version or alias of the durable function Stack/Durable"):
        S3ToLambda(stack, "Uploads", function=function)
