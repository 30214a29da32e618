"""What a rule finds."""

from dataclasses import dataclass
from enum import IntEnum

from constructs_lib.graph.template import Resource


class Severity(IntEnum):
    """How bad a finding is."""

    INFO = 1
    """Worth knowing."""
    WARNING = 2
    """Works until the first bad day."""
    ERROR = 3
    """The deployment fails, or events are lost or never processed."""

    @property
    def label(self) -> str:
        """The severity as reports write it."""
        return self.name.lower()

    @classmethod
    def named(cls, name: "Severity | str") -> "Severity":
        """Return the severity that is given, or whose label is.

        Raises
        ------
        ValueError
            If there is none.
        """
        for one in cls:
            if name in (one, one.label):
                return one
        raise ValueError(f"expected a severity ({', '.join(one.label for one in reversed(cls))}), found {name!r}")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one resource."""

    rule: str
    severity: Severity
    message: str
    """What is wrong with this very resource, and what to do about it."""
    resource: Resource
    path: str = ""
    """The property, in dot form below ``Properties``."""

    @property
    def location(self) -> str:
        """What to look at, as reports write it: ``Properties.Timeout``."""
        return f"Properties.{self.path}" if self.path else "Properties"

    @property
    def sort_key(self) -> tuple[str, str, str, str, str]:
        """Orders findings by place, then by rule."""
        return str(self.resource.template.path), self.resource.logical_id, self.rule, self.path, self.message
