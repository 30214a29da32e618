"""Whatever lies in a place: parsing it must neither raise nor lose it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.operations.events.as_json import event_line
from constructs_lib.operations.events.event import Origin, Stored
from constructs_lib.operations.events.parsing import parse
from constructs_lib.operations.places.place import Use
from tests.operations.events.samples import (
    DLQ_ATTRIBUTES,
    FUNCTION,
    SOURCE,
    batch,
    destination,
    message,
    notification,
    place,
    stream_info,
)

SAMPLES = (
    destination(),
    notification("x"),
    notification(json.dumps(destination())),
    {"source": "lambda", "detail": destination()},
    batch("KinesisBatchInfo", stream_info()),
    batch("KafkaBatchInfo", {"recordsInfo": {"a-0": {"firstRecordTimestamp": "2026-03-01T07:00:00.000Z"}}}),
    {"Records": [{"EventSource": "aws:sns", "Sns": {}}]},
    {"FunctionName": FUNCTION, "Payload": "{}"},
)
NAMES = (
    *DLQ_ATTRIBUTES,
    *("RULE_ARN", "SCHEDULE_ARN", "TARGET_ARN", "SCHEDULED_TIME", "RETRY_ATTEMPTS", "IS_PAYLOAD_TRUNCATED"),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Return a record of a known format in which anything can stand anywhere, and which can be cut off."""

    def damage(value: Any, depth: int = 0) -> Any:
        if draw(st.integers(0, 9)) == 0:
            return draw(values)
        if isinstance(value, dict):
            return {name: damage(member, depth + 1) for name, member in value.items()}
        return value

    text = json.dumps(damage(draw(st.sampled_from(SAMPLES))))
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 4)) == 0 else text


uses = st.lists(st.sampled_from([Use(origin, "owner", (FUNCTION,), SOURCE) for origin in Origin]), max_size=3)
texts = st.sampled_from(["200", "", "x", "-1", "true", "9" * 30, "arn:aws:scheduler:::aws-sdk:lambda:invoke", FUNCTION])


@settings(deadline=None)
@given(
    body=damaged() | st.text(),
    attributes=st.dictionaries(st.sampled_from(NAMES), texts),
    system=st.dictionaries(st.sampled_from(["DeadLetterQueueSourceArn", "SentTimestamp", "x"]), texts),
    used=uses,
)
def test_parsing_never_raises_and_keeps_what_it_got(
    body: str, attributes: dict[str, str], system: dict[str, str], used: list[Use]
) -> None:
    stored = message(body, attributes, **system)
    event = parse(stored, place(*used))
    assert event.stored is stored
    assert (event.origin is not Origin.UNKNOWN) or event.why_raw
    assert json.loads(event_line(event))["id"] == "m-1"


@pytest.mark.parametrize(
    "body",
    ["", "{", "NaN", "[" * 100_000, '{"a":' * 900 + "1" + "}" * 900, "1" * 5_000, "\ud800", "\x00"],
)
@pytest.mark.parametrize("attributes", [{}, DLQ_ATTRIBUTES])
def test_odd_texts_are_kept(body: str, attributes: dict[str, str]) -> None:
    event = parse(message(body, attributes), place())
    assert event.stored.body == body
    assert event_line(event)


def test_deep_notifications_are_kept() -> None:
    deep = json.dumps(notification("x", MessageAttributes="HERE")).replace('"HERE"', '{"a":' * 900 + "1" + "}" * 900)
    assert parse(message(deep, DLQ_ATTRIBUTES), place()).stored.body == deep


def test_attributes_of_other_types_are_no_reason_to_fail() -> None:
    stored = Stored("m", "{}", {"RequestID": {"DataType": "Binary", "BinaryValue": b"\xff"}, "RULE_ARN": {}})
    event = parse(stored, place())
    assert event.origin is Origin.UNKNOWN
    assert json.loads(event_line(event))["messageAttributes"]["RequestID"]["BinaryValue"] == "/w=="
