"""A suppression, and the findings that it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from constructs_lib.nag.finding import Finding
from constructs_lib.nag.result import Suppression

NAMESPACE: Final = "LambdaInvocation"
"""The name of the pack, before the ids of its rules."""


@dataclass(frozen=True)
class Claim:
    """A suppression, and whether it is for a finding of its rule."""

    suppression: Suppression
    covers: Callable[[Finding], bool]
    expected: bool = True
    """Whether it is worth telling when it is for no finding at all."""


def rule_id(name: str) -> str:
    """Return the id of a rule without the name of the pack: ``LambdaInvocation::X`` and ``LambdaInvocation-X``."""
    for separator in ("::", "-"):
        name = name.removeprefix(NAMESPACE + separator)
    return name
