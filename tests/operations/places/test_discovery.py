from typing import Any

import pytest

from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.discovery import places
from constructs_lib.operations.places.place import Kind, Place, Use
from tests.operations.places.account import (
    BUCKET,
    FAILED,
    JOBS,
    MAPPING,
    RESIZE,
    RETRIED,
    STREAM,
    arn,
    function,
    on_failure,
    queue,
    resource,
    world_of,
)

REDRIVE = {"deadLetterTargetArn": FAILED, "maxReceiveCount": 5}
TOPIC = arn("sns", "orders")
SUBSCRIPTION = f"{TOPIC}:7d0c"
RULE = arn("events", "rule/hourly")
SCHEDULE = arn("scheduler", "schedule/default/nightly")
ARNS = {"Resize": RESIZE, "Jobs": JOBS, "Failed": FAILED}


def mapping(source: str = JOBS, **properties: Any) -> dict[str, Any]:
    return resource("Lambda::EventSourceMapping", FunctionName=f"{RESIZE}:live", EventSourceArn=source, **properties)


def config(target: str, qualifier: str = "$LATEST") -> dict[str, Any]:
    return resource("Lambda::EventInvokeConfig", FunctionName="resize", Qualifier=qualifier, **on_failure(target))


def found(arns: dict[str, str] | None = None, **resources: dict[str, Any]) -> list[Place]:
    return places(world_of(**resources), {**ARNS, **(arns or {})})


def only_use(arns: dict[str, str] | None = None, **resources: dict[str, Any]) -> Use:
    (place,) = found(arns, Failed=queue("failed"), **resources)
    assert (place.kind, place.arn, place.prefix, place.name) == (Kind.QUEUE, FAILED, "", "failed")
    (use,) = place.uses
    return use


def test_the_dead_letter_queue_of_a_function_is_of_all_its_versions() -> None:
    use = only_use(Resize=function(DeadLetterConfig={"TargetArn": FAILED}))
    assert use == Use(Origin.FUNCTION_DLQ, RESIZE, (RESIZE,))


@pytest.mark.parametrize(
    ("qualifier", "called"), [("$LATEST", RESIZE), ("live", f"{RESIZE}:live"), ("3", f"{RESIZE}:3")]
)
def test_the_destination_is_of_what_was_invoked(qualifier: str, called: str) -> None:
    use = only_use(Resize=function(), Config=config(FAILED, qualifier))
    assert use == Use(Origin.DESTINATION, called, (called,))


def test_a_queue_leads_back_to_itself_and_to_whoever_polls_it() -> None:
    jobs = queue("jobs", RedrivePolicy=REDRIVE)
    use = only_use(Jobs=jobs, Resize=function(), Polls=mapping(), Again=mapping())
    assert use == Use(Origin.SOURCE_QUEUE, JOBS, (f"{RESIZE}:live",), JOBS)


def test_a_queue_that_no_function_polls() -> None:
    use = only_use(Jobs=queue("jobs", RedrivePolicy=REDRIVE))
    assert use == Use(Origin.SOURCE_QUEUE, JOBS, (), JOBS)


@pytest.mark.parametrize("partial", [False, True])
def test_a_mapping_of_a_stream(partial: bool) -> None:
    types = ["ReportBatchItemFailures"] if partial else []
    polls = mapping(STREAM, FunctionResponseTypes=types, **on_failure(FAILED))
    use = only_use({"Polls": MAPPING}, Resize=function(), Polls=polls)
    assert use == Use(Origin.STREAM_BATCH, MAPPING, (f"{RESIZE}:live",), STREAM, partial_batches=partial)


def test_a_mapping_of_kafka_and_its_topic_of_failures() -> None:
    cluster = arn("kafka", "cluster/events/1")
    polls = mapping(cluster, Topics=["orders"], **on_failure("kafka://orders-failed"))
    (place,) = found({"Polls": MAPPING}, Resize=function(), Polls=polls)
    use = Use(Origin.KAFKA_BATCH, MAPPING, (f"{RESIZE}:live",), cluster)
    assert place == Place(Kind.KAFKA_TOPIC, "kafka://orders-failed", (use,))
    assert place.name == "kafka://orders-failed"
    assert not place.can_be_read


def test_a_subscription_of_a_function() -> None:
    policy = {"RedrivePolicy": REDRIVE, "TopicArn": TOPIC}
    subscription = resource("SNS::Subscription", Protocol="lambda", Endpoint=RESIZE, **policy)
    use = only_use({"Subscription": SUBSCRIPTION}, Resize=function(), Subscription=subscription)
    assert use == Use(Origin.SUBSCRIPTION, SUBSCRIPTION, (RESIZE,), TOPIC)


def test_a_subscription_of_something_else_leads_to_no_function() -> None:
    policy = {"RedrivePolicy": REDRIVE, "TopicArn": TOPIC}
    subscription = resource("SNS::Subscription", Protocol="sqs", Endpoint=JOBS, **policy)
    use = only_use({"Subscription": SUBSCRIPTION}, Subscription=subscription)
    assert use == Use(Origin.SUBSCRIPTION, SUBSCRIPTION, (), TOPIC)


def test_each_target_of_a_rule_has_its_own_function() -> None:
    gone = arn("lambda", "function:deleted")
    targets = [
        {"Id": "a", "Arn": f"{RESIZE}:live", "DeadLetterConfig": {"Arn": FAILED}},
        {"Id": "b", "Arn": JOBS},
        {"Id": "c", "Arn": gone, "DeadLetterConfig": {"Arn": FAILED}},
    ]
    rule = resource("Events::Rule", Name="hourly", Targets=targets)
    (place,) = found({"Rule": RULE}, Failed=queue("failed"), Resize=function(), Rule=rule)
    assert place.uses == (
        Use(Origin.RULE, RULE, (f"{RESIZE}:live",), RULE),
        Use(Origin.RULE, RULE, (gone,), RULE),
    )


def test_a_schedule() -> None:
    target = {"Arn": RESIZE, "DeadLetterConfig": {"Arn": FAILED}}
    schedule = resource("Scheduler::Schedule", Name="nightly", Target=target)
    use = only_use({"Schedule": SCHEDULE}, Resize=function(), Schedule=schedule)
    assert use == Use(Origin.SCHEDULE, SCHEDULE, (RESIZE,), SCHEDULE)


def test_an_event_bus_keeps_what_it_cannot_encrypt() -> None:
    bus = resource("Events::EventBus", Name="orders", DeadLetterConfig={"Arn": FAILED})
    owner = arn("events", "event-bus/orders")
    assert only_use({"Bus": owner}, Bus=bus) == Use(Origin.UNKNOWN, owner, source=owner)


def test_one_queue_for_many() -> None:
    (place,) = found(
        Resize=function(DeadLetterConfig={"TargetArn": FAILED}),
        Config=config(FAILED),
        Jobs=queue("jobs", RedrivePolicy=REDRIVE),
    )
    assert {use.origin for use in place.uses} == {Origin.FUNCTION_DLQ, Origin.DESTINATION, Origin.SOURCE_QUEUE}


def test_a_bucket_has_a_place_for_each_function_and_mapping() -> None:
    found_places = found(
        {"Polls": MAPPING},
        Resize=function(),
        Latest=config(BUCKET),
        Live=config(BUCKET, "live"),
        Polls=mapping(STREAM, **on_failure(BUCKET)),
    )
    mapped, asynchronous = sorted(found_places, key=lambda one: len(one.uses))
    assert (mapped.prefix, mapped.name) == (f"aws/lambda/{RETRIED}/", f"s3://kept/aws/lambda/{RETRIED}/")
    assert asynchronous.prefix == "aws/lambda/async/resize/"
    assert {use.owner for use in asynchronous.uses} == {RESIZE, f"{RESIZE}:live"}
    assert asynchronous.can_be_read


@pytest.mark.parametrize(
    ("target", "kind", "name"),
    [
        (TOPIC, Kind.TOPIC, "orders"),
        (arn("lambda", "function:mend"), Kind.FUNCTION, "mend"),
        (arn("lambda", "function:mend:live"), Kind.FUNCTION, "mend:live"),
        (arn("events", "event-bus/failures"), Kind.BUS, "failures"),
    ],
)
def test_what_hands_events_on_is_named_and_cannot_be_read(target: str, kind: Kind, name: str) -> None:
    (place,) = found(Resize=function(), Config=config(target))
    assert (place.kind, place.arn, place.name, place.can_be_read) == (kind, target, name, False)


def test_what_a_template_refers_to() -> None:
    to_queue = {"Fn::GetAtt": ["Failed", "Arn"]}
    (place,) = found(Resize=function(DeadLetterConfig={"TargetArn": to_queue}), Failed=queue("failed"))
    assert place.arn == FAILED


def test_an_iot_rule_names_the_url_of_a_queue() -> None:
    action = {"Sqs": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111111111111/failed"}}
    rule = resource("IoT::TopicRule", TopicRulePayload={"ErrorAction": action})
    (place,) = found({"Rule": arn("iot", "rule/readings")}, Rule=rule)
    assert place.arn == FAILED


def test_successes_are_no_failures_and_what_is_no_target_is_no_place() -> None:
    success = {"DestinationConfig": {"OnSuccess": {"Destination": FAILED}}}
    assert not found(
        Resize=function(DeadLetterConfig={"TargetArn": "arn:aws:dynamodb:eu-west-1:111111111111:table/odd"}),
        Config=resource("Lambda::EventInvokeConfig", FunctionName="resize", Qualifier="$LATEST", **success),
        Failed=queue("failed"),
    )


def test_what_has_no_arn_is_left_out() -> None:
    assert not found(Nameless=function("nameless", DeadLetterConfig={"TargetArn": FAILED}))
