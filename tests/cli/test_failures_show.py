import io
import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from constructs_lib.cli import main
from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place
from tests.operations import stubs
from tests.operations.events.samples import (
    DLQ_ATTRIBUTES,
    FUNCTION,
    QUEUE,
    SENT,
    SOURCE,
    batch,
    destination,
    place,
    stream_info,
    use,
)

ONE_RECORD = stream_info() | {"startSequenceNumber": "1", "endSequenceNumber": "1", "batchSize": 1}
COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-failed"


class Cloud:
    """A queue or bucket that answers what a test tells it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = stubs.account()
        self.place = place(use(Origin.FUNCTION_DLQ, FUNCTION))
        self.notes: list[str] = []
        self._stubs: dict[str, Stubber] = {}
        monkeypatch.setattr("constructs_lib.cli.failures.show.account_of", lambda _options: self.account)
        monkeypatch.setattr("constructs_lib.operations.places.finding.find_place", self._find)

    def _find(self, _account: Account, name: str, *, note: Any) -> Place:
        assert name == "orders-failed"
        for one in self.notes:
            note(one)
        return self.place

    def stub(self, service: str) -> Stubber:
        if service not in self._stubs:
            self._stubs[service] = Stubber(self.account.client(service))
            self._stubs[service].activate()
        return self._stubs[service]

    def all_was_asked_for(self) -> None:
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()

    def opens(self, count: int, **attributes: str) -> None:
        sqs = self.stub("sqs")
        sqs.add_response("get_queue_url", {"QueueUrl": URL})
        asked = ["RedrivePolicy", "FifoQueue", *COUNTS]
        sqs.add_response(
            "get_queue_attributes",
            {"Attributes": {"ApproximateNumberOfMessages": str(count)} | attributes},
            {"QueueUrl": URL, "AttributeNames": asked},
        )

    def hands_out(self, *bodies: object, attributes: dict[str, str] | None = None, **system: str) -> None:
        sent = {name: {"DataType": "String", "StringValue": text} for name, text in (attributes or {}).items()}
        messages = [
            {
                "MessageId": f"m{number}",
                "ReceiptHandle": f"r{number}",
                "Body": body if isinstance(body, str) else json.dumps(body),
                "Attributes": {"SentTimestamp": SENT} | system,
                "MessageAttributes": sent,
            }
            for number, body in enumerate(bodies)
        ]
        self.stub("sqs").add_response("receive_message", {"Messages": messages})

    def closes(self) -> None:
        self.stub("sqs").add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})

    def holds(self, *bodies: object, attributes: dict[str, str] | None = None, **system: str) -> None:
        self.opens(len(bodies))
        self.hands_out(*bodies, attributes=attributes, **system)
        self.hands_out()
        self.closes()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    made = Cloud(monkeypatch)
    yield made
    made.all_was_asked_for()


def show(capsys: pytest.CaptureFixture[str], *options: str, code: int = 0) -> tuple[str, str]:
    assert main(["failures", "show", "orders-failed", *options]) == code
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_an_event_is_told_with_all_that_is_known(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(destination())
    out, err = show(capsys)
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "1. m0 on-failure destination, execution",
        f"function {FUNCTION}:$LATEST",
        "error ValueError: order 17 has no lines",
        "condition RetriesExhausted",
        "request e4b46cbf",
        "attempts 3",
        "last 2026-03-01 10:00:00 UTC",
        "trace",
        "File index.py, line 3",
        "payload",
        "{",
        '"id": 17',
        "}",
        "",
    ]
    assert err == "lambda-invocations: 1 event\n"


def test_a_long_payload_is_cut_and_that_is_said(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(destination(requestPayload="x" * 5_000))
    out, _ = show(capsys, "--payload", "100")
    assert "x" * 99 in out
    assert "x" * 101 not in out
    assert "cut after 100 of 5002 characters" in out


def test_a_message_of_a_queue_shows_its_text_group_and_attributes(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.holds("plain text", attributes={"kind": "order"}, DeadLetterQueueSourceArn=SOURCE, MessageGroupId="g1")
    out, _ = show(capsys)
    for expected in (f"source     {SOURCE}", "group      g1", "attributes kind=order", "plain text", "does not tell"):
        assert expected in out


def test_unknown_formats_are_shown_raw_with_the_reason(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds('{"some": 1.50', destination())
    out, err = show(capsys)
    assert '{"some": 1.50' in out
    assert "no JSON" in out
    assert "2. m1  on-failure destination" in out  # the others are not hidden
    assert "2 events" in err


def test_names_from_outside_cannot_steer_the_terminal(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(
        {"text": "\x1b[2J"}, "\x1b[2J", attributes=DLQ_ATTRIBUTES | {"ErrorMessage": "a\x1b[2J\nfunction   forged"}
    )
    out, _ = show(capsys)
    assert "\x1b" not in out
    assert not any(line.strip().startswith("function   forged") for line in out.splitlines())


def test_json_has_one_line_for_each_event(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(destination(), "no JSON")
    out, _ = show(capsys, "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert first == {
        "id": "m0",
        "origin": "on-failure destination",
        "stage": "execution",
        "function": f"{FUNCTION}:$LATEST",
        "source": None,
        "error": {
            "type": "ValueError",
            "message": "order 17 has no lines",
            "condition": "RetriesExhausted",
            "trace": ["  File index.py, line 3"],
        },
        "request": "e4b46cbf",
        "attempts": 3,
        "first": None,
        "last": "2026-03-01T10:00:00.123+00:00",
        "payload": {"id": 17},
        "messageAttributes": {},
        "systemAttributes": {"SentTimestamp": SENT},
    }
    assert (second["origin"], second["body"]) == ("unknown", "no JSON")
    assert "whyRaw" in second


def test_json_parses_the_messages_of_a_queue(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds({"id": 17}, "text", DeadLetterQueueSourceArn=SOURCE)
    out, _ = show(capsys, "--json")
    assert [json.loads(line)["payload"] for line in out.splitlines()] == [{"id": 17}, "text"]


def test_only_events_with_an_error(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(destination(), destination(responsePayload={"errorMessage": "timed out"}))
    out, err = show(capsys, "--error", "VALUEERROR")
    assert out.count("on-failure destination") == 1
    assert "1 event of 2 that were read" in err


def test_causes_are_counted(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    failed = [destination(responsePayload={"errorType": "E", "errorMessage": f"order {n}"}) for n in range(3)]
    cloud.holds(*failed, "odd")
    out, _ = show(capsys, "--group-by", "error")
    assert out.splitlines() == [
        "     3  E: order <n>",
        "        function  orders:$LATEST",
        "        time      2026-03-01 10:00:00 UTC to 2026-03-01 10:00:00 UTC",
        "        example   m0",
        "     1  (no error is told)",
        "        function  (the place does not tell)",
        "        time      2023-11-14 22:13:20 UTC to 2023-11-14 22:13:20 UTC",
        "        example   m3",
    ]


def test_causes_as_json(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(destination())
    out, _ = show(capsys, "--group-by", "error", "--json")
    assert json.loads(out)["message"] == "order <n> has no lines"


def test_the_records_of_a_batch_are_fetched_back(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(batch("KinesisBatchInfo", ONE_RECORD), batch("KinesisBatchInfo", ONE_RECORD))
    kinesis = cloud.stub("kinesis")
    kinesis.add_response("get_shard_iterator", {"ShardIterator": "i"})
    record = {"SequenceNumber": "1", "PartitionKey": "key-1", "Data": b"x", "ApproximateArrivalTimestamp": NOON}
    kinesis.add_response("get_records", {"Records": [record]})
    cloud.stub("lambda").add_client_error("get_function_configuration", "AccessDeniedException")
    kinesis.add_client_error("get_shard_iterator", "ResourceNotFoundException")
    out, _ = show(capsys)
    assert '"partitionKey": "key-1"' in out
    assert "batch      1 records of shardId-000000000001, 1 to 1\n" in out
    assert "missing    expected the records 1 to 1 of shardId-000000000001" in out


def test_more_records_than_the_batch_had_are_told(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(batch("KinesisBatchInfo", ONE_RECORD, payload={"Records": [{}, {}, {}]}))
    out, _ = show(capsys)
    assert "1 to 1; the same part of the shard has 2 more\n" in out


def test_records_that_may_not_be_read_are_a_refusal(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(batch("KinesisBatchInfo", ONE_RECORD), destination())
    cloud.stub("kinesis").add_client_error("get_shard_iterator", "AccessDeniedException", "kinesis:GetShardIterator")
    out, err = show(capsys, "--json", code=3)
    assert "AccessDenied" in json.loads(out.splitlines()[0])["recordsMissing"]
    assert len(out.splitlines()) == 2
    assert "ask for the permission" in err


def test_causes_are_told_although_the_reading_broke_off(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.opens(20)
    cloud.hands_out(destination())
    cloud.stub("sqs").add_client_error("receive_message", "AWS.SimpleQueueService.NonExistentQueue", "gone")
    cloud.closes()
    out, err = show(capsys, "--group-by", "error", code=3)
    assert "order <n> has no lines" in out
    assert "it may be deleted" in err
    assert "1 event" in err


def test_a_denied_object_exits_3_and_hides_no_other(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.place = Place(Kind.BUCKET, "arn:aws:s3:::kept", (), "p/")
    s3, content = cloud.stub("s3"), json.dumps(destination()).encode()
    listed = [{"Key": key, "Size": 1, "LastModified": NOON} for key in ("p/1", "p/2")]
    s3.add_response("list_objects_v2", {"Contents": listed})
    s3.add_client_error("get_object", "AccessDenied", "not authorized")
    s3.add_response("get_object", {"Body": StreamingBody(io.BytesIO(content), len(content)), "LastModified": NOON})
    out, err = show(capsys, code=3)
    assert "1. p/2  on-failure destination" in out
    assert "s3://kept/p/1" in err


def test_what_of_the_configuration_cannot_be_read_is_told(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.notes.append("cannot list rules")
    cloud.holds(destination())
    out, err = show(capsys, code=3)
    assert "m0" in out
    assert "cannot list rules" in err


def test_a_queue_that_moves_messages_on_is_refused(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.opens(1, RedrivePolicy=json.dumps({"deadLetterTargetArn": f"{QUEUE}-2", "maxReceiveCount": 1}))
    out, err = show(capsys, code=2)
    assert out == ""
    assert "read orders-failed-2 instead" in err
    assert len(err.splitlines()) == 1


def test_ctrl_c_makes_all_visible_again(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    cloud.opens(2)
    cloud.hands_out(destination(), destination())
    cloud.closes()
    monkeypatch.setattr("constructs_lib.cli.failures.event_text.event_lines", stop)
    _, err = show(capsys, code=130)
    assert "stopped" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_being_received_when_it_is_stopped_is_made_visible_again(
    number: signal.Signals, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(**_: object) -> None:
        signal.raise_signal(number)

    cloud.opens(2)
    cloud.hands_out(destination(), destination())
    cloud.closes()
    cloud.account.client("sqs").meta.events.register("before-parameter-build.sqs.ReceiveMessage", stop)
    out, err = show(capsys, code=130)
    assert out == ""
    assert "stopped; what was read stays where it is" in err


def test_records_that_are_in_kafka_only_are_told(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds(batch("KafkaBatchInfo", {"eventSourceArn": "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/0f0f"}))
    out, _ = show(capsys)
    assert "missing    the records are in Kafka only" in out


def test_a_number_too_long_for_python_is_told_in_plain_words(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.holds("[" + "1" * 5000 + "]")
    out, _ = show(capsys)
    assert "a number has too many digits to be read" in out
    assert "sys." not in out


def test_a_number_too_large_for_python_is_shown_as_it_is_written(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.holds(
        '{"version": "1.0", "requestContext": {"requestId": "r", "functionArn": "f", "condition": '
        '"RetriesExhausted", "approximateInvokeCount": 3}, "requestPayload": {"a": 1e400}}'
    )
    out, _ = show(capsys, "--json")
    assert json.loads(out)["payload"] == '{"a": 1e400}'


@pytest.mark.parametrize(
    "options", [("--limit", "0"), ("--limit", "x"), ("--limit", "1", "--all"), ("--group-by", "id")]
)
def test_wrong_options_are_refused(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["failures", "show", "orders-failed", *options])
    assert refused.value.code == 2
    assert "usage:" in capsys.readouterr().err
