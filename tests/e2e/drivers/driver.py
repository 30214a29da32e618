"""What the tests must know of a source: how to send to it, and where its failed events are found."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Stack

import constructs_lib
from constructs_lib import LambdaFunction
from constructs_lib.catalog import PATTERNS
from tests.conformance.builders import BUILDERS
from tests.e2e.clients import Clients

_CATALOG = {entry.name: entry for entry in PATTERNS}


@dataclass
class Deployed:
    """A deployed pattern, as a driver sees it."""

    clients: Clients
    outputs: Mapping[str, str]
    captured: dict[str, str] = field(default_factory=dict)
    """What was found so far in the place for failed events, by token."""


class Driver(ABC):
    """A source of events for one pattern."""

    handler = "index.handler"
    """What of the folder of handlers the function runs."""
    attempts: int
    """How often the handler is invoked for an event that always fails."""
    attempts_if_timed_out: int | None = None
    """The same for an event whose handler always times out, if that differs."""
    seconds = 20.0
    """How long it may take until the last event of a scenario is handled or captured."""
    is_slow = False
    """Whether a retry waits for seconds that nothing shortens."""
    repeats_neighbours = False
    """Whether events that are sent together with a failing one are handled again, and that one more often."""

    outlasts_throttles = True
    """Whether throttled events are sent again until they are handled; otherwise each is captured at once."""

    def __init__(self, pattern: str) -> None:
        self.pattern = _CATALOG[pattern]

    def build(self, stack: Stack, function: LambdaFunction) -> Any:
        """Build the pattern with its defaults."""
        name = self.pattern.name
        if name in BUILDERS:
            return BUILDERS[name](stack, function)
        return getattr(constructs_lib, name)(stack, "Pattern", function=function)

    @abstractmethod
    def outputs(self, built: Any) -> dict[str, str]:
        """Say what the driver needs to know of the deployed pattern."""

    def ready(self, deployed: Deployed, tokens: Sequence[str]) -> AbstractContextManager[None]:
        """Do what a source needs before events can be sent, and undo it after they are."""
        return nullcontext()

    @abstractmethod
    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        """Send one event for each token."""

    @abstractmethod
    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        """Look for failed events where the catalog says, hold them to the documented format, and note them."""

    def on_its_way(self, deployed: Deployed) -> int:
        """Count what is neither handled nor captured yet, as far as the source tells."""
        return 0
