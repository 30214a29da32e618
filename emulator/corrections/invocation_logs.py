"""The log of an invocation begins with START and ends with END and REPORT, also its last 4 KB in an answer (I5).

REPORT has what Lambda measured (AWS: lambda/python-logging); what is billed includes the init phase of a cold start,
rounded up to the millisecond (AWS: lambda/lambda-runtime-environment). ministack has these lines in CloudWatch Logs
only, and counts what it does itself before and after the handler as the duration.
"""

import contextvars
import math
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc


@dataclass
class _Invocation:
    begun: float = field(default_factory=time.perf_counter)
    ended: float | None = None
    init: float | None = None
    memory_mb: int | None = None
    log: str = ""


_current: contextvars.ContextVar[_Invocation | None] = contextvars.ContextVar("invocation", default=None)


def apply() -> None:
    """Measure invocations, and write what was measured into both logs."""
    worker = lambda_runtime.Worker
    spawn, drain = worker._spawn, worker._drain_stderr_bounded
    dispatch, emit = lambda_svc._execute_function_dispatch, lambda_svc._emit_lambda_logs

    def spawn_measured(self: Any) -> None:
        before = time.perf_counter()
        spawn(self)
        if (invocation := _current.get()) is not None:
            invocation.begun = time.perf_counter()
            invocation.init = invocation.begun - before

    def drain_measured(self: Any) -> str:
        """Collect the output, for which it waits a while; the handler has ended by then."""
        if (invocation := _current.get()) is not None:
            invocation.ended = time.perf_counter()
            invocation.memory_mb = _peak_memory_mb(self._proc)
        return str(drain(self))

    def dispatch_with_log(*arguments: Any) -> dict[str, Any]:
        invocation = _Invocation()
        token = _current.set(invocation)
        try:
            return {**dispatch(*arguments), "log": invocation.log}
        finally:
            _current.reset(token)

    def emit_measured(func: dict[str, Any], request_id: str, text: str, *more: Any, **_: Any) -> None:
        invocation = _current.get() or _Invocation()
        config = func.get("config") or func
        if invocation.memory_mb is None:
            invocation.memory_mb = lambda_svc._probe_peak_memory_mb(func)
        start = f"START RequestId: {request_id} Version: {config.get('Version', '$LATEST')}"
        end = f"END RequestId: {request_id}"
        lines = [start, *text.splitlines(), end, _report(request_id, invocation, config.get("MemorySize", 128))]
        invocation.log = "".join(f"{line}\n" for line in lines)
        # A log from AWS's Runtime Interface Emulator is taken as it is.
        emit(func, request_id, invocation.log, *more, log_source="rie")

    worker._spawn, worker._drain_stderr_bounded = spawn_measured, drain_measured
    lambda_svc._execute_function_dispatch = dispatch_with_log
    lambda_svc._emit_lambda_logs = emit_measured


def _report(request_id: str, invocation: _Invocation, memory_size: int) -> str:
    duration = 1000 * ((invocation.ended or time.perf_counter()) - invocation.begun)
    init = 1000 * (invocation.init or 0)
    measures = {
        "REPORT RequestId": request_id,
        "Duration": f"{duration:.2f} ms",
        "Billed Duration": f"{math.ceil(round(duration + init, 2))} ms",
        "Memory Size": f"{memory_size} MB",
        "Max Memory Used": f"{invocation.memory_mb} MB",
        **({"Init Duration": f"{init:.2f} ms"} if init else {}),
    }
    return "".join(f"{name}: {value}\t" for name, value in measures.items())


def _peak_memory_mb(process: Any) -> int | None:
    """Return the peak of a running process where the system tells it; None of one that has ended."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except (AttributeError, OSError):
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return math.ceil(int(found[1]) / 1024) if found else None
