"""JSON as its standard has it, without what Python reads and writes besides."""

import json
import math
from typing import Any, NoReturn

from constructs_lib.operations.errors import Exit, OperationError


def check_json(text: bytes, what: str) -> None:
    """Check that a text is JSON in UTF-8; Lambda takes nothing else (source: API model, ``lambda.InvocationRequest``).

    Parameters
    ----------
    text
        The text.
    what
        What it is, such as ``the payload``.

    Raises
    ------
    OperationError
        When it is none; the message says where.
    """
    if not text.strip():
        raise _wrong(what, "nothing", "leave it out, or write JSON")
    try:
        # Numbers are not turned into Python's, which would refuse some that are JSON.
        json.loads(text.decode(), parse_constant=_refuse, parse_float=str, parse_int=str)
    except UnicodeDecodeError as error:
        raise _wrong(what, f"no UTF-8 at byte {error.start + 1:,}") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        advice = "correct it: names and texts stand in double quotation marks"
        raise _wrong(what, f"an error in {place}: {error.msg.lower()}", advice) from error
    except ValueError as error:
        raise _wrong(what, str(error)) from error
    except RecursionError:
        pass  # too deep for this check; Lambda decides


def read_json(text: str) -> Any:
    """Return the value of JSON that ``json.dumps`` can write as JSON again.

    Raises
    ------
    ValueError
        When it is no JSON, or has numbers that Python cannot hold.
    RecursionError
        When it is nested too deeply.
    """
    return json.loads(text, parse_constant=_refuse, parse_float=_finite)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant}, which is JavaScript")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number}, which is too large")
    return value


def _wrong(what: str, found: str, advice: str = "correct it") -> OperationError:
    return OperationError(f"expected JSON as {what}, found {found}; {advice}", Exit.USAGE)
