"""An execution environment outlives an error that its handler raises (AWS: lambda/lambda-runtime-environment).

Only a crash or a timeout resets it there. ministack ends the worker process after every error. Python functions only.
"""

from typing import Any

from ministack.core import lambda_runtime

_ENDS = '"status": "error", "error": str(e), "t'
_STAYS = '"status": "ok", "failed": True, "error": str(e), "t'


def apply() -> None:
    """Let Python workers report an error as an answer, and call it an error again once the worker is safe."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_ENDS) != 1:
        raise RuntimeError(f"expected {_ENDS!r} once in ministack's worker, found it {script.count(_ENDS)} times")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_ENDS, _STAYS)
    run = lambda_runtime.Worker.invoke

    def without_restart(*arguments: Any, **more: Any) -> Any:
        response = run(*arguments, **more)
        if response.pop("failed", False):
            response["status"] = "error"
        return response

    lambda_runtime.Worker.invoke = without_restart
