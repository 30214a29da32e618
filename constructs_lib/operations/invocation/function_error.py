"""Reads the errors that the runtimes of Lambda answer."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.operations.invocation.answer import FunctionError

_CAUSES: Final = 10
"""How many causes are followed."""


def function_error(kind: str, payload: bytes) -> FunctionError:
    """Return the error that a payload holds.

    Parameters
    ----------
    kind
        What the API calls it.
    payload
        JSON with ``errorMessage``, ``errorType`` and a trace (``stackTrace`` in Python, Java, Ruby, .NET and Go,
        ``trace`` in Node.js); anything else is the message itself.
    """
    try:
        read = json.loads(payload)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or not {"errorMessage", "errorType"} & set(read):
        return FunctionError(kind, None, payload.decode(errors="replace") or "(no message)")
    return FunctionError(
        kind,
        str(read["errorType"]) if read.get("errorType") else None,
        str(read.get("errorMessage") or "(no message)"),
        tuple(_trace(read, _CAUSES)),
    )


def _trace(error: Mapping[str, Any], causes: int) -> Iterator[str]:
    lines = error.get("stackTrace") or error.get("trace") or []
    for line in lines if isinstance(lines, list) else [lines]:
        yield from _entry(line).splitlines()
    cause = error.get("cause")
    if isinstance(cause, dict) and causes:
        yield f"Caused by: {cause.get('errorType', '')}: {cause.get('errorMessage', '')}"
        yield from _trace(cause, causes - 1)


def _entry(line: object) -> str:
    """Go and older Pythons give the parts of a line."""
    if isinstance(line, dict):
        return f"{line.get('path', '?')}:{line.get('line', '?')} in {line.get('label', '?')}"
    if isinstance(line, list):
        return " ".join(str(part) for part in line)
    return str(line)
