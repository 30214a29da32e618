"""Amazon Data Firehose: the functions that transform records."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import Item

_DESCRIPTION: Final = "Description"


def read_delivery_streams(calls: Calls) -> Iterator[Item]:
    """Yield the delivery streams of the region."""
    names: list[str] = []
    more = True
    while more:
        start = {"ExclusiveStartDeliveryStreamName": names[-1]} if names else {}
        page = calls.one("firehose.list_delivery_streams", "list the delivery streams", Limit=100, **start)
        names += page.get("DeliveryStreamNames") or []
        more = bool(page.get("HasMoreDeliveryStreams")) and bool(page.get("DeliveryStreamNames"))
    for items in calls.each(lambda name: list(_stream(calls, name)), names):
        yield from items


def _stream(calls: Calls, name: str) -> Iterator[Item]:
    what = f"read the delivery stream {name}"
    answer = calls.maybe("firehose.describe_delivery_stream", what, DeliveryStreamName=name)
    found: dict[str, Any] = (answer or {}).get("DeliveryStreamDescription", {})
    properties = {
        f"{key.removesuffix(_DESCRIPTION)}Configuration": {"ProcessingConfiguration": one["ProcessingConfiguration"]}
        for destination in found.get("Destinations") or ()
        for key, one in destination.items()
        if key.endswith(_DESCRIPTION) and "ProcessingConfiguration" in one
    }
    yield Item(
        "delivery stream",
        name,
        "AWS::KinesisFirehose::DeliveryStream",
        {"DeliveryStreamName": name, **properties},
        found.get("DeliveryStreamARN"),
    )
