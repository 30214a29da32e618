import io
import json
import re
import zipfile
from typing import Any

import pytest

from tests.e2e.clients import wait_until
from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e


def test_a_failed_invocation_names_its_error(bench: Bench) -> None:
    function = bench.function("raise KeyError('x')")
    answer = bench.clients["lambda"].invoke(FunctionName=function)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorType"] == "KeyError"


def test_a_failed_invocation_has_the_trace_of_the_function_alone(bench: Bench) -> None:
    function = bench.function("def book():\n    raise KeyError('x')\nreturn book() + 1")
    error = json.loads(bench.clients["lambda"].invoke(FunctionName=function)["Payload"].read())
    outer, inner = error["stackTrace"]
    assert re.fullmatch(r'  File ".*/index\.py", line \d+, in handler\n    return book\(\) \+ 1\n', outer)
    assert re.fullmatch(r'  File ".*/index\.py", line \d+, in book\n    raise KeyError\(\'x\'\)\n', inner)


def test_in_node_the_trace_has_another_name(bench: Bench) -> None:
    lambda_, function = bench.clients["lambda"], bench.function("pass")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("index.js", "exports.handler = async () => { throw new RangeError('x') }")
    lambda_.update_function_configuration(FunctionName=function, Runtime="nodejs22.x")
    lambda_.update_function_code(FunctionName=function, ZipFile=archive.getvalue())
    error = json.loads(lambda_.invoke(FunctionName=function)["Payload"].read())
    assert (error["errorType"], error["trace"][0]) == ("RangeError", "RangeError: x")
    assert "index.js:1:" in error["trace"][1]


def test_a_runtime_that_ends_names_that(bench: Bench) -> None:
    function = bench.function("os._exit(1)")
    answer = bench.clients["lambda"].invoke(FunctionName=function)
    assert json.loads(answer["Payload"].read())["errorType"] == "Runtime.ExitError"


def run(bench: Bench, function: str, **task: Any) -> dict[str, Any]:
    """Run the function as the only task of a state machine; return how that ended."""
    states = bench.clients["stepfunctions"]
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True, **task}
    task["Parameters"] = {"FunctionName": function, "Payload": {}}
    machine = states.create_state_machine(
        name=bench.name("machine"),
        definition=json.dumps({"StartAt": "T", "States": {"T": task, "Caught": {"Type": "Succeed"}}}),
        roleArn=bench.role("states", ("lambda:InvokeFunction", function), service="states.amazonaws.com"),
    )
    execution = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    wait_until(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", "an end", seconds=10)
    return dict(states.describe_execution(executionArn=execution))


def test_a_state_retries_and_catches_a_named_error(bench: Bench) -> None:
    retry = {"ErrorEquals": ["KeyError"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}
    catch = {"ErrorEquals": ["KeyError"], "Next": "Caught"}
    function = bench.function("raise KeyError('x')")
    assert run(bench, function, Retry=[retry], Catch=[catch])["status"] == "SUCCEEDED"
    assert len(bench.calls()) == 3


def test_a_state_does_not_catch_another_error(bench: Bench) -> None:
    catch = {"ErrorEquals": ["KeyError"], "Next": "Caught"}
    execution = run(bench, bench.function("raise IndexError('x')"), Catch=[catch])
    assert (execution["status"], execution["error"]) == ("FAILED", "IndexError")


def test_a_state_sees_a_throttle(bench: Bench) -> None:
    function = bench.function("pass")
    bench.clients["lambda"].put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    assert run(bench, function)["error"] == "Lambda.TooManyRequestsException"
