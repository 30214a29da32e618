"""Reads JSON of others: with one error for all that is wrong, and values to the letter."""

import json
from typing import Any, NoReturn


def loads(text: str) -> Any:
    """Parse JSON as its standard has it, without ``NaN`` and the like.

    Raises
    ------
    ValueError
        When it is no JSON, or nested too deeply to be read.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError as error:
        if "set_int_max_str_digits" in str(error):  # Python's advice is for programmers
            raise ValueError("a number has too many digits to be read") from error
        raise


def member_text(text: str, name: str) -> str | None:
    """Return the value of a member of an object as it is written, so that no number changes by being parsed.

    Parameters
    ----------
    text
        JSON that ``loads`` reads, with an object outermost.
    name
        The name of the member. Of several ones the last counts, as for ``loads``.
    """
    decoder = json.JSONDecoder()
    found = None
    position = _behind_space(text, _behind_space(text, 0) + 1)
    while text[position] != "}":
        key, position = decoder.raw_decode(text, position)
        start = _behind_space(text, _behind_space(text, position) + 1)
        _, end = decoder.raw_decode(text, start)
        if key == name:
            found = text[start:end]
        position = _behind_space(text, end)
        if text[position] == ",":
            position = _behind_space(text, position + 1)
    return found


def _behind_space(text: str, position: int) -> int:
    while text[position] in " \t\n\r":
        position += 1
    return position


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
