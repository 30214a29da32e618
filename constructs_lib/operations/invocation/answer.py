"""What came of an invocation."""

from dataclasses import dataclass

from constructs_lib.operations.invocation.report_line import Report
from constructs_lib.operations.invocation.request import InvocationType
from constructs_lib.operations.invocation.target import Target


@dataclass(frozen=True, slots=True)
class FunctionError:
    """The function failed, although the call of the API did not."""

    kind: str
    """What the API calls it: ``Unhandled`` or ``Handled``, or the code at the end of a stream."""
    type: str | None
    """Such as ``ValueError`` or ``Sandbox.Timedout``."""
    message: str
    trace: tuple[str, ...] = ()
    """The lines of the stack trace, as the runtime gives them, with those of the causes."""

    def __str__(self) -> str:
        name = self.type or ("" if self.kind in ("Handled", "Unhandled") else self.kind)
        return f"{name}: {self.message}" if name else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Lambda answered."""

    target: Target
    type: InvocationType
    status: int
    """Of HTTP: 200 (the function ran), 202 (the event is queued) or 204 (the function might be invoked)."""
    executed_version: str | None = None
    """``$LATEST``, or the number of the version; Lambda says it for synchronous invocations."""
    payload: bytes = b""
    """What the function returned, or its error in JSON; empty if it was streamed."""
    payload_size: int = 0
    """In bytes, also of what was streamed."""
    error: FunctionError | None = None
    log: str | None = None
    """The end of the log of a synchronous invocation, at most 4 KB."""
    report: Report | None = None
    """What Lambda measured, if the end of the log has it."""
    request_id: str | None = None
    durable_execution_arn: str | None = None
    """Of a durable function."""
