"""The command is killed at random moments, five times, and run again until it is done: no event is lost."""

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

from scripts.local.emulator import environment
from tests.e2e.clients import Clients, wait_until
from tests.e2e.operations.failing import Failing, dead_letters

pytestmark = [pytest.mark.e2e, pytest.mark.slow_e2e]  # each waits for what a killed run hides

EVENTS = 2000
KILLS = 5
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
        self._arguments = [place.rpartition(":")[2], "--journal", str(self.journal), *options]

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


def kill_at_random(command: Command) -> None:
    """Kill at moments that have nothing to do with what is going on."""
    chance = random.Random(SEED)
    for _ in range(KILLS):
        command.kill_after(chance.randint(50, EVENTS // (KILLS + 1)))
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
