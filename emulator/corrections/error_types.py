"""A failed invocation tells the type of the error (I4), by which Step Functions retries and catches (V10).

It also has a trace, which is ``stackTrace`` in Python (AWS: lambda/python-exceptions) and ``trace`` in Node.js (AWS:
lambda/nodejs-exceptions). ministack names every error ``Runtime.HandlerError`` and has no trace; the one in the log
begins within itself. It names a throttle ``Lambda.Unknown``.
"""

import contextvars
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions

_failure: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("failure")
_PYTHON = (
    '"error": str(e), "trace": traceback.format_exc()',
    '"error": str(e), "type": type(e).__name__, '
    # The first call is the worker's own, and Lambda's runtime gives lines without marks below.
    '"stack": (_stack := traceback.format_list('
    "[(call.filename, call.lineno, call.name, call.line) for call in traceback.extract_tb(e.__traceback__)[1:]])), "
    '"trace": "".join([f"[ERROR] {type(e).__name__}: {e}\\n", "Traceback (most recent call last):\\n", *_stack])',
)
_NODE = ('trace: err.stack || ""', 'type: err.name, trace: err.stack || ""')


def apply() -> None:
    """Let workers tell the type and the trace, and put them into the answer."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _replaced(lambda_runtime._PYTHON_WORKER_SCRIPT, *_PYTHON)
    lambda_runtime._NODEJS_WORKER_SCRIPT = _replaced(lambda_runtime._NODEJS_WORKER_SCRIPT, *_NODE)
    run, execute, call = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm, stepfunctions._call_lambda

    def noting_failure(*arguments: Any, **more: Any) -> Any:
        response = run(*arguments, **more)
        _failure.set(response)
        return response

    def with_error(*arguments: Any) -> dict[str, Any]:
        _failure.set({})
        result = dict(execute(*arguments))
        if result.get("error"):
            result["body"] = {**result["body"], **_told(_failure.get())}
        return result

    def call_from_state(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except stepfunctions._ExecutionError as error:
            if error.error == "Lambda.Unknown" and "TooManyRequestsException" in error.cause:
                raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", error.cause) from error
            raise

    lambda_runtime.Worker.invoke = noting_failure
    lambda_svc._execute_function_warm = with_error
    stepfunctions._call_lambda = call_from_state


def _told(response: dict[str, Any]) -> dict[str, Any]:
    if response.get("error") == "Worker process died":
        return {"errorType": "Runtime.ExitError"}
    if "type" not in response:
        return {}
    trace = {"stackTrace": response["stack"]} if "stack" in response else {"trace": response["trace"].splitlines()}
    return {"errorType": response["type"], **trace}


def _replaced(script: str, old: str, new: str) -> str:
    if script.count(old) != 1:
        raise RuntimeError(
            f"expected {old!r} once in the worker script of ministack, found it {script.count(old)} times"
        )
    return script.replace(old, new)
