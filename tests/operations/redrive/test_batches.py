from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.redrive.homes import Home, Way
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sending import send
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import BATCH, FUNCTION, STREAM, failed

ARRIVED = datetime(2026, 11, 1, tzinfo=UTC)
HOME = Home(Way.INVOKE, FUNCTION)
EVENT = failed(Origin.STREAM_BATCH, function=None, source=STREAM, batch=BATCH)


def busy(stub: Stub, times: int) -> Any:
    kinesis = stub("kinesis")
    for _ in range(times):
        kinesis.add_client_error("get_shard_iterator", "ProvisionedThroughputExceededException", http_status_code=400)
    return kinesis


def record(number: str) -> dict[str, Any]:
    return {"SequenceNumber": number, "Data": b"{}", "PartitionKey": "k", "ApproximateArrivalTimestamp": ARRIVED}


def test_a_shard_with_too_many_readers_is_waited_for(account: Account, stub: Stub) -> None:
    kinesis, pauses = busy(stub, 2), list[float]()
    kinesis.add_response("get_shard_iterator", {"ShardIterator": "i"})
    kinesis.add_response("get_records", {"Records": [record("1"), record("9")], "MillisBehindLatest": 0})
    stub("lambda").add_response("invoke", {"StatusCode": 202})
    assert not isinstance(send(account, EVENT, HOME, pause=pauses.append), Reason)
    assert len(pauses) == 2


@pytest.mark.parametrize(("patience", "pause"), [(0, lambda _: None), (60, lambda _: True)])
def test_the_patience_with_a_shard_has_an_end(
    account: Account, stub: Stub, patience: float, pause: Callable[[float], object]
) -> None:
    busy(stub, 1)
    found = send(account, EVENT, HOME, patience=patience, pause=pause)
    assert isinstance(found, Reason)
    assert found.refused
    assert "ProvisionedThroughputExceededException" in found.text


def test_a_refusal_is_not_waited_for(account: Account, stub: Stub) -> None:
    stub("kinesis").add_client_error("get_shard_iterator", "AccessDeniedException", http_status_code=400)
    pauses: list[float] = []
    assert isinstance(send(account, EVENT, HOME, pause=pauses.append), Reason)
    assert not pauses
