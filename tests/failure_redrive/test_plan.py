from typing import Any

import pytest

from constructs_lib.failure_redrive.handler.plan import plan
from constructs_lib.failure_redrive.handler.settings import Settings
from tests.failure_redrive.conftest import OF_BUCKET, OF_QUEUE
from tests.failure_redrive.fakes import QUEUE, STARTED

START = "2026-05-04T00:00:00.000Z"


def planned(environment: dict[str, str], given: Any = None, **more: str) -> dict[str, Any]:
    return plan({} if given is None else given, START, Settings.of_environment({**environment, **more}))


def test_objects_are_shared_out_by_step_functions() -> None:
    assert planned(OF_BUCKET, {"limit": 7, "error": "KeyError"}) == {
        "workers": 10,
        "limit": 7,
        "job": {"started": STARTED, "deadline": STARTED + 3600, "interval": 0, "error": "KeyError"},
    }


def test_without_a_limit_all_objects_are_listed() -> None:
    assert planned(OF_BUCKET)["limit"] == 100_000_000


def test_each_worker_gets_a_share_of_the_limit() -> None:
    found = planned(OF_QUEUE, {"limit": 25})
    assert [item["limit"] for item in found["items"]] == [3] * 5 + [2] * 5
    assert found["workers"] == 10


def test_there_are_no_more_workers_than_messages_to_send() -> None:
    found = planned(OF_QUEUE, {"limit": 3})
    assert [item["limit"] for item in found["items"]] == [1, 1, 1]


def test_without_a_limit_nobody_has_one() -> None:
    assert [item["limit"] for item in planned(OF_QUEUE)["items"]] == [None] * 10


@pytest.mark.parametrize(
    ("rate", "workers", "interval"), [("0.1", 1, 10), ("2.5", 2, 0.8), ("10", 10, 1), ("1000", 10, 0.01)]
)
def test_all_workers_together_keep_the_rate(rate: str, workers: int, interval: float) -> None:
    found = planned(OF_QUEUE, RATE=rate)
    assert found["workers"] == len(found["items"]) == workers
    assert found["items"][0]["job"]["interval"] == pytest.approx(interval)
    assert workers / found["items"][0]["job"]["interval"] == pytest.approx(float(rate))


@pytest.mark.parametrize(("arn", "quota"), [(QUEUE, 120_000), (f"{QUEUE}.fifo", 20_000)])
@pytest.mark.parametrize("workers", ["1", "10", "1000"])
def test_all_workers_together_hide_no_more_than_sqs_allows(arn: str, quota: int, workers: str) -> None:
    found = planned(OF_QUEUE, PLACE_ARN=arn, MAX_CONCURRENCY=workers)
    assert sum(item["job"]["hold"] + 10 for item in found["items"]) <= quota


def test_the_plan_of_many_workers_fits_into_a_state() -> None:
    import json

    found = planned(OF_QUEUE, {"limit": 10**7, "error": "x" * 20}, MAX_CONCURRENCY="1000", RATE="3333.3")
    assert len(json.dumps(found)) < 256 * 1024


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"limits": 5}, "expected an input of limit and error or {}, found 'limits'"),
        ([1], r"expected an input of limit and error or {}, found \[1\]"),
        ({"limit": 0}, "expected limit to be a whole number above 0, found 0"),
        ({"limit": "5"}, "expected limit to be a whole number above 0, found '5'"),
        ({"limit": True}, "expected limit to be a whole number above 0, found True"),
        ({"limit": 1.5}, "expected limit to be a whole number above 0, found 1.5"),
        ({"error": 5}, "expected error to be a text, found 5"),
    ],
)
def test_what_is_no_input_is_refused(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        planned(OF_QUEUE, given)
