"""What sources leave that could not deliver: queues, topics, rules and schedules."""

import json

import pytest

from constructs_lib.operations.events.event import Origin, Stage
from constructs_lib.operations.events.parsing import parse
from constructs_lib.operations.places.place import Kind, Place
from tests.operations.events.samples import (
    DLQ_ATTRIBUTES,
    FUNCTION,
    OTHER,
    QUEUE,
    RULE,
    SCHEDULE,
    SENT_AT,
    SOURCE,
    SUBSCRIPTION,
    TOPIC,
    destination,
    message,
    notification,
    place,
    use,
)

POLLED = use(Origin.SOURCE_QUEUE, SOURCE, source=SOURCE)
SUBSCRIBED = use(Origin.SUBSCRIPTION, SUBSCRIPTION, source=TOPIC)
RULE_ATTRIBUTES = {
    "RULE_ARN": RULE,
    "TARGET_ARN": FUNCTION,
    "ERROR_CODE": "NO_PERMISSIONS",
    "ERROR_MESSAGE": "not allowed",
    "RETRY_ATTEMPTS": "0",
}
SCHEDULE_ATTRIBUTES = {
    "SCHEDULE_ARN": SCHEDULE,
    "SCHEDULED_TIME": "2026-03-01T01:12:00Z",
    "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:lambda:invoke",
    "ERROR_CODE": "ResourceNotFoundException",
    "ERROR_MESSAGE": "Function not found",
    "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    "RETRY_ATTEMPTS": "2",
    "IS_PAYLOAD_TRUNCATED": "false",
}


def test_a_message_of_a_queue_is_kept_as_it_was() -> None:
    stored = message("no JSON at all", {"kind": "order"}, DeadLetterQueueSourceArn=SOURCE, MessageGroupId="g")
    event = parse(stored, place(POLLED))
    assert (event.origin, event.stage, event.function, event.source) == (
        Origin.SOURCE_QUEUE,
        Stage.EXECUTION,
        FUNCTION,
        SOURCE,
    )
    assert (event.payload, event.payload_text, event.why_raw) == ("no JSON at all", "no JSON at all", None)
    assert event.stored.attributes["kind"]["StringValue"] == "order"
    assert event.stored.system["MessageGroupId"] == "g"
    assert event.attempts == 3  # this look was the fourth
    assert event.first is not None
    assert event.first.isoformat() == SENT_AT


def test_what_sqs_says_counts_more_than_what_the_body_looks_like() -> None:
    stored = message(destination(), DLQ_ATTRIBUTES, DeadLetterQueueSourceArn=SOURCE)
    assert parse(stored, place(POLLED, use(Origin.FUNCTION_DLQ, OTHER))).origin is Origin.SOURCE_QUEUE


def test_of_two_functions_that_poll_one_queue_none_is_guessed() -> None:
    both = use(Origin.SOURCE_QUEUE, SOURCE, FUNCTION, OTHER, source=SOURCE)
    assert parse(message("{}", DeadLetterQueueSourceArn=SOURCE), place(both)).function is None


def test_two_queues_with_one_dlq_have_each_its_function() -> None:
    shared = place(POLLED, use(Origin.SOURCE_QUEUE, "b", OTHER, source="b"))
    assert parse(message("{}", DeadLetterQueueSourceArn="b"), shared).function == OTHER


def test_a_fifo_queue_tells_when_a_message_was_given_up() -> None:
    stored = message("{}", DeadLetterQueueSourceArn=f"{SOURCE}.fifo")
    event = parse(stored, Place(Kind.QUEUE, f"{QUEUE}.fifo", ()))
    assert event.first is None
    assert event.last is not None
    assert event.last.isoformat() == SENT_AT


def test_a_place_of_one_queue_alone_needs_no_attribute() -> None:
    event = parse(message("{}"), place(POLLED))
    assert (event.origin, event.source, event.function) == (Origin.SOURCE_QUEUE, SOURCE, FUNCTION)


def test_a_notification_becomes_the_event_of_lambda() -> None:
    event = parse(message(notification("17"), DLQ_ATTRIBUTES | {"ErrorCode": "403"}), place(SUBSCRIBED))
    assert (event.origin, event.stage, event.function, event.source) == (
        Origin.SUBSCRIPTION,
        Stage.DELIVERY,
        FUNCTION,
        TOPIC,
    )
    assert event.failure.type == "403"
    assert event.first is not None
    assert event.first.isoformat() == "2026-03-01T09:30:00+00:00"
    (record,) = event.payload["Records"]
    assert {name: value for name, value in record.items() if name != "Sns"} == {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": SUBSCRIPTION,
    }
    names = {"Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature"}
    assert set(record["Sns"]) == names | {"SigningCertUrl", "UnsubscribeUrl", "MessageAttributes"}
    assert json.loads(event.payload_text or "") == event.payload


def test_of_two_subscriptions_of_a_topic_the_right_one_is_found() -> None:
    other = use(Origin.SUBSCRIPTION, f"{TOPIC}:other", OTHER, source=TOPIC)
    assert parse(message(notification("17"), DLQ_ATTRIBUTES), place(other, SUBSCRIBED)).function == FUNCTION
    deleted = parse(message(notification("17"), DLQ_ATTRIBUTES), place(other))
    assert (deleted.function, deleted.target) == (None, SUBSCRIPTION)
    anonymous = notification("17", UnsubscribeURL=None)
    assert parse(message(anonymous, DLQ_ATTRIBUTES), place(other, SUBSCRIBED)).function is None
    assert parse(message(anonymous, DLQ_ATTRIBUTES), place(SUBSCRIBED)).function == FUNCTION


def test_a_notification_is_never_taken_for_the_event_of_a_function() -> None:
    event = parse(message(notification("17"), DLQ_ATTRIBUTES), place(use(Origin.FUNCTION_DLQ, OTHER, OTHER)))
    assert (event.origin, event.function) == (Origin.SUBSCRIPTION, None)


def test_a_notification_without_a_reason_counts_by_who_uses_the_place() -> None:
    assert parse(message(notification("17")), place(SUBSCRIBED)).origin is Origin.SUBSCRIPTION
    unused = parse(message(notification("17")), place())
    assert unused.origin is Origin.UNKNOWN
    assert unused.why_raw is not None
    assert "notification" in unused.why_raw


def test_an_undelivered_record_of_a_destination_is_for_the_subscriber() -> None:
    event = parse(message(notification(json.dumps(destination())), DLQ_ATTRIBUTES), place(SUBSCRIBED))
    assert (event.origin, event.function) == (Origin.SUBSCRIPTION, FUNCTION)


def test_an_event_of_sns_is_taken_as_it_is() -> None:
    body = {"Records": [{"EventSource": "aws:sns", "EventSubscriptionArn": SUBSCRIPTION, "Sns": {"TopicArn": TOPIC}}]}
    event = parse(message(body, DLQ_ATTRIBUTES), place(SUBSCRIBED))
    assert (event.origin, event.payload, event.function) == (Origin.SUBSCRIPTION, body, FUNCTION)
    of_function = parse(message(body, DLQ_ATTRIBUTES), place(use(Origin.FUNCTION_DLQ, FUNCTION)))
    assert (of_function.origin, of_function.payload) == (Origin.FUNCTION_DLQ, body)


def test_an_event_of_a_rule() -> None:
    body = {"id": "e", "detail-type": "x", "source": "shop", "time": "2026-03-01T08:00:00Z", "detail": {"id": 17}}
    event = parse(message(body, RULE_ATTRIBUTES), place())
    assert (event.origin, event.stage, event.function, event.source) == (Origin.RULE, Stage.DELIVERY, FUNCTION, RULE)
    assert (event.failure.type, event.failure.message) == ("NO_PERMISSIONS", "not allowed")
    assert (event.attempts, event.payload) == (1, body)
    assert event.first is not None
    assert event.first.isoformat() == "2026-03-01T08:00:00+00:00"


def test_the_target_of_a_rule_can_be_no_function() -> None:
    event = parse(message("{}", RULE_ATTRIBUTES | {"TARGET_ARN": SOURCE}), place())
    assert (event.origin, event.function, event.target) == (Origin.RULE, None, SOURCE)


@pytest.mark.parametrize("function", [FUNCTION, "orders"])
def test_a_schedule_leaves_the_parameters_of_its_call(function: str) -> None:
    body = {"FunctionName": function, "InvocationType": "Event", "Payload": '{"price": 10.10}'}
    event = parse(message(body, SCHEDULE_ATTRIBUTES), place())
    assert (event.origin, event.stage, event.function, event.source) == (
        Origin.SCHEDULE,
        Stage.DELIVERY,
        FUNCTION,
        SCHEDULE,
    )
    assert (event.payload_text, event.payload) == ('{"price": 10.10}', {"price": 10.1})
    assert (event.failure.condition, event.attempts) == ("MaximumRetryAttempts", 3)
    assert event.first is not None
    assert event.first.isoformat() == "2026-03-01T01:12:00+00:00"


def test_the_payload_of_a_schedule_can_be_an_object_or_the_body_itself() -> None:
    event = parse(message({"FunctionName": FUNCTION, "Payload": {"id": 1}}, SCHEDULE_ATTRIBUTES), place())
    assert (event.payload, event.payload_text) == ({"id": 1}, '{"id": 1}')
    bare = parse(message({"id": 2}, SCHEDULE_ATTRIBUTES | {"TARGET_ARN": FUNCTION}), place())
    assert (bare.function, bare.payload) == (FUNCTION, {"id": 2})


@pytest.mark.parametrize(
    ("body", "attributes", "why"),
    [
        ({"FunctionName": FUNCTION, "Payload": "{"}, {}, "no JSON"),
        ({"Payload": "{}"}, {}, "parameters"),
        ({"FunctionName": FUNCTION, "Payload": "{}"}, {"IS_PAYLOAD_TRUNCATED": "true"}, "cut off"),
        ("{", {}, "no JSON"),
    ],
)
def test_a_schedule_whose_payload_is_not_whole(body: object, attributes: dict[str, str], why: str) -> None:
    event = parse(message(body, SCHEDULE_ATTRIBUTES | attributes), place())
    assert (event.origin, event.payload_text) == (Origin.SCHEDULE, None)
    assert event.why_raw is not None
    assert why in event.why_raw
