"""The age of the oldest message of queues. SQS itself tells it only to whoever receives the message."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.refusals import explained

_METRIC: Final = "ApproximateAgeOfOldestMessage"
_RECENT: Final = timedelta(minutes=15)
_AT_ONCE: Final = 500
"""Queries in a call. Source: AmazonCloudWatch/latest/APIReference/API_GetMetricData.html."""
_PERIOD: Final = 60


def oldest_ages(account: Account, queues: Sequence[str], now: datetime | None = None) -> dict[str, float]:
    """Return the ages of the oldest messages in seconds, by the name of the queue.

    It is what CloudWatch has of the last 15 minutes. The metric counts from when a message was moved to a dead-letter
    queue, and leaves out messages that were received three times or more. Source:
    AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html.

    Parameters
    ----------
    account
        The account.
    queues
        The names of the queues. One of which CloudWatch knows nothing is left out.
    now
        The time. Default: that of the clock.

    Raises
    ------
    OperationError
        When CloudWatch may not be asked.
    """
    end = now or datetime.now(UTC)
    found: dict[str, float] = {}
    for start in range(0, len(queues), _AT_ONCE):
        chunk = queues[start : start + _AT_ONCE]
        with explained("read the ages of the oldest messages"):
            pages = list(_pages(account, chunk, end))
        for result in (one for page in pages for one in page["MetricDataResults"]):
            # The newest is first; a result can go on in the next page.
            for value in result["Values"][:1]:
                found.setdefault(chunk[int(result["Id"][1:])], float(value))
    return found


def _pages(account: Account, names: Sequence[str], end: datetime) -> Iterator[dict[str, Any]]:
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SQS",
                    "MetricName": _METRIC,
                    "Dimensions": [{"Name": "QueueName", "Value": name}],
                },
                "Period": _PERIOD,
                "Stat": "Maximum",
            },
        }
        for number, name in enumerate(names)
    ]
    yield from (
        account.client("cloudwatch")
        .get_paginator("get_metric_data")
        .paginate(MetricDataQueries=queries, StartTime=end - _RECENT, EndTime=end, ScanBy="TimestampDescending")
    )
