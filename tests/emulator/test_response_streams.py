import base64
import json
from typing import Any

import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def stream(bench: Bench, function: str, **settings: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Invoke the function; return the answer and the events of its stream."""
    answer = bench.clients["lambda"].invoke_with_response_stream(FunctionName=function, **settings)
    return answer, list(answer["EventStream"])


def test_a_response_is_followed_by_its_log(bench: Bench) -> None:
    function = bench.function("print('booking')\nreturn 'booked'", Publish=True)
    answer, (chunk, end) = stream(bench, f"{function}:1", LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "1")
    assert chunk["PayloadChunk"]["Payload"] == b'"booked"'
    assert "\nbooking\n" in base64.b64decode(end["InvokeComplete"]["LogResult"]).decode()


def test_an_error_is_in_the_last_event(bench: Bench) -> None:
    answer, (end,) = stream(bench, bench.function("raise KeyError('x')"))
    assert answer["StatusCode"] == 200
    assert end["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert json.loads(end["InvokeComplete"]["ErrorDetails"])["errorType"] == "KeyError"
    assert "LogResult" not in end["InvokeComplete"]


def test_a_throttle_is_no_stream(bench: Bench) -> None:
    lambda_ = bench.clients["lambda"]
    function = bench.function("pass")
    lambda_.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    with pytest.raises(lambda_.exceptions.TooManyRequestsException):
        stream(bench, function)
