from typing import Any

import pytest

from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.invocation.call import invoke
from constructs_lib.operations.invocation.target import Target
from constructs_lib.operations.invocation.waiting import patient_client
from tests.operations.invocation.wire import Wire, answer, refusal, success


def _seconds(client: Any) -> float:
    seconds: float = client.meta.config.read_timeout
    return seconds


@pytest.mark.parametrize(
    ("configuration", "at_least"),
    [
        ({"Timeout": 7}, 7),
        ({"Timeout": 900}, 900),
        ({}, 900),
        ({"Timeout": 7, "DurableConfig": {"ExecutionTimeout": 600}}, 900),
    ],
)
def test_it_waits_for_the_functions_timeout(wire: Wire, configuration: dict[str, object], at_least: int) -> None:
    wire.configuration = answer(200, configuration)
    assert at_least < _seconds(patient_client(wire.account, Target("orders", "live"))) < at_least + 100


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AccessDeniedException"), (404, "ResourceNotFoundException"), (400, "OtherException")]
)
def test_it_waits_for_the_longest_one_that_there_is_if_it_is_not_told(wire: Wire, status: int, code: str) -> None:
    wire.configuration = refusal(status, code)
    wire.answers = [success("done")]
    assert _seconds(patient_client(wire.account, Target("orders", None))) > 900
    assert invoke(wire.account, "orders").payload == b'"done"'


def test_a_missing_function_is_told_by_invoking(wire: Wire) -> None:
    wire.configuration = refusal(404, "ResourceNotFoundException")
    wire.answers = [refusal(404, "ResourceNotFoundException", "Function not found: orders")]
    with pytest.raises(OperationError, match="Function not found: orders"):
        invoke(wire.account, "orders")
