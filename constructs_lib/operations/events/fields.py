"""Reads fields of records that others wrote: what has not the expected type is as if it were not there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def string(value: object) -> str | None:
    """Return a string; None for an empty one and for anything else."""
    return value if isinstance(value, str) and value else None


def number(value: object) -> int | None:
    """Return a whole number that is not negative, also one that is written as a string."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value >= 0 else None
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdigit():
        return int(value)
    return None


def time(value: object) -> datetime | None:
    """Return a time that is written as in ISO 8601, in UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def milliseconds(value: object) -> datetime | None:
    """Return a time that is given in milliseconds since 1970, as SQS does."""
    found = number(value)
    try:
        return None if found is None else datetime.fromtimestamp(found / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
