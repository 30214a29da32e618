"""Reading queues."""

from typing import Any

from tests.e2e.clients import Clients


def receive(clients: Clients, url: str) -> list[dict[str, Any]]:
    """Take all messages out of a queue."""
    taken: list[dict[str, Any]] = []
    while (
        messages := clients["sqs"]
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"])
        .get("Messages")
    ):
        for message in messages:
            clients["sqs"].delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        taken += messages
    return taken


def waiting(clients: Clients, url: str) -> int:
    """Count the messages of a queue, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = clients["sqs"].get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)
