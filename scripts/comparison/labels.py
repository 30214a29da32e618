"""Reads the labelled templates, and judges findings by their labels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from scripts.comparison.defects import Claim

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "tests" / "labelled"


@dataclass(frozen=True)
class Label:
    """A defect that a template holds."""

    defect: str
    at: tuple[str, ...]
    """The logical ids at which a tool may report it."""


@dataclass(frozen=True)
class Case:
    """A template, and all the defects that it holds."""

    path: Path
    about: str
    labels: tuple[Label, ...]

    @property
    def name(self) -> str:
        """The name by which the comparison speaks of it: ``polling/queue-right.json``."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def sam(self) -> bool:
        """Whether it is a SAM template, the resources of which are named after what they are expanded from."""
        return self.path.name.startswith("sam-")


@dataclass(frozen=True)
class Found:
    """A finding of a tool."""

    rule: str
    resource: str


@dataclass(frozen=True)
class Judgement:
    """What is true, false and missed of what a tool finds in one template."""

    true: tuple[Label, ...]
    false: tuple[Found, ...]
    missed: tuple[Label, ...]


def cases() -> list[Case]:
    """Return all labelled templates, in a fixed order."""
    return [
        Case(
            file.parent / name,
            about["about"],
            tuple(Label(one["defect"], tuple(one["at"])) for one in about["defects"]),
        )
        for file in sorted(FOLDER.glob("*/labels.yaml"))
        for name, about in yaml.safe_load(file.read_text()).items()
    ]


def judge(case: Case, found: Iterable[Found], claims: Mapping[str, Claim]) -> Judgement:
    """Judge the findings of a tool; those of rules without a claim do not count."""
    counted = sorted({one for one in found if one.rule in claims}, key=lambda one: (one.resource, one.rule))
    true: set[Label] = set()
    # Two rules that say the same of one resource are one finding.
    false: dict[tuple[str, str], Found] = {}
    for one in counted:
        claim = claims[one.rule]
        met = {label for label in case.labels if label.defect in (claim.defect, *claim.also) and _at(case, label, one)}
        true |= met
        if not met:
            false.setdefault((one.resource, claim.defect), one)
    covered = {claim.defect for claim in claims.values()}
    return Judgement(
        tuple(label for label in case.labels if label in true),
        tuple(false.values()),
        tuple(label for label in case.labels if label.defect in covered and label not in true),
    )


def _at(case: Case, label: Label, found: Found) -> bool:
    return found.resource in label.at or (case.sam and found.resource.startswith(label.at))
