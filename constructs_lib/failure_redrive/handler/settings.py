"""What the construct tells its function, by environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place, Use

_TO_FUNCTION = (Origin.FUNCTION_DLQ, Origin.DESTINATION, Origin.SUBSCRIPTION, Origin.RULE, Origin.SCHEDULE)


@dataclass(frozen=True)
class Settings:
    """What is fixed when the construct is deployed."""

    place: Place
    queue_url: str
    """Empty for a bucket."""
    homes: frozenset[str]
    """The ARNs that may get events: of the function, with its qualifier, and of the source queue."""
    max_concurrency: int
    rate: float | None
    """Events per second of a whole execution."""
    timeout: int
    """For how many seconds an execution takes events on."""

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment variables that ``FailureRedrive`` sets."""
        function, source = environment.get("FUNCTION_ARN"), environment.get("SOURCE_QUEUE_ARN")
        # Which subscriptions, rules and schedules leave events there is not known here.
        uses = [Use(origin, "", (function,)) for origin in _TO_FUNCTION] if function else []
        if source:
            uses.append(Use(Origin.SOURCE_QUEUE, source, source=source))
        place = Place(
            kind=Kind.QUEUE if "QUEUE_URL" in environment else Kind.BUCKET,
            arn=environment["PLACE_ARN"],
            uses=tuple(uses),
            prefix=environment.get("PREFIX", ""),
        )
        return cls(
            place=place,
            queue_url=environment.get("QUEUE_URL", ""),
            homes=frozenset(arn for arn in (function, source) if arn),
            max_concurrency=int(environment["MAX_CONCURRENCY"]),
            rate=float(environment["RATE"]) if "RATE" in environment else None,
            timeout=int(environment["TIMEOUT"]),
        )
