import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.response import StreamingBody

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import FailedEvent, Origin
from constructs_lib.operations.redrive.homes import Home, Way
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sending import send, send_all
from constructs_lib.operations.redrive.sent import Sent
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import ACCOUNT, FIFO, FUNCTION, QUEUE, STREAM, URL, destination, failed, message
from tests.operations.redrive.failed import BATCH as SHARD_BATCH

ASYNC = Home(Way.INVOKE, FUNCTION)
BATCH = Home(Way.BATCH, FUNCTION)
SECONDS_OF_A_FUNCTION = 930
ARRIVED = datetime(2026, 5, 4, tzinfo=UTC)
RECORDS = {"Records": [{"eventID": "1"}, {"eventID": "2"}]}


class Pauses(list[float]):
    """Waits for nothing, and remembers."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


def stuck(found: Sent | Reason) -> Reason:
    assert isinstance(found, Reason), found
    return found


def invocation(payload: bytes) -> dict[str, Any]:
    return {"FunctionName": FUNCTION, "InvocationType": "Event", "Payload": payload}


def answer(body: Any = None, **more: str) -> dict[str, Any]:
    raw = json.dumps(body).encode()
    return {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(raw), len(raw)), **more}


def test_an_event_is_accepted_when_lambda_queues_it(account: Account, stub: Stub) -> None:
    request = {"ResponseMetadata": {"RequestId": "r-1"}}
    lambda_ = stub("lambda")
    lambda_.add_response("invoke", {"StatusCode": 202, **request}, invocation(b'{"a":"\xc3\xbc"}'))
    assert send(account, destination(payload={"a": "ü"}), ASYNC) == Sent("r-1")


def test_a_payload_goes_as_it_came(account: Account, stub: Stub) -> None:
    body = '{ "amount": 12345678901234567890.10 }'
    stub("lambda").add_response("invoke", {"StatusCode": 202}, invocation(body.encode()))
    event = failed(Origin.FUNCTION_DLQ, body, function=FUNCTION, payload=json.loads(body), payload_text=body)
    assert isinstance(send(account, event, ASYNC), Sent)


def test_another_function_gets_a_message_as_from_a_mapping(account: Account, stub: Stub) -> None:
    got: list[dict[str, Any]] = []
    lambda_ = stub("lambda")
    lambda_.add_response("invoke", {"StatusCode": 202})
    account.client("lambda").meta.events.register(
        "provide-client-params.lambda.Invoke", lambda params, **_: got.append(json.loads(params["Payload"]))
    )
    attributes = {
        "kind": {"DataType": "String", "StringValue": "new"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    system = {"DeadLetterQueueSourceArn": QUEUE, "SentTimestamp": "1", "ApproximateReceiveCount": "3"}
    event = failed(Origin.SOURCE_QUEUE, "hello", attributes=attributes, system=system, payload="hello")
    assert isinstance(send(account, event, ASYNC), Sent)
    (record,) = got[0]["Records"]
    assert record["messageId"] == "m1"
    assert record["body"] == "hello"
    assert record["attributes"] == {"SentTimestamp": "1", "ApproximateReceiveCount": "3"}
    assert record["messageAttributes"]["kind"]["stringValue"] == "new"
    assert record["messageAttributes"]["raw"]["binaryValue"] == "AP8="
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", QUEUE, "eu-west-1")
    assert record["md5OfBody"] == "5d41402abc4b2a76b9719d911017c592"


def test_throttles_are_waited_for(account: Account, stub: Stub, pauses: Pauses) -> None:
    lambda_ = stub("lambda")
    lambda_.add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
    lambda_.add_client_error("invoke", "ServiceException", http_status_code=500)
    lambda_.add_response("invoke", {"StatusCode": 202})
    assert isinstance(send(account, destination(), ASYNC, pause=pauses), Sent)
    assert len(pauses) == 2
    assert pauses[1] > 0


def test_patience_ends_and_closes_the_home(account: Account, stub: Stub) -> None:
    stub("lambda").add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
    reason = stuck(send(account, destination(), ASYNC, patience=0))
    assert "TooManyRequestsException" in reason.text
    assert reason.refused
    assert reason.closes


def test_a_pause_that_is_broken_off_ends_the_patience(account: Account, stub: Stub) -> None:
    stub("lambda").add_client_error("invoke", "TooManyRequestsException", http_status_code=429)
    assert stuck(send(account, destination(), ASYNC, pause=lambda _: True)).refused


@pytest.mark.parametrize(
    ("code", "status", "closes"),
    [
        ("AccessDeniedException", 403, True),
        ("ResourceNotFoundException", 404, True),
        ("ExpiredTokenException", 400, True),
        ("KMSAccessDeniedException", 502, True),
        ("InvalidRequestContentException", 400, False),
        ("RequestTooLargeException", 413, False),
    ],
)
def test_a_refusal_closes_a_home_or_is_about_the_event(
    account: Account, stub: Stub, pauses: Pauses, code: str, status: int, closes: bool
) -> None:
    stub("lambda").add_client_error("invoke", code, "no", http_status_code=status)
    reason = stuck(send(account, destination(), ASYNC, pause=pauses))
    assert code in reason.text
    assert reason.refused
    assert reason.closes == closes
    assert not pauses


def test_records_are_done_when_the_function_ends_without_an_error(account: Account, stub: Stub) -> None:
    lambda_ = stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION)
    lambda_.add_response("invoke", answer({"batchItemFailures": [{"itemIdentifier": "1"}]}))
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, source=STREAM, payload=RECORDS)
    assert isinstance(send(account, event, BATCH), Sent)  # the mapping does not read what the answer says


@pytest.mark.parametrize(
    ("body", "is_done"),
    [
        ({"batchItemFailures": []}, True),
        (None, True),
        ({"batchItemFailures": None}, True),
        ({}, True),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, False),
    ],
)
@pytest.mark.parametrize("partial", [True, None])
def test_partial_answers_are_read(account: Account, stub: Stub, body: Any, is_done: bool, partial: bool | None) -> None:
    stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION).add_response("invoke", answer(body))
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, source=STREAM, payload=RECORDS)
    assert isinstance(send(account, event, Home(Way.BATCH, FUNCTION, partial_batches=partial)), Sent) == is_done


@pytest.mark.parametrize("raw", [b'"ok"', b"[]", b"no JSON"])
def test_an_answer_that_is_no_object_is_a_failure_only_to_a_mapping_that_reads_it(
    account: Account, stub: Stub, raw: bytes
) -> None:
    lambda_ = stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION)
    for _ in range(3):
        lambda_.add_response("invoke", {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(raw), len(raw))})
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, source=STREAM, payload=RECORDS)
    for partial in (False, None):
        assert isinstance(send(account, event, Home(Way.BATCH, FUNCTION, partial_batches=partial)), Sent)
    found = stuck(send(account, event, Home(Way.BATCH, FUNCTION, partial_batches=True)))
    assert "is not as the mapping reads it" in found.text
    assert found.maybe_sent


def test_records_stay_when_the_function_fails(account: Account, stub: Stub) -> None:
    said = answer({"errorType": "ValueError", "errorMessage": "no"}, FunctionError="Unhandled")
    stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION).add_response("invoke", said)
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, payload=RECORDS)
    assert "ValueError" in stuck(send(account, event, BATCH)).text


def test_a_batch_above_the_limit_is_split_in_order(account: Account, stub: Stub) -> None:
    got: list[list[int]] = []
    lambda_ = stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION)
    client = account.client("lambda", read_timeout=SECONDS_OF_A_FUNCTION)
    client.meta.events.register(
        "provide-client-params.lambda.Invoke",
        lambda params, **_: got.append([record["n"] for record in json.loads(params["Payload"])["Records"]]),
    )
    records = [{"n": n, "data": "x" * 2_000_000} for n in range(4)]
    for _ in range(2):
        lambda_.add_response("invoke", answer())
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, payload={"Records": records})
    assert isinstance(send(account, event, BATCH), Sent)
    assert got == [[0, 1], [2, 3]]


@pytest.mark.parametrize("before", [0, 1])
def test_a_record_above_the_limit_keeps_the_whole_batch(account: Account, stub: Stub, before: int) -> None:
    stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION)  # is not asked for anything
    records = [{"data": "x"}] * before + [{"data": "x" * 7_000_000}]
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, payload={"Records": records})
    found = stuck(send(account, event, BATCH))
    assert "6 MB" in found.text
    assert not found.maybe_sent


def test_a_split_batch_of_which_a_part_was_refused_may_have_been_sent(account: Account, stub: Stub) -> None:
    lambda_ = stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION)
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, payload={"Records": [{"data": "x" * 4_000_000}] * 2})
    lambda_.add_client_error("invoke", "AccessDeniedException", http_status_code=403)
    assert not stuck(send(account, event, BATCH)).maybe_sent
    lambda_.add_response("invoke", answer())
    lambda_.add_client_error("invoke", "AccessDeniedException", http_status_code=403)
    found = stuck(send(account, event, BATCH))
    assert found.maybe_sent
    assert found.closes


def of_shard(stub: Stub, *numbers: int) -> None:
    """Let the shard hold records with these sequence numbers."""
    kinesis = stub("kinesis")
    kinesis.add_response("get_shard_iterator", {"ShardIterator": "i"})
    records = [{"SequenceNumber": str(n), "Data": b"{}", "PartitionKey": "k", "ApproximateArrivalTimestamp": ARRIVED}
               for n in numbers]  # fmt: skip
    kinesis.add_response("get_records", {"Records": records, "MillisBehindLatest": 0})


def test_records_that_the_function_may_not_have_had_stay(account: Account, stub: Stub) -> None:
    of_shard(stub, 1, 5, 9)
    event = failed(Origin.STREAM_BATCH, source=STREAM, batch=SHARD_BATCH)
    assert stuck(send(account, event, BATCH)).text == (
        "the stream holds 3 records from the first to the last of the batch, which had 2: a filter or parallel "
        "batches; give --to FUNCTION to send all"
    )


def test_all_records_go_to_a_function_that_somebody_names(account: Account, stub: Stub) -> None:
    of_shard(stub, 1, 5, 9)
    stub("lambda").add_response("invoke", {"StatusCode": 202})
    assert isinstance(send(account, failed(Origin.STREAM_BATCH, source=STREAM, batch=SHARD_BATCH), ASYNC), Sent)


def test_as_many_records_as_the_batch_had_are_the_batch(account: Account, stub: Stub) -> None:
    of_shard(stub, 1, 9)
    stub("lambda", read_timeout=SECONDS_OF_A_FUNCTION).add_response("invoke", answer())
    assert isinstance(send(account, failed(Origin.STREAM_BATCH, source=STREAM, batch=SHARD_BATCH), BATCH), Sent)


def with_url(stub: Stub, queue: str = QUEUE) -> Any:
    sqs = stub("sqs")
    expected = {"QueueName": queue.rsplit(":", 1)[1], "QueueOwnerAWSAccountId": ACCOUNT}
    sqs.add_response("get_queue_url", {"QueueUrl": URL}, expected)
    return sqs


def accepted(*ids: str) -> dict[str, Any]:
    return {"Successful": [{"Id": n, "MessageId": f"new-{n}", "MD5OfMessageBody": ""} for n in ids], "Failed": []}


def test_messages_go_back_ten_a_call_with_their_attributes(account: Account, stub: Stub) -> None:
    sqs = with_url(stub)
    attributes = {"kind": {"DataType": "String", "StringValue": "new"}}
    events = [failed(Origin.SOURCE_QUEUE, f"b{n}", id=f"m{n}", attributes=attributes) for n in range(12)]
    entries = [{"Id": str(n), "MessageBody": f"b{n}", "MessageAttributes": attributes} for n in range(12)]
    for part in (range(10), range(10, 12)):
        request = {"QueueUrl": URL, "Entries": [entries[n] for n in part]}
        sqs.add_response("send_message_batch", accepted(*map(str, part)), request)
    assert send_all(account, events, Home(Way.QUEUE, QUEUE)) == [Sent(f"new-{n}") for n in range(12)]


def test_a_call_holds_no_more_than_a_megabyte(account: Account, stub: Stub) -> None:
    sqs = with_url(stub)
    for n in range(2):
        sqs.add_response("send_message_batch", accepted(str(n)))
    events = [message(f"m{n}", "x" * 600_000) for n in range(2)]
    assert send_all(account, events, Home(Way.QUEUE, QUEUE)) == [Sent("new-0"), Sent("new-1")]


def test_a_fifo_message_keeps_its_group_and_is_sent_once(account: Account, stub: Stub) -> None:
    sqs = with_url(stub, FIFO)
    entry = {
        "Id": "0",
        "MessageBody": "hello",
        "MessageAttributes": {},
        "MessageGroupId": "g",
        "MessageDeduplicationId": "redrive-m1",
    }
    for _ in range(2):
        sqs.add_response("send_message_batch", accepted("0"), {"QueueUrl": URL, "Entries": [entry]})
    event = message(queue=FIFO, group="g")
    for _ in range(2):
        assert isinstance(send(account, event, Home(Way.QUEUE, FIFO, "g")), Sent)


def test_only_what_sqs_could_not_take_yet_is_sent_again(account: Account, stub: Stub, pauses: Pauses) -> None:
    sqs = with_url(stub)
    later = {"Id": "1", "Code": "InternalError", "SenderFault": False}
    never = {"Id": "2", "Code": "InvalidMessageContents", "Message": "no", "SenderFault": True}
    sqs.add_response("send_message_batch", {**accepted("0"), "Failed": [later, never]})
    again = {"Id": "1", "MessageBody": "hello", "MessageAttributes": {}}
    sqs.add_response("send_message_batch", accepted("1"), {"QueueUrl": URL, "Entries": [again]})
    found = send_all(account, [message(f"m{n}") for n in range(3)], Home(Way.QUEUE, QUEUE), pause=pauses)
    assert found[:2] == [Sent("new-0"), Sent("new-1")]
    assert "InvalidMessageContents" in stuck(found[2]).text
    assert not stuck(found[2]).closes


def test_a_queue_that_is_gone_closes_the_home(account: Account, stub: Stub) -> None:
    stub("sqs").add_client_error("get_queue_url", "AWS.SimpleQueueService.NonExistentQueue", http_status_code=400)
    found = send_all(account, [message("a"), message("b")], Home(Way.QUEUE, QUEUE))
    assert [stuck(reason).closes for reason in found] == [True, True]


def test_what_the_answer_does_not_name_stays(account: Account, stub: Stub) -> None:
    with_url(stub).add_response("send_message_batch", accepted())
    assert stuck(send(account, message(), Home(Way.QUEUE, QUEUE))).maybe_sent


@pytest.mark.parametrize("event", [destination(function=None), message()])
def test_no_credentials_close_the_home(event: FailedEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    account = Account(boto3.Session(region_name="eu-west-1"))
    home = Home(Way.QUEUE, QUEUE) if event.origin is Origin.SOURCE_QUEUE else ASYNC
    reason = stuck(send(account, event, home, patience=0))
    assert "credentials" in reason.text
    assert reason.closes
