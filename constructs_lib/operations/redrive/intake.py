"""Decides about each event that comes out of the place: whether it is sent, is only to leave, or stays."""

from typing import Final

from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.events.filtering import matches
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.redrive.homes import Home, Way, home_of
from constructs_lib.operations.redrive.journal import Journal
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.queueing import BEHIND, Work
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.removal import Removal
from constructs_lib.operations.redrive.source import Source

_GROUP: Final = "MessageGroupId"


class Intake:
    """The events that were taken out of the place.

    Parameters
    ----------
    place
        The place.
    source
        The events of the place.
    journal
        What earlier runs did with them.
    options
        Which are to be sent.
    outcome
        Where those that stay are counted.
    removal
        What is to leave.
    """

    def __init__(
        self, place: Place, source: Source, journal: Journal, options: Options, outcome: Outcome, removal: Removal
    ) -> None:
        self._place, self._source, self._journal, self._options = place, source, journal, options
        self._outcome, self._removal = outcome, removal
        self.in_hand: set[str] = set()
        """The events that are to be sent, or to leave."""
        self._aside: set[str] = set()
        self._stuck: set[str] = set()
        """Message groups of the place of which one message stays."""

    def take(self, event: FailedEvent) -> Work | None:
        """Return what there is to do for an event, if it is to be sent.

        Parameters
        ----------
        event
            The event; of a message group, the next one.
        """
        key, stored_at = event.stored.id, event.stored.stored_at
        if key in self.in_hand or key in self._aside:
            return None  # it was hidden for too short a time; only its receipt handle is new
        if self._is_accepted(event):
            self.in_hand.add(key)
            self._removal.add_earlier(key)
            return None
        home = home_of(event, self._place, self._options.to)
        if stored_at is not None and stored_at > self._source.began:
            # It may have been sent just now and have failed again: that would go on for ever.
            self._outcome.newer += 1
        elif self._options.error is not None and not matches(event, self._options.error):
            self._outcome.passed_over += 1
        elif isinstance(home, Reason):
            self.leave(event, home)
        elif self._is_behind(event, home):
            self.leave(event, BEHIND)
        else:
            self.in_hand.add(key)
            return Work(event, home)
        self._aside.add(key)
        if _GROUP in event.stored.system:
            self._stuck.add(event.stored.system[_GROUP])
        return None

    def leave(self, event: FailedEvent, reason: Reason) -> None:
        """Let an event stay where it is."""
        self.in_hand.discard(event.stored.id)
        self._aside.add(event.stored.id)
        self._journal.left(event.stored.id, reason.text, maybe_sent=reason.maybe_sent)
        self._outcome.left[reason] += 1

    def accepted(self, event: FailedEvent, as_id: str) -> None:
        """Note that the home of an event has it, and let it leave."""
        self._journal.sent(event.stored.id, as_id, self._written(event))
        self._removal.add(event.stored.id)

    def _is_accepted(self, event: FailedEvent) -> bool:
        if not self._source.uses_ids_again:
            return event.stored.id in self._journal.accepted
        # What has left and is here again was put back, and is to be sent; so is what was written over.
        unremoved = self._journal.unremoved
        return event.stored.id in unremoved and unremoved[event.stored.id] == self._written(event)

    def _written(self, event: FailedEvent) -> str | None:
        stored_at = event.stored.stored_at
        return stored_at.isoformat() if self._source.uses_ids_again and stored_at is not None else None

    def _is_behind(self, event: FailedEvent, home: Home) -> bool:
        """Whether something before it in its group stays; in a standard queue groups have no order, nor have lanes."""
        return home.way is Way.QUEUE and home.lane is not None and event.stored.system.get(_GROUP) in self._stuck
