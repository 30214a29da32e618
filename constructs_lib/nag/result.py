"""The outcome of a check: the findings, what was accepted, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class Origin(Enum):
    """Where somebody accepted a finding."""

    ACKNOWLEDGEMENT = "acknowledgement"
    """``Validations.of(construct).acknowledge`` in the app, as the cloud assembly tells it."""
    METADATA = "metadata"
    """The metadata of the resource or of the template."""
    BASELINE = "baseline"
    """The baseline file of findings that were there before."""


@dataclass(frozen=True)
class Suppression:
    """Somebody accepted the findings of a rule at a place, and said why."""

    rule: str
    reason: str
    origin: Origin
    path: Path
    """The file that says so."""
    place: str
    """What it is for, as messages name it: a logical id or a construct path; empty for the whole file."""


@dataclass(frozen=True)
class Judged:
    """A finding, and the suppression that accepts it."""

    finding: Finding
    suppression: Suppression | None = None


@dataclass(frozen=True)
class Problem:
    """An input that could not be checked."""

    path: Path
    message: str
    """What was expected, what was found, and what to do; without the name of the file."""


@dataclass(frozen=True)
class Result:
    """All that a report can tell."""

    rules: Sequence[Rule]
    """The rules that were run."""
    judged: Sequence[Judged] = ()
    unused: Sequence[Suppression] = ()
    """Suppressions that accept nothing, as there is nothing to accept, or as they give no reason (an empty one)."""
    problems: Sequence[Problem] = ()
    templates: int = 0
    """How many templates were checked, nested stacks included."""
    fail_on: Severity = Severity.ERROR
    """The least severe findings that fail the check."""
    unit: str = "template"
    """What is counted as a template: ``region`` when each is the live configuration of one."""

    @property
    def active(self) -> list[Finding]:
        """The findings that nobody accepted."""
        return [one.finding for one in self.judged if one.suppression is None]

    def fails(self, finding: Finding) -> bool:
        """Say whether a finding is severe enough to fail the check while nobody accepts it."""
        return finding.severity >= self.fail_on

    @property
    def failed(self) -> bool:
        """Whether an active finding fails the check."""
        return any(map(self.fails, self.active))
