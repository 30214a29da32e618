import contextlib
import json
import time
from typing import Any

import pytest

from tests.failure_redrive.conftest import Work
from tests.failure_redrive.fakes import STARTED, FakeAccount, Killed, record, refused


def put(fake: FakeAccount, number: int) -> None:
    for each in range(number):
        fake.objects[f"failed/{each:03}"] = record(each).encode()


def batch() -> str:
    """Return the record of a batch that a mapping of a stream gave up, as a bucket gets it."""
    info = {
        "shardId": "shardId-0",
        "startSequenceNumber": "1",
        "endSequenceNumber": "2",
        "batchSize": 2,
        "streamArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
    }
    payload = json.dumps({"Records": [{"id": 1}, {"id": 2}]})
    return json.dumps({**json.loads(record(1)), "KinesisBatchInfo": info, "payload": payload})


def ids(fake: FakeAccount) -> list[int]:
    return sorted(event["id"] for event in fake.invoked)


def test_an_object_is_deleted_after_lambda_has_accepted_its_event(fake: FakeAccount, objects: Work) -> None:
    put(fake, 1)
    answer = objects()
    assert (answer["sent"], answer["left"], answer["again"], answer["done"]) == (1, {}, False, True)
    assert fake.objects == {}
    assert fake.calls == ["get_object", "invoke", "delete_object"]


def test_all_are_sent(fake: FakeAccount, objects: Work) -> None:
    put(fake, 37)
    assert objects()["sent"] == 37
    assert ids(fake) == list(range(37))
    assert fake.objects == {}


def test_a_batch_of_a_stream_is_handed_to_the_function_at_once(fake: FakeAccount, objects: Work) -> None:
    fake.objects["failed/batch"] = batch().encode()
    answer = objects()
    assert fake.invoked == [{"Records": [{"id": 1}, {"id": 2}]}]
    assert (answer["sent"], fake.objects) == (1, {})


def test_a_batch_that_fails_again_stays(fake: FakeAccount, objects: Work) -> None:
    fake.objects["failed/batch"] = batch().encode()
    fake.refuse = lambda operation, _: refused("InvalidRequestContentException") if operation == "invoke" else None
    answer = objects()
    assert (answer["sent"], list(fake.objects)) == (0, ["failed/batch"])


def test_what_nobody_foresaw_stops_no_other_event(fake: FakeAccount, objects: Work) -> None:
    put(fake, 12)

    def stumble(operation: str, request: dict[str, Any]) -> None:
        if operation == "invoke" and json.loads(request["Payload"]) == {"id": 5}:
            raise KeyError("surprise")

    fake.refuse = stumble
    answer = objects()
    assert (answer["sent"], answer["done"], list(fake.objects)) == (11, False, ["failed/005"])
    assert list(answer["left"]) == ["KeyError: 'surprise'"]


def test_what_is_no_event_stays_with_a_reason(fake: FakeAccount, objects: Work) -> None:
    put(fake, 3)
    odd = {"failed/a": b"no event", "failed/b": b"\xff\xfe", "failed/c": b"", "failed/d": b"{}"}
    fake.objects |= odd
    answer = objects()
    assert (answer["sent"], sum(answer["left"].values()), answer["done"]) == (3, 4, False)
    assert fake.objects == odd
    assert any("UTF-8" in reason for reason in answer["left"])


def test_what_is_large_is_not_even_read(fake: FakeAccount, objects: Work) -> None:
    answer = objects([{"Key": "failed/large", "Size": 20 * 1024**2, "LastModified": STARTED - 1}])
    assert fake.calls == []
    assert any("too large" in reason for reason in answer["left"])


def test_folders_and_what_is_gone_are_no_failures(fake: FakeAccount, objects: Work) -> None:
    put(fake, 1)
    fake.objects["failed/folder/"] = b""
    items = [*fake.items(), {"Key": "failed/gone", "Size": 5, "LastModified": STARTED - 1}]
    answer = objects(items)
    assert (answer["sent"], answer["left"], answer["done"]) == (1, {}, True)


@pytest.mark.parametrize("gone", [True, False])
def test_a_denied_object_is_asked_for_in_the_list(fake: FakeAccount, objects: Work, gone: bool) -> None:
    put(fake, 1)
    fake.objects["failed/000-longer"] = record(9).encode()
    items = fake.items()[:1]
    if gone:
        del fake.objects["failed/000"]
    fake.refuse = lambda operation, _: refused("AccessDenied") if operation == "get_object" else None
    answer = objects(items)
    assert answer["done"] is gone
    assert all("AccessDenied" in reason for reason in answer["left"])


def test_what_failed_after_the_start_is_for_another_execution(fake: FakeAccount, objects: Work) -> None:
    put(fake, 2)
    answer = objects(fake.items(at=STARTED + 1))
    assert (answer["sent"], answer["done"], fake.calls) == (0, True, [])


def test_what_lambda_refuses_stays_and_the_rest_is_not_tried(fake: FakeAccount, objects: Work) -> None:
    put(fake, 50)
    fake.refuse = lambda operation, _: refused("ResourceNotFoundException") if operation == "invoke" else None
    answer = objects()
    assert (answer["sent"], sum(answer["left"].values()), answer["again"]) == (0, 50, False)
    assert len(fake.objects) == 50
    assert fake.calls.count("invoke") == 10


def test_what_cannot_be_deleted_is_said(fake: FakeAccount, objects: Work) -> None:
    put(fake, 2)
    fake.lasting = {"failed/000"}
    answer = objects()
    assert (answer["sent"], list(fake.objects), answer["done"]) == (2, ["failed/000"], False)
    assert any("could not be removed" in reason for reason in answer["left"])


def test_without_time_it_goes_on_in_the_next_invocation(fake: FakeAccount, objects: Work) -> None:
    put(fake, 5)
    answer = objects(remaining=60)
    assert (answer["sent"], answer["again"], len(answer["Items"])) == (0, True, 5)
    again = objects(answer["Items"])
    assert (again["sent"], again["again"], again["done"]) == (5, False, True)


def test_a_rate_is_kept_across_invocations(fake: FakeAccount, objects: Work) -> None:
    put(fake, 5)
    answer = objects(remaining=120.3, interval=0.2)  # the first waits, too; there is no time for a second
    assert (answer["sent"], answer["again"], len(answer["Items"])) == (1, True, 4)
    assert answer["left"] == {}


def test_nothing_is_taken_when_the_time_is_over(fake: FakeAccount, objects: Work) -> None:
    put(fake, 5)
    answer = objects(deadline=time.time() - 1)
    assert (answer["again"], answer["done"], fake.calls) == (False, False, [])
    assert answer["left"] == {"the time of the execution was over": 5}


@pytest.mark.parametrize("kill_at", range(1, 40, 3))
def test_killed_at_any_call_each_event_is_somewhere(fake: FakeAccount, objects: Work, kill_at: int) -> None:
    put(fake, 12)
    fake.kill_at = kill_at
    with contextlib.suppress(Killed):
        objects()
    there = {json.loads(body)["requestPayload"]["id"] for body in fake.objects.values()}
    assert there | set(ids(fake)) == set(range(12))
