"""The base class of all rules."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity


class Rule(ABC):
    """A rule: what is wrong, how bad it is, and how to put it right.

    A rule reads one world and never raises. What is unknown in it is never a finding.
    """

    id: ClassVar[str]
    """The name of the class."""
    severity: ClassVar[Severity]
    """Of its findings, unless one of them says otherwise."""
    description: ClassVar[str]
    """What is wrong and why it matters, in one or two sentences."""
    fix: ClassVar[str]
    """What to write instead, in CDK and in CloudFormation."""
    source: ClassVar[str]
    """Where AWS documents the fact behind the rule."""
    opt_in: ClassVar[bool] = False
    """Whether the rule runs only when it is selected by its id."""

    def __init_subclass__(cls) -> None:
        cls.id = cls.__name__

    @abstractmethod
    def check(self, world: World) -> Iterator[Finding]:
        """Yield what is wrong in a world."""

    def finding(
        self,
        resource: Resource,
        path: str,
        message: str,
        *,
        severity: Severity | None = None,
    ) -> Finding:
        """Return a finding of this rule.

        Parameters
        ----------
        resource, path
            Where to put it right; the path of the property in dot form.
        message
            What is wrong with this very resource, and what to do about it.
        severity
            When it is not the rule's own.
        """
        return Finding(self.id, self.severity if severity is None else severity, message, resource, path)
