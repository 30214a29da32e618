"""How times, numbers and resources are named."""

import re
from math import isfinite
from typing import Final

from constructs_lib.graph.invokers.targets import LATEST, Qualifier
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Reference

_UNITS: Final = ((86_400, "days"), (3_600, "h"), (60, "min"))
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+")


def duration(seconds: float) -> str:
    """Write a time in the largest unit of which it is a whole number above one: 24 h, but 2 days."""
    for size, unit in _UNITS:
        number, rest = divmod(seconds, size)
        if not rest and number > (1 if unit == "days" else 0):
            return f"{number:.0f} {unit}"
    return f"{seconds:g} s"


def about(seconds: float) -> str:
    """Write a time that is not exact, such as a sum of waits, with two digits that mean something."""
    for size, unit in _UNITS:
        if seconds >= 2 * size:
            number = seconds / size
            return f"about {number:.{0 if number >= 10 else 1}f} {unit}".replace(".0 ", " ")
    return f"about {duration(seconds)}"


def count(number: float, thing: str) -> str:
    """Write a number of things."""
    return f"{number:,.0f} {thing}" if number == 1 else f"{number:,.0f} {thing}s"


def whole(number: float) -> int | None:
    """Return a number of attempts as an integer; None for what is no number of anything."""
    return int(number) if isfinite(number) else None


def kind(resource: Resource) -> str:
    """Say what a resource is: ``user pool`` for an ``AWS::Cognito::UserPool``."""
    if not resource.type.startswith("AWS::") or resource.type == "AWS::CloudFormation::CustomResource":
        return "custom resource"
    return " ".join(_lower(word) for word in _WORDS.findall(resource.type.rpartition("::")[2]))


def named(resource: Resource) -> str:
    """Say what a resource is and how it is called."""
    return f"{kind(resource)} {resource.label}"


def qualifier_name(qualifier: Qualifier) -> str | None:
    """Name the alias or version that is invoked; None when the templates do not tell."""
    if isinstance(qualifier, Reference):
        return named(qualifier.resource)
    if not isinstance(qualifier, str) or qualifier == LATEST:
        return qualifier if isinstance(qualifier, str) else None
    return f"version {qualifier}" if qualifier.isdecimal() else f"alias {qualifier}"


def _lower(word: str) -> str:
    return word.upper() if word in ("Api", "Url") or (word.isupper() and len(word) > 1) else word.lower()
