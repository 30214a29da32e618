"""What is to be parsed, with what all formats need of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import FailedEvent, Origin, Stored
from constructs_lib.operations.events.json_text import loads, member_text
from constructs_lib.operations.places.place import Place, Use


@dataclass(frozen=True)
class Found:
    """A message or an object in its place, or what is in its envelope: the text and the attributes can be of either."""

    stored: Stored
    place: Place
    text: str
    attributes: Mapping[str, str]

    @cached_property
    def _parsed(self) -> tuple[Any, str | None]:
        try:
            return loads(self.text), None
        except ValueError as error:
            return None, str(error)

    @property
    def body(self) -> Any:
        """The text as JSON; None also when it is none."""
        return self._parsed[0]

    @property
    def why_no_json(self) -> str | None:
        """What keeps the text from being JSON; None when it is."""
        return self._parsed[1]

    @property
    def record(self) -> Mapping[str, Any]:
        """The text as an object of JSON; empty when it is none."""
        return fields.mapping(self.body)

    def member(self, name: str) -> str | None:
        """Return the value of a member of the record, as it is written."""
        return member_text(self.text, name) if name in self.record else None

    def use(self, origin: Origin, chosen: Callable[[Use], bool] | None = None) -> Use | None:
        """Return the one that puts events of an origin here; None when none, or one of several, can have done so."""
        uses = [use for use in self.place.uses if use.origin is origin and (chosen is None or chosen(use))]
        return uses[0] if len(uses) == 1 else None

    def has_use(self, origin: Origin) -> bool:
        """Say whether anybody puts events of an origin here."""
        return any(use.origin is origin for use in self.place.uses)

    def notification(self) -> Mapping[str, Any]:
        """Return the envelope in which SNS hands a message to a queue or an HTTP endpoint; empty when there is none."""
        record = self.record
        known = record.get("Type") == "Notification" and "TopicArn" in record
        return record if known and isinstance(record.get("Message"), str) else {}

    def unwrapped(self) -> "Found | None":
        """Return what is in the envelope of SNS; None when there is none."""
        envelope = self.notification()
        if not envelope:
            return None
        attributes = {
            name: value
            for name, attribute in fields.mapping(envelope.get("MessageAttributes")).items()
            if (value := fields.string(fields.mapping(attribute).get("Value"))) is not None
        }
        return Found(self.stored, self.place, envelope["Message"], attributes)


Format = Callable[[Found], FailedEvent | None]


def found_in(stored: Stored, place: Place) -> Found:
    """Return a stored message or object, ready to be parsed."""
    attributes = {
        name: value
        for name, attribute in stored.attributes.items()
        if (value := fields.string(fields.mapping(attribute).get("StringValue"))) is not None
    }
    return Found(stored, place, stored.body, attributes)


def only_function(use: Use | None) -> str | None:
    """Return the function that is to get the events of a use; None when it is one of several."""
    return use.functions[0] if use is not None and len(use.functions) == 1 else None


def written(payload: object) -> str:
    """Return a payload that is put together from a record, as JSON text."""
    return json.dumps(payload, separators=(",", ":"))
