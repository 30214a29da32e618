"""What AWS says when there is nothing."""

from collections.abc import Callable
from typing import Final, TypeVar

from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.live.throttling import cause_of, patiently
from constructs_lib.operations.refusals import error_code, is_missing

R = TypeVar("R")

_NOTHING: Final = ("NoSuchBucketPolicy", "PolicyNotFoundException")
"""Answers that there is nothing, besides those that say so for what is gone."""


def unless_missing(doing: str, read: Callable[[], R], nothing: R) -> R:
    """Read, and return what stands for nothing when AWS says that there is no such thing.

    Raises
    ------
    OperationError
        When AWS refuses it for another reason.
    """
    try:
        return patiently(doing, read)
    except OperationError as error:
        cause = cause_of(error)
        if is_missing(cause) or error_code(cause) in _NOTHING:
            return nothing
        raise
