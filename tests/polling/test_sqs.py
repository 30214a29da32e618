from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from aws_cdk.aws_lambda_event_sources import ProvisionedPollerConfig

from constructs_lib import FailureQueue, LambdaFunction, RestApiToLambda, S3ToLambda, SqsToLambda
from tests.helpers import ACCOUNT, CODE, make_function, only, resources, statements, warnings

QUEUE_ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:worker"


def source_and_dead_letter_queue(stack: Stack) -> tuple[dict[str, Any], dict[str, Any]]:
    queues = resources(stack, "AWS::SQS::Queue").values()
    (source,) = (queue for queue in queues if "RedrivePolicy" in queue)
    (dlq,) = (queue for queue in queues if "RedrivePolicy" not in queue)
    return source, dlq


def test_a_failed_message_ends_in_a_watched_dead_letter_queue(stack: Stack, function: LambdaFunction) -> None:
    jobs = SqsToLambda(stack, "Jobs", function=function)
    assert jobs.dead_letter_queue is not None
    source, dlq = source_and_dead_letter_queue(stack)
    assert source["RedrivePolicy"] == {
        "deadLetterTargetArn": stack.resolve(jobs.dead_letter_queue.queue_arn),
        "maxReceiveCount": 5,
    }
    assert dlq["MessageRetentionPeriod"] == 1_209_600
    alarm = only(stack, "AWS::CloudWatch::Alarm")
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": stack.resolve(jobs.dead_letter_queue.queue_name)}]
    assert (alarm["Threshold"], alarm["Statistic"], alarm["TreatMissingData"]) == (1, "Maximum", "notBreaching")
    assert "AlarmActions" not in alarm


def test_the_mapping_returns_only_failed_messages(stack: Stack, function: LambdaFunction) -> None:
    jobs = SqsToLambda(stack, "Jobs", function=function)
    mapping = only(stack, "AWS::Lambda::EventSourceMapping")
    assert mapping == {
        "BatchSize": 10,
        "EventSourceArn": stack.resolve(jobs.queue.queue_arn),
        "FunctionName": stack.resolve(function.function_name),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    assert jobs.mapping.event_source_mapping_arn


def test_partial_batches_can_be_switched_off(stack: Stack, function: LambdaFunction) -> None:
    SqsToLambda(stack, "Jobs", function=function, report_batch_item_failures=False)
    assert "FunctionResponseTypes" not in only(stack, "AWS::Lambda::EventSourceMapping")


@pytest.mark.parametrize(
    ("timeout", "window", "hidden"), [(None, None, 60), (30, None, 180), (30, 20, 200), (900, 300, 5700)]
)
def test_messages_are_hidden_for_six_timeouts_and_the_window(
    stack: Stack, timeout: int | None, window: int | None, hidden: int
) -> None:
    SqsToLambda(
        stack,
        "Jobs",
        function=make_function(stack, timeout=timeout and Duration.seconds(timeout)),
        max_batching_window=window and Duration.seconds(window),  # type: ignore[arg-type]
    )
    assert source_and_dead_letter_queue(stack)[0]["VisibilityTimeout"] == hidden


def test_a_plain_function_without_timeout_counts_with_lambdas_default(stack: Stack) -> None:
    plain = lambda_.Function(stack, "Plain", code=CODE, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13)
    SqsToLambda(stack, "Jobs", function=plain)
    assert source_and_dead_letter_queue(stack)[0]["VisibilityTimeout"] == 18


def test_both_queues_are_encrypted_and_refuse_plain_text_transport(stack: Stack, function: LambdaFunction) -> None:
    SqsToLambda(stack, "Jobs", function=function)
    assert all(queue["SqsManagedSseEnabled"] for queue in resources(stack, "AWS::SQS::Queue").values())
    policies = resources(stack, "AWS::SQS::QueuePolicy").values()
    assert len(policies) == 2
    for policy in policies:
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_function_may_read_this_queue_only(stack: Stack, function: LambdaFunction) -> None:
    jobs = SqsToLambda(stack, "Jobs", function=function)
    (reading,) = (found for found in statements(stack) if "sqs:ReceiveMessage" in found["Action"])
    assert reading["Resource"] == stack.resolve(jobs.queue.queue_arn)
    assert not any("*" in action for action in reading["Action"])


def test_a_customer_managed_key_encrypts_both_queues_and_is_granted(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    SqsToLambda(stack, "Jobs", function=function, encryption_key=key)
    arn = stack.resolve(key.key_arn)
    assert [queue["KmsMasterKeyId"] for queue in resources(stack, "AWS::SQS::Queue").values()] == [arn, arn]
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": arn} in statements(stack)


def test_fifo_makes_both_queues_fifo(stack: Stack, function: LambdaFunction) -> None:
    SqsToLambda(stack, "Jobs", function=function, fifo=True)
    assert all(queue["FifoQueue"] for queue in resources(stack, "AWS::SQS::Queue").values())


def test_fifo_has_no_batching_window(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected no max_batching_window for the FIFO queue Stack/Jobs/Queue"):
        SqsToLambda(stack, "Jobs", function=function, fifo=True, max_batching_window=Duration.seconds(1))


def test_fifo_has_no_large_batches(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match=r"expected batch_size.* to be from 1 to 10, got 11"):
        SqsToLambda(stack, "Jobs", function=function, fifo=True, batch_size=11)


def test_an_owned_queue_keeps_its_settings(stack: Stack, function: LambdaFunction) -> None:
    dlq = FailureQueue(stack, "Failures")
    queue = sqs.Queue(
        stack,
        "Mine",
        visibility_timeout=Duration.minutes(2),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dlq, max_receive_count=9),
    )
    topic = sns.Topic(stack, "Topic")
    jobs = SqsToLambda(stack, "Jobs", function=function, queue=queue, alarm_topic=topic)
    assert jobs.queue is queue
    source, _ = source_and_dead_letter_queue(stack)
    assert (source["VisibilityTimeout"], source["RedrivePolicy"]["maxReceiveCount"]) == (120, 9)
    assert only(stack, "AWS::CloudWatch::Alarm")["AlarmActions"] == [stack.resolve(topic.topic_arn)]
    assert warnings(stack) == []


def test_an_owned_queue_without_dead_letter_queue_is_refused(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue(stack, "Mine", visibility_timeout=Duration.minutes(2))
    with pytest.raises(ValueError, match="expected a queue with a dead-letter queue, got Stack/Mine without; pass"):
        SqsToLambda(stack, "Jobs", function=function, queue=queue)


def test_a_queue_that_hides_messages_too_briefly_is_refused(stack: Stack) -> None:
    queue = sqs.Queue(
        stack, "Mine", dead_letter_queue=sqs.DeadLetterQueue(queue=FailureQueue(stack, "D"), max_receive_count=5)
    )
    slow = make_function(stack, timeout=Duration.seconds(31))
    with pytest.raises(ValueError, match="expected a visibility timeout of at least the function's 31 s, got 30 s"):
        SqsToLambda(stack, "Jobs", function=slow, queue=queue)


def test_less_than_the_advised_visibility_timeout_is_warned_of(stack: Stack, function: LambdaFunction) -> None:
    SqsToLambda(stack, "Jobs", function=function, visibility_timeout=Duration.seconds(59))
    (warning,) = warnings(stack)
    assert "are hidden for 59 s; AWS advises 60 s" in warning
    assert "[ack: lambda-invocation-constructs:visibilityTimeout]" in warning


def test_an_imported_queue_is_warned_of(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue.from_queue_arn(stack, "Mine", QUEUE_ARN)
    jobs = SqsToLambda(stack, "Jobs", function=function, queue=queue)
    assert only(stack, "AWS::Lambda::EventSourceMapping")["EventSourceArn"] == QUEUE_ARN
    assert jobs.dead_letter_queue is None
    (warning,) = warnings(stack)
    assert "whether the imported queue Stack/Mine has a dead-letter queue cannot be seen" in warning
    assert "[ack: lambda-invocation-constructs:importedQueueRedrive]" in warning


def test_settings_of_a_new_queue_beside_a_queue_are_refused(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue.from_queue_arn(stack, "Mine", QUEUE_ARN)
    with pytest.raises(ValueError, match="expected fifo, max_receive_count only for a new queue, got queue= as well"):
        SqsToLambda(stack, "Jobs", function=function, queue=queue, fifo=True, max_receive_count=7)


def test_an_alarm_topic_that_could_watch_nothing_is_refused(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue.from_queue_arn(stack, "Mine", QUEUE_ARN)
    with pytest.raises(ValueError, match="expected no alarm_topic for Stack/Mine"):
        SqsToLambda(stack, "Jobs", function=function, queue=queue, alarm_topic=sns.Topic(stack, "Topic"))


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_aliases_and_versions_are_followed(stack: Stack, qualifier: str) -> None:
    function = make_function(stack, timeout=Duration.seconds(20))
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    SqsToLambda(stack, "Jobs", function=target)
    assert source_and_dead_letter_queue(stack)[0]["VisibilityTimeout"] == 120
    assert only(stack, "AWS::Lambda::EventSourceMapping")["FunctionName"] == stack.resolve(target.function_name)


def imported_function(stack: Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "ImportedRole", f"arn:aws:iam::{ACCOUNT}:role/worker"),
    )


def test_an_imported_function_needs_a_visibility_timeout(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"expected a function whose timeout is known.* pass visibility_timeout="):
        SqsToLambda(stack, "Jobs", function=imported_function(stack))


def test_an_imported_function_gets_its_grants_before_the_mapping(stack: Stack) -> None:
    SqsToLambda(stack, "Jobs", function=imported_function(stack), visibility_timeout=Duration.minutes(3))
    ((policy, _),) = resources(stack, "AWS::IAM::Policy").items()
    (mapping,) = Template.from_stack(stack).find_resources("AWS::Lambda::EventSourceMapping").values()
    assert mapping["DependsOn"] == [policy]


def test_a_token_as_timeout_is_not_compared(stack: Stack) -> None:
    seconds = CfnParameter(stack, "Seconds", type="Number").value_as_number
    function = make_function(stack, timeout=Duration.seconds(seconds))
    with pytest.raises(ValueError, match="a token; pass visibility_timeout="):
        SqsToLambda(stack, "Refused", function=function)
    SqsToLambda(stack, "Jobs", function=function, visibility_timeout=Duration.minutes(1))
    hidden = sqs.Queue(
        stack,
        "Hidden",
        visibility_timeout=Duration.seconds(seconds),
        dead_letter_queue=sqs.DeadLetterQueue(queue=FailureQueue(stack, "D"), max_receive_count=5),
    )
    SqsToLambda(stack, "More", function=make_function(stack, "Other"), queue=hidden)
    assert warnings(stack) == []


def test_function_and_queue_may_stand_in_different_stacks(app: App) -> None:
    compute = Stack(app, "Compute")
    storage = Stack(app, "Storage")
    SqsToLambda(storage, "Jobs", function=make_function(compute))
    app.synth()  # would raise if the stacks needed each other
    ((policy, _),) = resources(storage, "AWS::IAM::Policy").items()
    (mapping,) = Template.from_stack(storage).find_resources("AWS::Lambda::EventSourceMapping").values()
    assert mapping["DependsOn"] == [policy]


def test_patterns_of_several_models_may_share_a_function_of_another_stack(app: App) -> None:
    compute = Stack(app, "Compute")
    front = Stack(app, "Front")
    function = make_function(compute)
    SqsToLambda(front, "Jobs", function=function)
    S3ToLambda(front, "Uploads", function=function)
    RestApiToLambda(front, "Orders", function=function)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(front, "AWS::Lambda::EventSourceMapping")) == 1


def test_two_queues_may_share_function_and_dead_letter_queue(stack: Stack, function: LambdaFunction) -> None:
    dlq = FailureQueue(stack, "Failures")
    SqsToLambda(stack, "A", function=function, dead_letter_queue=dlq)
    SqsToLambda(stack, "B", function=function, dead_letter_queue=dlq)
    assert len(resources(stack, "AWS::Lambda::EventSourceMapping")) == 2
    assert len(resources(stack, "AWS::CloudWatch::Alarm")) == 1


@pytest.mark.parametrize(("fifo", "found"), [(True, "FIFO and standard"), (None, "standard and FIFO")])
def test_queue_and_dead_letter_queue_are_of_one_kind(
    stack: Stack, function: LambdaFunction, fifo: bool | None, found: str
) -> None:
    dlq = FailureQueue(stack, "Failures", fifo=not fifo)
    with pytest.raises(ValueError, match=f"both FIFO or both standard, got {found}"):
        SqsToLambda(stack, "Jobs", function=function, fifo=fifo, dead_letter_queue=dlq)


def test_what_is_no_queue_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected queue to be a queue of the CDK, got 'arn:aws"):
        SqsToLambda(stack, "Jobs", function=function, queue=QUEUE_ARN)  # type: ignore[arg-type]


def test_what_is_no_key_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected encryption_key to be a key of the CDK, got 'alias/mine'"):
        SqsToLambda(stack, "Jobs", function=function, encryption_key="alias/mine")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": 0}, "expected batch_size.* to be from 1 to 10, got 0"),
        ({"batch_size": 11}, "expected batch_size, which needs a max_batching_window .* to be from 1 to 10, got 11"),
        (
            {"batch_size": 100, "max_batching_window": Duration.seconds(0)},
            "batch_size, which needs .* from 1 to 10, got 1",
        ),
        ({"batch_size": 10_001, "max_batching_window": Duration.seconds(1)}, "batch_size to be from 1 to 10,000, got"),
        ({"max_batching_window": Duration.seconds(301)}, "max_batching_window to be from 0 to 300 s, got 301 s"),
        ({"max_receive_count": 0}, "max_receive_count to be from 1 to 1,000, got 0"),
        ({"visibility_timeout": Duration.hours(13)}, "visibility_timeout to be from 0 to 43,200 s, got 46800 s"),
    ],
)
def test_numbers_out_of_range_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        SqsToLambda(stack, "Jobs", function=function, **settings)


def test_a_dead_letter_queue_that_forgets_sooner_is_warned_of(stack: Stack, function: LambdaFunction) -> None:
    dlq = sqs.Queue(stack, "Dlq")
    queue = sqs.Queue(
        stack,
        "Mine",
        retention_period=Duration.days(14),
        visibility_timeout=Duration.minutes(1),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dlq, max_receive_count=2),
    )
    SqsToLambda(stack, "Jobs", function=function, queue=queue)
    found = " ".join(warnings(stack))
    assert "Stack/Dlq keeps messages for 345600 s, Stack/Mine for 1.2096e+06 s" in found
    assert "[ack: lambda-invocation-constructs:deadLetterRetention]" in found
    assert "move to the dead-letter queue when received 2 times; AWS advises at least 5" in found
    assert "[ack: lambda-invocation-constructs:maxReceiveCount]" in found


def test_a_redrive_policy_set_on_the_resource_is_seen(stack: Stack, function: LambdaFunction) -> None:
    queue = sqs.Queue(stack, "Mine", visibility_timeout=Duration.minutes(1))
    resource = queue.node.default_child
    assert isinstance(resource, sqs.CfnQueue)
    resource.redrive_policy = {"deadLetterTargetArn": QUEUE_ARN, "maxReceiveCount": 5}
    jobs = SqsToLambda(stack, "Jobs", function=function, queue=queue)
    assert jobs.dead_letter_queue is None
    assert jobs.alarms == []


def test_a_timeout_set_on_the_resource_counts(stack: Stack, function: LambdaFunction) -> None:
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.timeout = 120
    SqsToLambda(stack, "Jobs", function=function)
    assert source_and_dead_letter_queue(stack)[0]["VisibilityTimeout"] == 720


def test_a_function_imported_without_role_is_warned_of(stack: Stack) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    SqsToLambda(stack, "Jobs", function=imported, visibility_timeout=Duration.minutes(1))
    (warning,) = warnings(stack)
    assert "Stack/Imported was imported without its role" in warning
    assert "[ack: lambda-invocation-constructs:functionRoleUnknown]" in warning


def test_concurrency_is_limited_without_throttling(stack: Stack, function: LambdaFunction) -> None:
    SqsToLambda(stack, "Jobs", function=function, max_concurrency=7)
    assert only(stack, "AWS::Lambda::EventSourceMapping")["ScalingConfig"] == {"MaximumConcurrency": 7}


def test_provisioned_pollers_go_up_to_what_sqs_takes(stack: Stack, function: LambdaFunction) -> None:
    pollers = ProvisionedPollerConfig(minimum_pollers=2, maximum_pollers=10_000)
    SqsToLambda(stack, "Jobs", function=function, provisioned_poller_config=pollers)
    mapping = only(stack, "AWS::Lambda::EventSourceMapping")
    assert mapping["ProvisionedPollerConfig"] == {"MinimumPollers": 2, "MaximumPollers": 10_000}


def test_limited_concurrency_and_provisioned_pollers_exclude_each_other(stack: Stack, function: LambdaFunction) -> None:
    pollers = ProvisionedPollerConfig(minimum_pollers=2, maximum_pollers=5)
    with pytest.raises(ValueError, match="expected either max_concurrency or provisioned_poller_config, got both"):
        SqsToLambda(stack, "Jobs", function=function, max_concurrency=2, provisioned_poller_config=pollers)


def test_filters_reach_the_mapping_with_their_key(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    filters = [lambda_.FilterCriteria.filter({"body": {"kind": ["order"]}})]
    SqsToLambda(stack, "Jobs", function=function, filters=filters, filter_encryption=key)
    mapping = only(stack, "AWS::Lambda::EventSourceMapping")
    assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"body":{"kind":["order"]}}'}]}
    assert mapping["KmsKeyArn"] == stack.resolve(key.key_arn)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_concurrency": 1}, "expected max_concurrency to be from 2 to 1,000, got 1"),
        ({"provisioned_poller_config": (1, 5)}, "expected minimum_pollers to be from 2 to 200, got 1"),
        ({"provisioned_poller_config": (2, 10_001)}, "expected maximum_pollers to be from 2 to 10,000, got 10001"),
        ({"provisioned_poller_config": (6, 5)}, "expected minimum_pollers to be from 2 to 5, got 6"),
    ],
)
def test_concurrency_and_pollers_out_of_range_are_refused(
    stack: Stack, function: LambdaFunction, settings: dict[str, Any], message: str
) -> None:
    if "provisioned_poller_config" in settings:
        least, most = settings["provisioned_poller_config"]
        config = ProvisionedPollerConfig(minimum_pollers=least, maximum_pollers=most)
        settings = {"provisioned_poller_config": config}
    with pytest.raises(ValueError, match=message):
        SqsToLambda(stack, "Jobs", function=function, **settings)


def test_the_mapping_publishes_metrics_if_wanted(stack: Stack, function: LambdaFunction) -> None:
    metrics = lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT])
    SqsToLambda(stack, "Jobs", function=function, metrics_config=metrics)
    assert only(stack, "AWS::Lambda::EventSourceMapping")["MetricsConfig"] == {"Metrics": ["EventCount"]}


@pytest.mark.parametrize("metric", [lambda_.MetricType.ERROR_COUNT, lambda_.MetricType.KAFKA_METRICS])
def test_metrics_of_kafka_are_refused(stack: Stack, function: LambdaFunction, metric: lambda_.MetricType) -> None:
    metrics = lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT, metric])
    with pytest.raises(ValueError, match=f"expected metrics_config with EVENT_COUNT only, got {metric.name}; only"):
        SqsToLambda(stack, "Jobs", function=function, metrics_config=metrics)


def test_a_poller_group_is_refused(stack: Stack, function: LambdaFunction) -> None:
    config = ProvisionedPollerConfig(minimum_pollers=2, maximum_pollers=3, poller_group_name="shop")
    with pytest.raises(ValueError, match="expected no poller_group_name for this source, got shop"):
        SqsToLambda(stack, "Jobs", function=function, provisioned_poller_config=config)


def test_a_tenant_isolated_function_has_no_mapping(stack: Stack, function: LambdaFunction) -> None:
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.tenancy_config = lambda_.CfnFunction.TenancyConfigProperty(tenant_isolation_mode="PER_TENANT")
    with pytest.raises(ValueError, match="expected a function without tenant isolation"):
        SqsToLambda(stack, "Jobs", function=function)


@pytest.mark.parametrize(("minutes", "refused"), [(15, False), (16, True)])
def test_a_durable_function_must_end_within_fifteen_minutes(stack: Stack, minutes: int, refused: bool) -> None:
    durable = lambda_.Function(
        stack,
        "Durable",
        code=CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        durable_config=lambda_.DurableConfig(execution_timeout=Duration.minutes(minutes)),
    )
    if refused:
        with pytest.raises(ValueError, match=r"expected a durable function that ends within 900 s, got .* 960 s"):
            SqsToLambda(stack, "Jobs", function=durable.current_version)
    else:
        SqsToLambda(stack, "Jobs", function=durable.current_version)
        assert source_and_dead_letter_queue(stack)[0]["VisibilityTimeout"] == 5400
