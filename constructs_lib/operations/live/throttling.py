"""Wait out that there are too many calls."""

from collections.abc import Callable
from typing import Final, TypeVar

from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.refusals import explained, is_throttled

R = TypeVar("R")

_ROUNDS: Final = 4
"""How often a call is begun anew that is throttled: there are several for each function."""


def patiently(doing: str, read: Callable[[], R]) -> R:
    """Read, and read again when there were too many calls: each time, boto3 has waited five times before."""
    for _ in range(_ROUNDS - 1):
        try:
            with explained(doing):
                return read()
        except OperationError as error:
            if not is_throttled(cause_of(error)):
                raise
    with explained(doing):
        return read()


def cause_of(error: OperationError) -> Exception:
    """Return what boto3 raised."""
    return error.__cause__ if isinstance(error.__cause__, Exception) else error
