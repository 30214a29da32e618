"""Invoke functions, and find, read and redrive their failed events, with boto3.

The command ``lambda-invocations`` does the same. Nothing here loads aws-cdk-lib, and boto3 is loaded by the first
``Account``. Names load on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.operations.account import Account as Account
    from constructs_lib.operations.audit.auditing import audit_accounts as audit_accounts
    from constructs_lib.operations.errors import OperationError as OperationError
    from constructs_lib.operations.events.event import FailedEvent as FailedEvent
    from constructs_lib.operations.events.reading import read_failures as read_failures
    from constructs_lib.operations.invocation.answer import Answer as Answer
    from constructs_lib.operations.invocation.call import invoke as invoke
    from constructs_lib.operations.invocation.request import InvocationType as InvocationType
    from constructs_lib.operations.invocation.streaming import stream as stream
    from constructs_lib.operations.places.finding import find_place as find_place
    from constructs_lib.operations.places.listing import list_failures as list_failures
    from constructs_lib.operations.places.place import Place as Place
    from constructs_lib.operations.redrive.options import Options as Options
    from constructs_lib.operations.redrive.outcome import Outcome as Outcome
    from constructs_lib.operations.redrive.runner import redrive_failures as redrive_failures

_MODULES = {
    "Account": "account",
    "Answer": "invocation.answer",
    "FailedEvent": "events.event",
    "InvocationType": "invocation.request",
    "OperationError": "errors",
    "Options": "redrive.options",
    "Outcome": "redrive.outcome",
    "Place": "places.place",
    "audit_accounts": "audit.auditing",
    "find_place": "places.finding",
    "invoke": "invocation.call",
    "list_failures": "places.listing",
    "read_failures": "events.reading",
    "redrive_failures": "redrive.runner",
    "stream": "invocation.streaming",
}

__all__ = [
    "Account",
    "Answer",
    "FailedEvent",
    "InvocationType",
    "OperationError",
    "Options",
    "Outcome",
    "Place",
    "audit_accounts",
    "find_place",
    "invoke",
    "list_failures",
    "read_failures",
    "redrive_failures",
    "stream",
]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
