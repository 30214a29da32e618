"""How places are listed for programs."""

from typing import Any

from constructs_lib.operations.places.gaps import Gap
from constructs_lib.operations.places.listing import Listed, Listing
from constructs_lib.operations.places.place import Use
from constructs_lib.operations.places.waiting import Waiting
from constructs_lib.operations.places.watching import Alarm


def data(listing: Listing) -> dict[str, Any]:
    """Return the list as JSON takes it."""
    return {
        "places": [_place(one) for one in listing.places],
        "gaps": [_gap(one) for one in listing.gaps],
        "problems": list(listing.problems),
    }


def _place(one: Listed) -> dict[str, Any]:
    return {
        "name": one.place.name,
        "kind": one.place.kind.value,
        "arn": one.place.arn,
        "prefix": one.place.prefix,
        "missing": one.is_missing,
        "waiting": None if one.waiting is None else _waiting(one.waiting),
        "readBy": None if one.readers is None else list(one.readers),
        "alarms": None if one.alarms is None else [_alarm(alarm) for alarm in one.alarms],
        "uses": [_use(use) for use in one.place.uses],
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {"name": alarm.name, "hasActions": alarm.has_actions}


def _waiting(waiting: Waiting) -> dict[str, Any]:
    return {
        "events": waiting.events,
        "visible": waiting.visible,
        "inFlight": waiting.in_flight,
        "delayed": waiting.delayed,
        "more": waiting.more,
        "oldestSeconds": waiting.oldest,
        "retentionSeconds": waiting.retention,
        "leftSeconds": waiting.left,
        "leftAtMost": waiting.left_at_most,
    }


def _use(use: Use) -> dict[str, Any]:
    return {
        "origin": use.origin.value,
        "owner": use.owner,
        "functions": list(use.functions),
        "source": use.source,
        "partialBatches": use.partial_batches,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "rule": gap.rule,
        "severity": gap.severity.label,
        "resource": gap.resource,
        "arn": gap.arn,
        "functions": sorted(gap.functions),
        "message": gap.message,
    }
