"""The command is killed at random moments, five times, and run again until it is done: no event is lost."""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scripts.local.emulator import REGION, environment
from tests.e2e.clients import Clients, wait_until
from tests.e2e.operations.failing import Failing, dead_letters

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]  # each waits for what a killed run hides

EVENTS = 2000
KILLS = 5
MOVED = 300
SEED = 20261121
COMMAND = "from constructs_lib.cli import main; raise SystemExit(main())"


@pytest.fixture
def bench(clients: Clients, tmp_path: Path) -> Failing:
    return Failing(clients, tmp_path)


class Command:
    """The command, which can be killed."""

    def __init__(self, bench: Failing, place: str, *options: str) -> None:
        self.journal = bench.folder / "journal.jsonl"
        self._bench = bench
        name = place if place.startswith("s3://") else place.rpartition(":")[2]
        self._arguments = [name, "--journal", str(self.journal), *options]

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, "failures", "redrive", *self._arguments],
            env=environment(self._bench.clients.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill_after(self, accepted: int) -> None:
        """Run it, and kill it once so many more events are noted as accepted."""
        goal = len(self.noted("accepted")) + accepted
        with self.start() as running:
            wait_until(lambda: len(self.noted("accepted")) >= goal, f"{goal} accepted events", seconds=90)
            assert running.poll() is None
            os.kill(running.pid, signal.SIGKILL)

    def finish(self) -> str:
        with self.start() as running:
            printed, _ = running.communicate(timeout=200)
        assert running.returncode == 0, printed
        return printed

    def noted(self, kind: str) -> list[Any]:
        if not self.journal.exists():
            return []
        found = []
        for raw in self.journal.read_bytes().splitlines(keepends=True):
            if raw.endswith(b"\n") and kind in (line := json.loads(raw)):
                found.append(line[kind])
        return found

    def possible_duplicates(self) -> int:
        return sum(len(again) for again in self.noted("again"))


def kill_at_random(command: Command, events: int = EVENTS) -> None:
    """Kill at moments that have nothing to do with what is going on."""
    chance = random.Random(SEED)
    for _ in range(KILLS):
        command.kill_after(chance.randint(events // 40, events // (KILLS + 1)))
        time.sleep(chance.random() / 10)


def test_records_of_a_destination(bench: Failing) -> None:
    queue = bench.queue("failed")
    function = bench.failing(("sqs:SendMessage", queue), Timeout=30)
    bench.clients["lambda"].put_function_event_invoke_config(
        FunctionName=function, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue}}
    )
    bench.invoke(function, ({"n": n} for n in range(EVENTS)))
    bench.wait_for_depth(queue, EVENTS, seconds=180)
    before = len(bench.calls())
    bench.mend()
    command = Command(bench, queue)
    kill_at_random(command)
    printed = command.finish()
    assert bench.depth(queue) == 0
    handled = bench.wait_for_handled(EVENTS, before)
    wait_until(lambda: not is_growing(bench), "all events to be handled", seconds=60)
    handled = bench.handled(before)
    assert set(handled) == {json.dumps({"n": n}) for n in range(EVENTS)}
    assert duplicates(handled) <= command.possible_duplicates(), printed
    assert len(set(command.noted("accepted"))) == EVENTS


def test_records_of_a_destination_in_a_bucket(bench: Failing) -> None:
    bucket, number = bench.name("failed"), 300
    bench.clients["s3"].create_bucket(Bucket=bucket)
    function = bench.function("pass")
    for n in range(number):
        context = {"functionArn": f"{function}:$LATEST", "condition": "RetriesExhausted"}
        body = json.dumps({"version": "1.0", "requestContext": context, "requestPayload": {"n": n}})
        bench.clients["s3"].put_object(Bucket=bucket, Key=f"aws/lambda/async/f/{n:04}", Body=body.encode())
    command = Command(bench, f"s3://{bucket}/aws/lambda/async/")
    kill_at_random(command, number)
    printed = command.finish()
    assert bench.keys(bucket) == []
    bench.wait_for_handled(number)
    wait_until(lambda: not is_growing(bench), "all events to be handled", seconds=60)
    handled = bench.handled()
    assert set(handled) == {json.dumps({"n": n}) for n in range(number)}
    assert duplicates(handled) <= command.possible_duplicates(), printed


def test_batches_of_a_stream(bench: Failing) -> None:
    kinesis, name, number = bench.clients["kinesis"], bench.name("stream"), 120
    kinesis.create_stream(StreamName=name, ShardCount=4)
    wait_until(
        lambda: kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamStatus"] == "ACTIVE",
        "an active stream",
        seconds=10,
    )
    bucket = bench.name("failed")
    bench.clients["s3"].create_bucket(Bucket=bucket)
    stream = f"arn:aws:kinesis:{REGION}:000000000000:stream/{name}"
    function = bench.function("pass", ("kinesis:GetRecords", stream))
    for n in range(number):
        put = kinesis.put_record(StreamName=name, Data=str(n).encode(), PartitionKey=str(n))
        batch = {
            "shardId": put["ShardId"],
            "startSequenceNumber": put["SequenceNumber"],
            "endSequenceNumber": put["SequenceNumber"],
            "batchSize": 1,
            "streamArn": stream,
        }
        context = {"functionArn": function, "condition": "RetryAttemptsExhausted"}
        record = {"version": "1.0", "requestContext": context, "KinesisBatchInfo": batch}
        bench.clients["s3"].put_object(Bucket=bucket, Key=f"aws/lambda/m/{n:04}", Body=json.dumps(record).encode())
    command = Command(bench, f"s3://{bucket}/aws/lambda/m/")
    kill_at_random(command, number)
    printed = command.finish()
    assert bench.keys(bucket) == []
    got = [base64.b64decode(r["kinesis"]["data"]).decode() for call in bench.calls() for r in call["event"]["Records"]]
    assert set(got) == {str(n) for n in range(number)}
    assert duplicates(Counter(got)) <= command.possible_duplicates(), printed


@pytest.mark.parametrize("suffix", ["", ".fifo"])
def test_messages_of_a_queue(bench: Failing, suffix: str) -> None:
    number = EVENTS if not suffix else EVENTS // 4
    bodies = [str(n) for n in range(number)]
    queue, dlq = dead_letters(bench, bodies, suffix, (lambda body: str(int(body) % 40)) if suffix else None)
    command = Command(bench, dlq, "--limit", str(10 * number))  # with a limit, SQS does not move them itself
    chance = random.Random(SEED)
    # What a killed run hides keeps back all that is behind it in its message groups.
    for _ in range(2 if suffix else KILLS):
        command.kill_after(chance.randint(10, number // (KILLS + 1)))
    printed = command.finish()
    assert bench.depth(dlq) == 0
    got = taken(bench, queue)
    assert set(got) == set(bodies)
    real = duplicates(Counter(got))
    assert real <= command.possible_duplicates(), printed
    if suffix:
        assert real == 0  # within five minutes SQS swallows what is sent once more
        for group in range(40):
            of_group = [int(body) for body in got if int(body) % 40 == group]
            assert of_group == sorted(of_group)


def test_a_task_of_sqs_goes_on_when_the_command_is_killed(bench: Failing) -> None:
    queue, dlq, command = moving(bench)
    with command.start() as running:
        wait_until(lambda: bench.depth(queue) >= 20, "messages that are moved", seconds=60)
        os.kill(running.pid, signal.SIGKILL)
    moved = bench.depth(queue)
    wait_until(lambda: bench.depth(queue) > moved, "the task to go on", seconds=10)
    printed = command.finish()
    assert "this follows that task" in printed
    assert bench.depth(dlq) == 0
    assert sorted(map(int, taken(bench, queue))) == list(range(MOVED))


def test_ctrl_c_cancels_the_task_of_sqs(bench: Failing) -> None:
    queue, dlq, command = moving(bench)
    with command.start() as running:
        wait_until(lambda: bench.depth(queue) >= 20, "messages that are moved", seconds=60)
        os.kill(running.pid, signal.SIGINT)
        printed, _ = running.communicate(timeout=30)
    assert running.returncode == 1, printed
    assert "stopped before the end" in printed
    assert 20 <= bench.depth(queue) < MOVED
    assert bench.depth(queue) + bench.depth(dlq) == MOVED
    (task,) = bench.clients["sqs"].list_message_move_tasks(SourceArn=dlq)["Results"]
    assert task["Status"] == "CANCELLED"
    command.finish()
    assert sorted(map(int, taken(bench, queue))) == list(range(MOVED))


def moving(bench: Failing) -> tuple[str, str, Command]:
    """Return a queue, its dead-letter queue, and a command with which SQS moves what is there, in some seconds."""
    queue, dlq = dead_letters(bench, [str(n) for n in range(MOVED)])
    return queue, dlq, Command(bench, dlq, "--rate", "50")


def duplicates(handled: Counter[str]) -> int:
    return sum(count - 1 for count in handled.values())


def is_growing(bench: Failing) -> bool:
    before = len(bench.calls())
    time.sleep(1)
    return len(bench.calls()) > before


def taken(bench: Failing, queue: str) -> list[str]:
    """Take all messages of a queue; return their bodies in order."""
    sqs, bodies = bench.clients["sqs"], []
    while bench.depth(queue):
        messages = sqs.receive_message(QueueUrl=bench.url(queue), MaxNumberOfMessages=10).get("Messages", [])
        bodies += [message["Body"] for message in messages]
        entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
        if entries:
            sqs.delete_message_batch(QueueUrl=bench.url(queue), Entries=entries)
    return bodies
