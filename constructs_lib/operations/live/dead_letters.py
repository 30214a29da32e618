"""A dead-letter queue with the queues that move their failed messages to it."""

from collections.abc import Iterator
from dataclasses import replace

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import Item
from constructs_lib.operations.live.queues import queue_of, read_queues


def read_dead_letters(calls: Calls, arn: str, url: str) -> Iterator[Item]:
    """Yield a queue, and those whose dead-letter queue it is.

    SQS tells these, so that the other queues of the account are not read
    (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html). Where
    that is not allowed, all queues are: a use that is not known changes what is done with the messages.

    Parameters
    ----------
    calls
        The calls to the account and region.
    arn, url
        The queue. Of one of another account there is nothing: its dead letters are of queues of that account.
    """
    if arn.split(":")[4] != calls.account.id:
        return
    urls = calls.pages_unless_refused(
        "sqs.list_dead_letter_source_queues", "queueUrls", "list the queues", QueueUrl=url, MaxResults=1000
    )
    if urls is None:
        yield from read_queues(calls)
        return
    yield queue_of(calls, url)
    for one in urls:
        source = queue_of(calls, one)
        yield replace(source, properties=source.properties | {"RedrivePolicy": {"deadLetterTargetArn": arn}})
