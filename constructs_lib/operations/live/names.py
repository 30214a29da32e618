"""What queues, topics and buckets there are, without what takes a call for each."""

from collections.abc import Iterator

from constructs_lib.operations.live.buckets import list_buckets
from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import Item
from constructs_lib.operations.live.queues import list_queues, queue_of
from constructs_lib.operations.live.topics import list_topics


def read_queue_names(calls: Calls) -> Iterator[Item]:
    """Yield the queues of the region."""
    for url in list_queues(calls):
        yield queue_of(calls, url)


def read_topic_names(calls: Calls) -> Iterator[Item]:
    """Yield the topics of the region."""
    for arn in list_topics(calls):
        name = arn.rpartition(":")[2]
        yield Item("topic", name, "AWS::SNS::Topic", {"TopicName": name}, arn)


def read_bucket_names(calls: Calls) -> Iterator[Item]:
    """Yield the buckets of the region."""
    for name in list_buckets(calls):
        arn = f"arn:{calls.account.partition}:s3:::{name}"
        yield Item("bucket", name, "AWS::S3::Bucket", {"BucketName": name}, arn)
