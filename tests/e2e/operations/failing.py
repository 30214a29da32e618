"""Functions that fail until they are mended, and places in which what failed waits."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import boto3

from constructs_lib.operations.account import Account
from constructs_lib.operations.places.finding import find_place
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.runner import redrive_failures
from scripts.local.emulator import REGION
from tests.e2e.clients import Clients, wait_until
from tests.emulator.bench import Bench

BODY = """
if not os.path.exists({mended!r}):
    raise RuntimeError("not mended yet")
"""


class Failing(Bench):
    """A bench whose functions fail until it is mended."""

    def __init__(self, clients: Clients, folder: Path) -> None:
        super().__init__(clients, folder)
        self.folder = folder
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        self.account = Account(session, endpoint_url=clients.url)

    def failing(self, *allowed: tuple[str, str], name: str = "f", **settings: Any) -> str:
        """Make a function that fails until it is mended; return its ARN."""
        return self.function(BODY.format(mended=str(self._mended)), *allowed, name=name, **settings)

    def mend(self) -> None:
        self._mended.touch()

    @property
    def _mended(self) -> Path:
        return self.folder / "mended"

    def invoke(self, function: str, events: Iterable[Any]) -> None:
        for event in events:
            self.clients["lambda"].invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event))

    def depth(self, queue: str) -> int:
        """Return how many messages a queue holds, hidden or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.clients["sqs"].get_queue_attributes(QueueUrl=self.url(queue), AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def wait_for_depth(self, queue: str, number: int, seconds: float = 30) -> None:
        wait_until(lambda: self.depth(queue) == number, f"{number} messages", seconds=seconds)

    def keys(self, bucket: str) -> list[str]:
        return [found["Key"] for found in self.clients["s3"].list_objects_v2(Bucket=bucket).get("Contents", [])]

    def redrive(self, place: str, **options: Any) -> Outcome:
        found = find_place(self.account, place)
        return redrive_failures(self.account, found, Options(**options), journal=self.folder / "journal.jsonl")

    def handled(self, before: int = 0, name: str = "f") -> Counter[str]:
        """Return how often each event was handled after so many calls."""
        return Counter(json.dumps(call["event"], sort_keys=True) for call in self.calls(name)[before:])

    def wait_for_handled(self, number: int, before: int = 0, name: str = "f") -> Counter[str]:
        """Wait until so many different events were handled."""
        wait_until(lambda: len(self.handled(before, name)) >= number, f"{number} handled events", seconds=60)
        return self.handled(before, name)


def dead_letters(bench: Failing, events: Iterable[str], suffix: str = "", group: Any = None) -> tuple[str, str]:
    """Return a queue, and its dead-letter queue in which messages wait."""
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if suffix else {}
    dlq = bench.queue(f"dlq{suffix}", **fifo)
    policy = json.dumps({"deadLetterTargetArn": dlq, "maxReceiveCount": 1})
    queue = bench.queue(f"q{suffix}", RedrivePolicy=policy, VisibilityTimeout="0", **fifo)
    sqs, url = bench.clients["sqs"], bench.url(queue)
    bodies = list(events)
    for start in range(0, len(bodies), 10):
        part = bodies[start : start + 10]
        more = [{"MessageGroupId": group(body)} if group else {} for body in part]
        attributes = {"kind": {"DataType": "String", "StringValue": "new"}}
        entries = [
            {"Id": str(n), "MessageBody": body, "MessageAttributes": attributes, **more[n]}
            for n, body in enumerate(part)
        ]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def all_are_moved() -> bool:
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return bench.depth(dlq) == len(bodies)

    wait_until(all_are_moved, f"{len(bodies)} messages in the dead-letter queue", seconds=60)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})
    return queue, dlq
