"""What Lambda itself leaves of asynchronous events: in the function's dead-letter queue, and in destinations."""

import json
from typing import Any

import pytest

from constructs_lib.operations.events.event import Origin, Stage
from constructs_lib.operations.events.messages import stored_object
from constructs_lib.operations.events.parsing import parse
from tests.operations.events.samples import (
    DLQ_ATTRIBUTES,
    ERROR,
    FUNCTION,
    OTHER,
    SENT_AT,
    destination,
    message,
    notification,
    place,
    use,
)

OURS = use(Origin.FUNCTION_DLQ, FUNCTION)


def test_the_dlq_of_a_function_has_the_event_and_the_reason() -> None:
    event = parse(message('{"id": 17}', DLQ_ATTRIBUTES), place(OURS))
    assert (event.origin, event.stage, event.function) == (Origin.FUNCTION_DLQ, Stage.EXECUTION, FUNCTION)
    assert (event.failure.message, event.request) == ("order 17 has no lines", "req-1")
    assert event.failure.type is None  # 200 means only that the function ran
    assert event.last is not None
    assert event.last.isoformat() == SENT_AT
    assert (event.payload, event.why_raw) == ({"id": 17}, None)


def test_other_status_codes_are_the_type_of_the_error() -> None:
    event = parse(message("{}", DLQ_ATTRIBUTES | {"ErrorCode": "429"}), place(OURS))
    assert event.failure.type == "429"


def test_of_several_functions_with_one_dlq_none_is_guessed() -> None:
    shared = place(OURS, use(Origin.FUNCTION_DLQ, OTHER, OTHER))
    event = parse(message("{}", DLQ_ATTRIBUTES), shared)
    assert (event.origin, event.function) == (Origin.FUNCTION_DLQ, None)


def test_a_payload_is_kept_to_the_letter() -> None:
    text = '{"price": 10.10, "id": 123456789012345678901234567890.5, "half": "\\ud800"}'
    assert parse(message(text, DLQ_ATTRIBUTES), place(OURS)).payload_text == text
    record = json.dumps(destination(requestPayload="HERE")).replace('"HERE"', text)
    assert parse(message(record), place()).payload_text == text


def test_null_is_a_payload() -> None:
    event = parse(message("null", DLQ_ATTRIBUTES), place(OURS))
    assert (event.payload, event.payload_text) == (None, "null")


def test_a_body_that_is_cut_off_is_told_and_shown_raw() -> None:
    event = parse(message('{"id": 1', DLQ_ATTRIBUTES), place(OURS))
    assert (event.origin, event.payload_text) == (Origin.FUNCTION_DLQ, None)
    assert event.why_raw
    assert "no JSON" in event.why_raw


def test_the_dlq_can_be_a_topic_with_a_queue() -> None:
    attributes = {name: {"Type": "String", "Value": value} for name, value in DLQ_ATTRIBUTES.items()}
    event = parse(message(notification('{"id": 17}', MessageAttributes=attributes)), place())
    assert (event.origin, event.payload) == (Origin.FUNCTION_DLQ, {"id": 17})


def test_the_record_of_a_destination() -> None:
    event = parse(message(destination()), place())
    assert (event.origin, event.stage) == (Origin.DESTINATION, Stage.EXECUTION)
    assert (event.function, event.attempts, event.payload) == (f"{FUNCTION}:$LATEST", 3, {"id": 17})
    failure = event.failure
    assert (failure.type, failure.message) == ("ValueError", "order 17 has no lines")
    assert (failure.condition, failure.trace) == ("RetriesExhausted", ("  File index.py, line 3",))
    assert event.last is not None
    assert event.last.isoformat() == "2026-03-01T10:00:00.123000+00:00"


def test_the_record_lies_in_a_bucket_as_well() -> None:
    stored = stored_object("aws/lambda/async/orders/2026/03/01/x", "v1", json.dumps(destination()), None)
    event = parse(stored, place())
    assert (event.origin, event.stored.handle, event.payload) == (Origin.DESTINATION, "v1", {"id": 17})


def test_an_event_that_never_ran_has_no_answer() -> None:
    record = destination()
    del record["responseContext"], record["responsePayload"]
    record["requestContext"]["condition"] = "SomethingNew"
    event = parse(message(record), place())
    assert (event.origin, event.failure.condition, event.failure.message) == (
        Origin.DESTINATION,
        "SomethingNew",
        None,
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ERROR, ("ValueError", "order 17 has no lines")),
        (json.dumps(ERROR), ("ValueError", "order 17 has no lines")),
        ("killed", (None, "killed")),
        ({"errorMessage": "Task timed out after 3.00 seconds"}, (None, "Task timed out after 3.00 seconds")),
        ({"errorMessage": 3, "errorType": []}, (None, None)),
        ([1], (None, None)),
        (None, (None, None)),
    ],
)
def test_answers_of_all_kinds(answer: Any, expected: tuple[str | None, str | None]) -> None:
    failure = parse(message(destination(responsePayload=answer)), place()).failure
    assert (failure.type, failure.message) == expected


def test_node_calls_its_stack_trace_otherwise() -> None:
    failure = parse(message(destination(responsePayload={"trace": ["Error: no", "    at x"]})), place()).failure
    assert failure.trace == ("Error: no", "    at x")


def test_a_record_in_the_envelope_of_a_bus() -> None:
    detail_type = "Lambda Function Invocation Result - Failure"
    envelope = {"source": "lambda", "detail-type": detail_type, "detail": destination(), "resources": []}
    event = parse(message(envelope), place())
    assert (event.origin, event.payload, event.payload_text) == (Origin.DESTINATION, {"id": 17}, '{"id": 17}')


def test_a_record_in_the_envelope_of_a_topic() -> None:
    event = parse(message(notification(json.dumps(destination()))), place())
    assert (event.origin, event.function, event.payload_text) == (
        Origin.DESTINATION,
        f"{FUNCTION}:$LATEST",
        '{"id": 17}',
    )


def test_a_success_is_no_failed_event() -> None:
    record = destination()
    record["requestContext"]["condition"] = "Success"
    assert parse(message(record), place()).origin is Origin.UNKNOWN


def test_stages_and_functions_that_share_a_queue_are_told_apart() -> None:
    shared = place(OURS, use(Origin.SOURCE_QUEUE, arn_of_queue := "arn:aws:sqs:eu-west-1:123456789012:orders"))
    origins = [
        parse(stored, shared).origin
        for stored in (
            message("{}", DLQ_ATTRIBUTES),
            message(destination()),
            message("{}", {"RULE_ARN": "arn:aws:events:eu-west-1:123456789012:rule/r"}),
            message("{}", DeadLetterQueueSourceArn=arn_of_queue),
            message("{}"),
        )
    ]
    assert origins == [Origin.FUNCTION_DLQ, Origin.DESTINATION, Origin.RULE, Origin.SOURCE_QUEUE, Origin.UNKNOWN]
