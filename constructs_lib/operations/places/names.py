"""How people name a place: a queue by its name, URL or ARN, a bucket as ``s3://bucket/prefix``."""

import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.places.arns import queue_arn
from constructs_lib.operations.places.discovery import KAFKA, kind_of
from constructs_lib.operations.places.place import Kind
from constructs_lib.operations.refusals import explained

_QUEUE_NAME: Final = re.compile(r"[\w-]{1,75}\.fifo|[\w-]{1,80}", re.ASCII)
"""Source: AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html."""
_S3: Final = "s3://"
_EXPECTED: Final = "expected the name, URL or ARN of a queue, or s3://bucket/prefix"
_INSTEAD: Final = {
    Kind.TOPIC: "a topic hands events on at once and keeps none; name a queue that is subscribed to it",
    Kind.FUNCTION: "a function gets events at once and keeps none; see where its own failed events go",
    Kind.BUS: "a bus hands events on at once and keeps none; name a queue that is the target of a rule on it",
    Kind.KAFKA_TOPIC: "its records are read with a Kafka consumer",
}


@dataclass(frozen=True)
class Named:
    """What a name means."""

    kind: Kind
    arn: str
    prefix: str = ""


def meant(account: Account, name: str) -> Named:
    """Return what a name means.

    Raises
    ------
    OperationError
        When it is no name of a place from which events can be read, or the credentials do not tell the account.
    """
    if name.startswith(_S3):
        bucket, _, prefix = name.removeprefix(_S3).partition("/")
        return _bucket(account, bucket, prefix, name)
    if name.startswith(("arn:", KAFKA)):
        return _by_arn(account, name)
    url = re.fullmatch(r"https?://[^/]+/(\d{12})/([^/]+)", name)
    owner, queue = url.groups() if url else (None, name)
    if not _QUEUE_NAME.fullmatch(queue):
        raise OperationError(f"{_EXPECTED}, found '{name}'; 'failures list' names the places", Exit.USAGE)
    at_aws = queue_arn(name)
    if at_aws is not None:
        return _by_arn(account, at_aws)
    if owner is None:
        with explained("find out which account it is"):
            owner = account.id
    return Named(Kind.QUEUE, f"arn:{account.partition}:sqs:{account.region}:{owner}:{queue}")


def instead(kind: Kind, name: str) -> OperationError:
    """Return the error that says why events cannot be read there, and where to look."""
    return OperationError(f"{_EXPECTED}, found the {kind.value} {name}: {_INSTEAD[kind]}", Exit.USAGE)


def _by_arn(account: Account, name: str) -> Named:
    kind = kind_of(name)
    if kind is None:
        raise OperationError(f"{_EXPECTED}, found '{name}'; 'failures list' names the places", Exit.USAGE)
    if kind is Kind.BUCKET:
        bucket, _, prefix = name.split(":", 5)[5].partition("/")
        return _bucket(account, bucket, prefix, name)
    if kind is not Kind.QUEUE:
        raise instead(kind, name)
    region = name.split(":")[3]
    if region != account.region:
        raise OperationError(
            f"expected a queue in {account.region}, found one in {region}; give --region {region}", Exit.USAGE
        )
    return Named(kind, name)


def _bucket(account: Account, bucket: str, prefix: str, name: str) -> Named:
    if not bucket:
        raise OperationError(f"{_EXPECTED}, found '{name}'; write the name of the bucket", Exit.USAGE)
    return Named(Kind.BUCKET, f"arn:{account.partition}:s3:::{bucket}", prefix)
