"""Choosing and grouping failed events by why they failed."""

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from constructs_lib.operations.events.as_json import cause_line
from constructs_lib.operations.events.event import FailedEvent, Failure, Origin
from constructs_lib.operations.events.filtering import matches
from constructs_lib.operations.events.grouping import causes
from tests.operations.events.samples import FUNCTION, OTHER, message


def failed(failure: Failure, id: str = "m", day: int = 1, function: str = FUNCTION) -> FailedEvent:
    stored = dataclasses.replace(message("{}"), id=id)
    time = datetime(2026, 3, day, tzinfo=UTC)
    return FailedEvent(stored, Origin.DESTINATION, function=function, failure=failure, last=time)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order 17 has no lines", "order 4711 has no lines"),
        ("no item 0b6f5a9e-5d6a-4a59-8c5e-6f1f0a1d2e3f", "no item 11111111-2222-3333-4444-555555555555"),
        ("since 2026-03-01T10:00:00.123Z: no", "since 2025-12-31 23:59:59+01:00: no"),
        ("key ab12cd34ef56ab12 is taken", "key 99zz88yy77xx66ww is taken"),
        ("took 1.5 s", "took 12 s"),
    ],
)
def test_ids_and_numbers_do_not_split_a_cause(one: str, other: str) -> None:
    assert len(causes([failed(Failure(one, "E")), failed(Failure(other, "E"))])) == 1


@pytest.mark.parametrize(
    "other", [Failure("order 17 has no price", "E"), Failure("order 17 has no lines", "F"), Failure()]
)
def test_other_types_and_messages_are_other_causes(other: Failure) -> None:
    assert len(causes([failed(Failure("order 17 has no lines", "E")), failed(other)])) == 2


def test_a_cause_has_its_count_functions_times_and_an_example() -> None:
    found = causes(
        [
            failed(Failure("rare", "E"), "m0"),
            failed(Failure("order 1", "E"), "m1", 3),
            failed(Failure("order 2", "E"), "m2", 2, OTHER),
        ]
    )
    assert next(json.loads(cause_line(cause)) for cause in found) == {
        "count": 2,
        "type": "E",
        "message": "order <n>",
        "functions": sorted([FUNCTION, OTHER]),
        "first": "2026-03-02T00:00:00.000+00:00",
        "last": "2026-03-03T00:00:00.000+00:00",
        "example": "m1",
    }


def test_without_a_type_the_condition_tells_causes_apart() -> None:
    found = causes([failed(Failure(condition="RetriesExhausted")), failed(Failure(condition="EventAgeExceeded"))])
    assert {cause.type for cause in found} == {"RetriesExhausted", "EventAgeExceeded"}


@pytest.mark.parametrize("text", ["valueerror", "NO LINES", "ValueError: order", "Exhausted", ""])
def test_a_filter_finds_type_message_and_condition(text: str) -> None:
    assert matches(failed(Failure("order has no lines", "ValueError", "RetriesExhausted")), text)


@pytest.mark.parametrize("failure", [Failure("timed out"), Failure()])
def test_a_filter_leaves_out_the_others(failure: Failure) -> None:
    assert not matches(failed(failure), "ValueError")
