import json
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from tests.handlers.conftest import CONTEXT, InMemoryTable

GOOD = json.dumps({"job": "word-count", "text": "a"})
BAD = "not JSON"


@pytest.fixture
def jobs(load_idempotent: Callable[[str], ModuleType]) -> ModuleType:
    return load_idempotent("jobs")


def message(body: str, number: int = 0, queue: str = "jobs", **attributes: str) -> dict[str, Any]:
    arn = f"arn:aws:sqs:eu-central-1:111122223333:{queue}"
    if queue.endswith(".fifo"):
        attributes = {"MessageGroupId": "g", "MessageDeduplicationId": f"d{number}", **attributes}
    return {"messageId": f"m{number}", "eventSourceARN": arn, "body": body, "attributes": attributes}


def batch(*bodies: str, queue: str = "jobs") -> dict[str, Any]:
    return {"Records": [message(body, number, queue) for number, body in enumerate(bodies)]}


def done(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the ids of the messages whose job ran to its end, in their order."""
    return [vars(record)["message_id"] for record in caplog.records if record.message == "job done"]


def failures(jobs: ModuleType, event: dict[str, Any]) -> list[str]:
    answer = jobs.handler(event, CONTEXT)
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


@pytest.mark.parametrize("queue", ["jobs", "jobs.fifo"])
def test_a_batch_of_which_nothing_could_be_done_raises(jobs: ModuleType, queue: str) -> None:
    with pytest.raises(BatchProcessingError, match="All records failed processing"):
        jobs.handler(batch(BAD, BAD, queue=queue), CONTEXT)


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"Records": [{"body": GOOD}]}, {"Records": [{}]}])
def test_an_event_that_is_no_batch_raises(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture, event: dict[str, Any]
) -> None:
    caplog.set_level("INFO")

    with pytest.raises((KeyError, IndexError)):
        jobs.handler(event, CONTEXT)

    assert caplog.records == []


@pytest.mark.parametrize("queue", ["jobs", "jobs.fifo"])
def test_a_message_that_comes_again_is_not_done_again(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture, table: InMemoryTable, queue: str
) -> None:
    caplog.set_level("INFO")

    assert failures(jobs, batch(GOOD, queue=queue)) == []
    assert failures(jobs, batch(GOOD, GOOD, queue=queue)) == []

    assert done(caplog) == ["m0", "m1"]
    assert table.statuses() == ["COMPLETED", "COMPLETED"]


def test_what_is_sent_to_a_fifo_queue_again_is_not_done_again(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    first = message(GOOD, 0, "jobs.fifo", MessageDeduplicationId="order-7")
    repeated = message(GOOD, 1, "jobs.fifo", MessageDeduplicationId="order-7")
    other_group = message(GOOD, 2, "jobs.fifo", MessageDeduplicationId="order-7", MessageGroupId="other")
    other_queue = message(GOOD, 3, "more.fifo", MessageDeduplicationId="order-7")

    for record in (first, repeated, other_group, other_queue):
        assert failures(jobs, {"Records": [record]}) == []

    assert done(caplog) == ["m0", "m2", "m3"]


def test_equal_messages_of_a_standard_queue_are_different_jobs(
    jobs: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    assert failures(jobs, batch(GOOD, GOOD)) == []

    assert done(caplog) == ["m0", "m1"]


def test_a_failed_message_is_tried_again(
    jobs: ModuleType,
    caplog: pytest.LogCaptureFixture,
    table: InMemoryTable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("INFO")

    def broken(_: object) -> None:
        raise OSError("for a while")

    with monkeypatch.context() as patch:
        patch.setitem(jobs.JOBS, "word-count", broken)
        assert failures(jobs, batch(GOOD, json.dumps({"job": "checksum", "text": ""}))) == ["m0"]
    assert table.statuses() == ["COMPLETED"]  # nothing of the failed one

    assert failures(jobs, batch(GOOD)) == []

    assert done(caplog) == ["m1", "m0"]


@pytest.mark.parametrize(("remaining", "again"), [(30_000, []), (-1, ["m0"])])
def test_what_a_timeout_interrupted_is_done_again_what_still_runs_is_not(
    jobs: ModuleType,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    remaining: int,
    again: list[str],
) -> None:
    caplog.set_level("INFO")

    def killed(_: object) -> None:
        raise KeyboardInterrupt  # no exception that the handler could see

    with monkeypatch.context() as patch:
        patch.setitem(jobs.JOBS, "word-count", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.handler(batch(GOOD), SimpleNamespace(get_remaining_time_in_millis=lambda: remaining))

    other = message(json.dumps({"job": "checksum", "text": ""}), 1)
    came_back = failures(jobs, {"Records": [message(GOOD), other]})

    assert came_back == [found for found in ["m0"] if found not in again]
    assert done(caplog) == [*again, "m1"]
