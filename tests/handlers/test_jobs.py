import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

GOOD = json.dumps({"job": "word-count", "text": "a"})
BAD = "not JSON"


@pytest.fixture
def jobs(load_handler: Callable[[str], ModuleType]) -> ModuleType:
    return load_handler("jobs")


def batch(*bodies: str, queue: str = "jobs") -> dict[str, Any]:
    arn = f"arn:aws:sqs:eu-central-1:111122223333:{queue}"
    return {"Records": [{"messageId": f"m{n}", "eventSourceARN": arn, "body": b} for n, b in enumerate(bodies)]}


def failures(jobs: ModuleType, event: dict[str, Any]) -> list[str]:
    answer = jobs.handler(event, None)
    assert set(answer) == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.mark.parametrize(
    ("job", "result"),
    [
        ({"job": "word-count", "text": "To be or not to be"}, {"words": 6, "most_frequent": ["to", "be", "or"]}),
        ({"job": "word-count", "text": ""}, {"words": 0, "most_frequent": []}),
        (
            {"job": "checksum", "text": "abc"},
            {"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        ),
        ({"job": "summary", "numbers": [4, 1.5, 0.5]}, {"count": 3, "mean": 2.0, "median": 1.5}),
    ],
)
def test_a_job(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture, job: dict[str, object], result: dict[str, object]
) -> None:
    caplog.set_level("INFO")

    assert failures(jobs, batch(json.dumps(job))) == []

    (record,) = caplog.records
    assert (record.message, vars(record)["message_id"]) == ("job done", "m0")
    assert (vars(record)["job"], vars(record)["result"]) == (job["job"], result)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (BAD, "Expecting value"),
        ("[]", "expected an object whose job is one of word-count, checksum, summary, found []"),
        ('{"job": "unknown"}', 'found {"job": "unknown"}'),
        ('{"job": ["word-count"]}', "expected an object whose job"),
        ('{"job": "word-count"}', "text: expected a text"),
        ('{"job": "checksum", "text": 5}', "text: expected a text"),
        ('{"job": "summary", "numbers": []}', "numbers: expected a list of at least one number"),
        ('{"job": "summary", "numbers": [1, true]}', "numbers: expected"),
    ],
)
def test_a_bad_message_comes_back_and_the_others_are_done(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture, body: str, problem: str
) -> None:
    caplog.set_level("INFO")

    assert failures(jobs, batch(GOOD, body, GOOD)) == ["m1"]

    assert [record.message for record in caplog.records] == ["job done", "job failed", "job done"]
    assert problem in caplog.text


def test_several_bad_messages(jobs: ModuleType) -> None:
    assert failures(jobs, batch(BAD, GOOD, BAD)) == ["m0", "m2"]


def test_fifo_returns_the_first_failure_and_everything_after(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    assert failures(jobs, batch(GOOD, BAD, GOOD, BAD, queue="jobs.fifo")) == ["m1", "m2", "m3"]

    assert [record.message for record in caplog.records] == ["job done", "job failed"]


def test_a_fifo_batch_without_failures(jobs: ModuleType) -> None:
    assert failures(jobs, batch(GOOD, GOOD, queue="jobs.fifo")) == []


@pytest.mark.parametrize("event", [{}, {"Records": [{"body": GOOD}]}, {"Records": [*batch(GOOD)["Records"], {}]}])
def test_an_event_that_is_no_batch_raises_before_any_job(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture, event: dict[str, Any]
) -> None:
    caplog.set_level("INFO")

    with pytest.raises(KeyError):
        jobs.handler(event, None)

    assert caplog.records == []
