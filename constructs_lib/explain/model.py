"""What is told about a function."""

from dataclasses import dataclass
from enum import Enum

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.template import Resource


class StageName(Enum):
    """The two stages in which an event can fail."""

    DELIVERY = "delivery"
    """The source hands the event to Lambda."""
    EXECUTION = "execution"
    """The handler does the work."""


class Fate(Enum):
    """What becomes of a failed event."""

    KEPT = "kept"
    """It waits, or is handled, at a place of its own."""
    LOST = "lost"
    CALLER = "caller"
    """Whoever waits for the answer gets the error, and decides."""
    UNKNOWN = "unknown"
    """The templates, or AWS, do not tell."""


@dataclass(frozen=True)
class End:
    """Where a failed event ends."""

    fate: Fate
    place: str
    """What and where, in words."""
    resource: Resource | None = None
    """None when it is no resource of the app."""
    watchers: tuple[str, ...] | None = None
    """Who notices it there; None when the templates cannot tell."""


@dataclass(frozen=True)
class Attempts:
    """How often, and for how long, something is tried before it is given up."""

    words: str
    number: int | None = None
    """Of attempts in all, the first one included; None when there is no such limit, or it is not known."""
    seconds: float | None = None
    """After which it is given up; None when there is no such limit, or it is not known."""


@dataclass(frozen=True)
class Stage:
    """What happens in one stage."""

    name: StageName
    attempts: Attempts
    ends: tuple[End, ...]
    """Where a failed event ends: in all of these places."""


@dataclass(frozen=True)
class Route:
    """One way in which events come to the function: those that fare alike are one."""

    service: str
    """Who invokes, as users know it."""
    resources: tuple[Resource, ...]
    """What sends the events, or else what names the function or allows to invoke it."""
    only_allowed: bool
    """Whether the templates show only that somebody may invoke, not that somebody does."""
    qualifier: str | None
    """None when the templates do not tell."""
    model: InvocationModel | None
    """None when the templates, or AWS, do not tell."""
    limits: tuple[str, ...]
    """What the caller does not wait for or take, in words."""
    notes: tuple[str, ...]
    backlog: tuple[str, ...] | None
    """The alarms on what waits in the queue before the function; None when there is no queue of the app."""
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Account:
    """What is told about one function."""

    function: Resource
    name: str | None
    """The name that the template gives it, if any."""
    timeout: float | None
    """In seconds; None when unknown."""
    routes: tuple[Route, ...]
    """Empty when nothing in the templates invokes it."""
    alarms: tuple[str, ...]
    """The metrics of the function that alarms watch, each with its alarms."""
    notes: tuple[str, ...] = ()
    conditional: bool = False
    """Whether conditions of the templates decide about what is told: then it is one outcome of several."""
    assumed: tuple[str, ...] = ()
    """What is taken of the conditions that can hold or not, in words."""

    @property
    def names(self) -> set[str]:
        """What the function can be called: its name, its logical id, its construct path, and every end of that."""
        parts = (self.function.construct_path or "").removesuffix("/Resource").split("/")
        ends = {"/".join(parts[index:]) for index in range(len(parts))}
        return {self.name or "", self.function.logical_id, self.function.label, *ends} - {""}
