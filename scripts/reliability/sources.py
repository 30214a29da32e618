"""How events are sent to each source, and where those are found that were not handled."""

import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.e2e.clients import Clients
from tests.e2e.drivers.http import request
from tests.e2e.drivers.queues import receive

CLIENTS = 8
TOKEN = re.compile(r"event-\d{5}")
VISIBILITY = 2
"""Seconds until a failed message is seen again."""


class Source(ABC):
    """A deployed source with one wiring."""

    quiet = 5.0
    """Seconds: after so long without a newly handled or captured event nothing more is awaited."""

    def __init__(self, clients: Clients, outputs: Mapping[str, str]) -> None:
        self.clients = clients
        self.outputs = outputs
        self.captured: set[str] = set()

    @abstractmethod
    def send(self, tokens: Sequence[str]) -> None:
        """Send an event for each token; return when the source has accepted all."""

    def collect(self) -> None:
        """Note which events have reached the place for failed ones."""
        if "Failures" in self.outputs:
            for message in receive(self.clients, self.outputs["Failures"]):
                self.captured |= self.tokens_of(message["Body"])

    def tokens_of(self, body: str) -> set[str]:
        """Say which events a message in the failure queue is about."""
        return set(TOKEN.findall(body))


class Bucket(Source):
    """An object each."""

    def send(self, tokens: Sequence[str]) -> None:
        """Upload them."""
        s3, bucket = self.clients["s3"], self.outputs["Bucket"]
        _at_once(lambda token: s3.put_object(Bucket=bucket, Key=token, Body=b"picture"), tokens)


class Topic(Source):
    """A message each."""

    def send(self, tokens: Sequence[str]) -> None:
        """Publish them."""

        def publish(some: Sequence[str]) -> None:
            entries = [{"Id": token, "Message": token} for token in some]
            answer = sns.publish_batch(TopicArn=self.outputs["Topic"], PublishBatchRequestEntries=entries)
            assert not answer.get("Failed"), answer

        sns = self.clients["sns"]
        _at_once(publish, _in_batches(tokens, 10))


class Rule(Source):
    """An event each, on the default bus."""

    def send(self, tokens: Sequence[str]) -> None:
        """Put them."""

        def put(some: Sequence[str]) -> None:
            details = [json.dumps({"token": token}) for token in some]
            entries = [{"Source": "orders", "DetailType": "placed", "Detail": detail} for detail in details]
            answer = events.put_events(Entries=entries)
            assert answer["FailedEntryCount"] == 0, answer

        events = self.clients["events"]
        _at_once(put, _in_batches(tokens, 10))


class Queue(Source):
    """A message each; nothing but the wait until a failed one is seen again is shortened."""

    quiet = 10.0

    def __init__(self, clients: Clients, outputs: Mapping[str, str]) -> None:
        super().__init__(clients, outputs)
        attributes = {"VisibilityTimeout": str(VISIBILITY)}
        self.clients["sqs"].set_queue_attributes(QueueUrl=self.outputs["Queue"], Attributes=attributes)

    def send(self, tokens: Sequence[str]) -> None:
        """Send them."""

        def put(some: Sequence[str]) -> None:
            entries = [{"Id": token, "MessageBody": token} for token in some]
            answer = sqs.send_message_batch(QueueUrl=self.outputs["Queue"], Entries=entries)
            assert not answer.get("Failed"), answer

        sqs = self.clients["sqs"]
        _at_once(put, _in_batches(tokens, 10))


class Stream(Source):
    """A record each, on all shards; failed ones are told by their positions."""

    quiet = 15.0

    def __init__(self, clients: Clients, outputs: Mapping[str, str]) -> None:
        super().__init__(clients, outputs)
        self._positions: dict[str, list[tuple[int, str]]] = {}

    def send(self, tokens: Sequence[str]) -> None:
        """Put them, and note where."""
        kinesis, stream = self.clients["kinesis"], self.outputs["Stream"]
        for some in _in_batches(tokens, 500):
            records = [{"Data": token.encode(), "PartitionKey": token} for token in some]
            answer = kinesis.put_records(StreamName=stream, Records=records)
            assert answer["FailedRecordCount"] == 0, answer
            for token, put in zip(some, answer["Records"], strict=True):
                self._positions.setdefault(put["ShardId"], []).append((int(put["SequenceNumber"]), token))

    def tokens_of(self, body: str) -> set[str]:
        """Look up the records between the two positions."""
        batch = json.loads(body)["KinesisBatchInfo"]
        first, last = int(batch["startSequenceNumber"]), int(batch["endSequenceNumber"])
        return {token for position, token in self._positions[batch["shardId"]] if first <= position <= last}


class Api(Source):
    """A request each; its client is told whether it failed."""

    def send(self, tokens: Sequence[str]) -> None:
        """Ask, and note who was told of an error."""

        def ask(token: str) -> None:
            url = f"{self.clients.url}/_aws/execute-api/{self.outputs['Api']}/{self.outputs['Stage']}/{token}"
            while (response := request("POST", url, json.dumps(token))).status == 429:
                time.sleep(0.2)  # as clients do that are asked to slow down
            assert response.status in (200, 502, 504), response
            if response.status != 200:
                self.captured.add(token)

        _at_once(ask, tokens)


SOURCES: Mapping[str, type[Source]] = {
    "S3": Bucket,
    "SNS": Topic,
    "EventBridge": Rule,
    "SQS": Queue,
    "Kinesis": Stream,
    "REST API": Api,
}


def _at_once(send: Callable[[Any], Any], what: Sequence[Any]) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        for _ in clients.map(send, what):
            pass


def _in_batches(tokens: Sequence[str], size: int) -> list[Sequence[str]]:
    return [tokens[start : start + size] for start in range(0, len(tokens), size)]
