"""How messages and accounts write times and numbers."""

from math import isfinite
from typing import Final

_UNITS: Final = ((86_400, "days"), (3_600, "h"), (60, "min"), (1, "s"))
_LONG: Final = 1_000
"""From this number of a unit on, a time is written in several units."""


def duration(seconds: float) -> str:
    """Write a time in the largest unit of which it is a whole number above one: 24 h, but 2 days.

    A time that has no such unit is written in several: 16 min 41 s.
    """
    if not isfinite(seconds) or seconds < 1:
        return f"{seconds:g} s"
    for size, unit in _UNITS:
        number, rest = divmod(seconds, size)
        if not rest and number > (1 if unit == "days" else 0) and (number < _LONG or unit == "days"):
            return f"{number:.0f} {unit}"
    return f"{seconds:g} s" if seconds < _LONG else _several(seconds)


def _several(seconds: float) -> str:
    parts = []
    for size, unit in _UNITS:
        number, seconds = divmod(seconds, size) if size > 1 else (seconds, 0)
        if number:
            parts.append(f"{number:g} {'day' if unit == 'days' and number == 1 else unit}")
    return " ".join(parts)


def about(seconds: float) -> str:
    """Write a time that is not exact, such as a sum of waits, with two digits that mean something."""
    for size, unit in _UNITS[:-1]:
        if seconds >= 2 * size:
            number = seconds / size
            return f"about {number:.{0 if number >= 10 else 1}f} {unit}".replace(".0 ", " ")
    return f"about {duration(seconds)}"


def count(number: float, thing: str) -> str:
    """Write a number of things."""
    plural = f"{thing[:-1]}ies" if thing.endswith("ry") else f"{thing}s"
    return f"{number:,.0f} {thing if number == 1 else plural}"
