"""How many failed events wait in a place, how long they have, and how long they will be kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """What waits in a place. Ages and times are in seconds; None is unknown."""

    visible: int
    """The messages of a queue that can be received, or the objects."""
    in_flight: int = 0
    """The messages that somebody has received and not yet deleted."""
    delayed: int = 0
    """The messages that cannot be received yet."""
    more: bool = False
    """Whether there are more than these: no more objects of a bucket are counted than one answer lists."""
    oldest: float | None = None
    """The age of the oldest event; of a bucket with more objects, of the oldest one of those that were listed."""
    retention: float | None = None
    """How long an event is kept; None in a bucket that keeps its objects."""
    keeps_clock: bool = False
    """Whether the retention began before the events got here, so that less than ``left`` is left.

    A standard queue counts from when a message was first sent, also to the queue from which SQS moved it here.
    Source: AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html.
    """

    @property
    def events(self) -> int:
        """How many events wait, whether they can be received right now or not."""
        return self.visible + self.in_flight + self.delayed

    @property
    def left(self) -> float | None:
        """How long the oldest event is still kept; None when nothing deletes it, or that is unknown."""
        if self.retention is None or self.oldest is None:
            return None
        return max(self.retention - self.oldest, 0)

    @property
    def left_at_most(self) -> bool:
        """Whether it may be less than ``left``."""
        return self.keeps_clock or self.more
