import json
from typing import Any

import pytest

from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def process_of(bench: Bench, function: str, **event: Any) -> str:
    """Invoke a function that raises the number of its process; return its error message."""
    answer = bench.clients["lambda"].invoke(FunctionName=function, Payload=json.dumps(event))
    assert answer["FunctionError"] == "Unhandled"
    return str(json.loads(answer["Payload"].read())["errorMessage"])


def test_a_process_outlives_an_error_and_no_crash(bench: Bench) -> None:
    function = bench.function("if event.get('crash'):\n    os._exit(1)\nraise ValueError(os.getpid())")
    first = process_of(bench, function)
    assert first.isdigit()
    assert process_of(bench, function) == first
    process_of(bench, function, crash=True)
    assert process_of(bench, function) != first
