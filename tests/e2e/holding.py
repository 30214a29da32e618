"""Takes the only slot of a function, so that whatever is sent to it meanwhile is throttled."""

import datetime
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from tests.e2e.clients import wait_until
from tests.e2e.drivers.driver import Deployed
from tests.e2e.journal import Journal
from tests.e2e.scenarios import new_token

HOLD_SECONDS = 38
"""How long the slot can be held at most: less than the clients wait for an answer."""

START_SECONDS = 20


@contextmanager
def time_to_hold(deployed: Deployed) -> Iterator[None]:
    """Let a function run for long enough to hold a slot."""
    client, function = deployed.clients["lambda"], deployed.outputs["Function"]
    timeout = client.get_function_configuration(FunctionName=function)["Timeout"]
    client.update_function_configuration(FunctionName=function, Timeout=HOLD_SECONDS)
    yield
    client.update_function_configuration(FunctionName=function, Timeout=timeout)


@contextmanager
def only_slot(deployed: Deployed) -> Iterator[None]:
    """Leave a function one slot."""
    client, function = deployed.clients["lambda"], deployed.outputs["Function"]
    client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=1)
    yield
    client.delete_function_concurrency(FunctionName=function)


@contextmanager
def slot_held(deployed: Deployed, journal: Journal) -> Iterator[None]:
    """Let a direct invocation take a slot of a function and keep it."""
    token = new_token("hold")
    client, function = deployed.clients["lambda"], deployed.outputs["Function"]
    with ThreadPoolExecutor(1) as holder:
        held = holder.submit(_invoke, client, function, token)
        try:
            wait_until(lambda: token in journal.attempts(), f"{token} to be started", seconds=START_SECONDS)
            yield
            assert not held.done(), "the slot was given up too early"
        finally:
            journal.release(token)
        answer = held.result()
        assert "FunctionError" not in answer, answer["Payload"].read()


def _invoke(client: Any, function: str, token: str) -> Any:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return client.invoke(FunctionName=function, Payload=json.dumps({"token": token}))
        except client.exceptions.TooManyRequestsException:  # what was sent before can still be at work
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def throttles(deployed: Deployed) -> int:
    """Count the throttled invocations of a function so far, as Lambda tells CloudWatch."""
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    found = deployed.clients["cloudwatch"].get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Throttles",
        Dimensions=[{"Name": "FunctionName", "Value": deployed.outputs["Function"]}],
        StartTime=now - day,
        EndTime=now + day,
        Period=86_400,
        Statistics=["Sum"],
    )
    return int(sum(point["Sum"] for point in found["Datapoints"]))
