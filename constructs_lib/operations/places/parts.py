"""Which parts of an account can tell whose failed events go to a place."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from constructs_lib.operations.live.async_configs import read_async_configs, read_async_configs_of
from constructs_lib.operations.live.configurations import read_configurations
from constructs_lib.operations.live.dead_letters import read_dead_letters
from constructs_lib.operations.live.names import read_bucket_names, read_queue_names, read_topic_names
from constructs_lib.operations.live.parts import PARTS, Part
from constructs_lib.operations.places.names import Named
from constructs_lib.operations.places.place import Kind
from constructs_lib.operations.places.uses import LAMBDA_KEYS

_OF_QUEUES: Final = ("mappings", "subscriptions", "pipes", "IoT rules")
_OF_STANDARD_QUEUES: Final = ("rules", "schedules")
"""Neither EventBridge nor Lambda sends failed events to a FIFO queue
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html,
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html,
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html)."""
_ASYNC_KEYS: Final = f"{LAMBDA_KEYS}async/"
_FUNCTION_NAME: Final = re.compile(r"[\w-]{1,64}", re.ASCII)
_OF_MAPPING: Final = re.compile(r"[0-9a-f-]*(/.*)?", re.DOTALL)
"""What can stand in a key after ``aws/lambda/`` when the records are of a mapping: its UUID."""


def parts_of(named: Named, url: str) -> list[Part]:
    """Return the parts to read for the uses of a place.

    Of an account with many functions, the asynchronous configurations take by far the most calls: one for each.

    Parameters
    ----------
    named
        The place.
    url
        The URL of a queue; of a bucket it does not matter.
    """
    if named.kind is Kind.BUCKET:
        return list(_of_bucket(named.prefix))
    sources = Part("queues", partial(read_dead_letters, arn=named.arn, url=url))
    if named.arn.endswith(".fifo"):
        return [sources, *_known(*_OF_QUEUES)]
    functions = Part("functions", read_async_configs)
    return [sources, functions, *_known(*_OF_QUEUES, *_OF_STANDARD_QUEUES)]


def parts_like(named: Named) -> list[Part]:
    """Return the parts to read for what somebody can have meant who named a place that is not there."""
    buckets = Part("buckets", read_bucket_names)
    if named.kind is Kind.BUCKET:
        return [buckets]
    functions = Part("functions", read_configurations)
    return [Part("queues", read_queue_names), Part("topics", read_topic_names), functions, buckets]


def _known(*names: str) -> Iterator[Part]:
    return (part for part in PARTS if part.name in names)


def _of_bucket(prefix: str) -> Iterator[Part]:
    """Yield the parts that tell who writes below a prefix: Lambda's keys name the function, or the mapping."""
    if _ASYNC_KEYS.startswith(prefix):
        yield Part("functions", read_async_configs)
    elif prefix.startswith(_ASYNC_KEYS):
        name, is_whole, _ = prefix.removeprefix(_ASYNC_KEYS).partition("/")
        if _FUNCTION_NAME.fullmatch(name):
            one, several = partial(read_async_configs_of, name=name), partial(read_async_configs, beginning=name)
            yield Part("functions", one if is_whole else several)
    below = prefix.startswith(LAMBDA_KEYS) and _OF_MAPPING.fullmatch(prefix.removeprefix(LAMBDA_KEYS))
    if below or LAMBDA_KEYS.startswith(prefix):
        yield from _known("mappings")
