"""How resources are named, and what attempts count."""

import re
from math import isfinite
from typing import Final

from constructs_lib.graph.invokers.targets import LATEST, Qualifier
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Reference

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+")


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
