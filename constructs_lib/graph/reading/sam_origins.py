"""Which SAM resource, and which event of it, an expanded resource comes from: the names tell."""

from typing import Any, Final

_IMPLICIT: Final = {"ServerlessRestApi": "Api", "ServerlessHttpApi": "HttpApi"}
"""The APIs that SAM makes by itself, and the type of the events that ask for them."""


def sam_origins(written: dict[str, Any], expanded: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return where the source of each expanded resource stands in the SAM template, by logical id.

    Parameters
    ----------
    written, expanded
        The resources of the SAM template, and those that became of them.
    """
    names = sorted(written, key=len, reverse=True)
    origins: dict[str, tuple[str, ...]] = {}
    for logical_id in expanded:
        if logical_id in written:
            continue
        source = next((name for name in names if logical_id.startswith(name)), None)
        if source is not None:
            origins[logical_id] = ("Resources", source, *_event(written[source], logical_id.removeprefix(source)))
        else:
            implicit = next((kind for name, kind in _IMPLICIT.items() if logical_id.startswith(name)), None)
            place = next(_events_of_type(written, implicit), None) if implicit else None
            if place is not None:
                origins[logical_id] = place
    return origins


def _event(resource: Any, rest: str) -> tuple[str, ...]:
    name = next((name for name in sorted(_events(resource), key=len, reverse=True) if rest.startswith(name)), None)
    return () if name is None else ("Properties", "Events", name)


def _events_of_type(written: dict[str, Any], kind: str) -> Any:
    for logical_id, resource in written.items():
        for name, event in _events(resource).items():
            if isinstance(event, dict) and event.get("Type") == kind:
                yield "Resources", logical_id, "Properties", "Events", name


def _events(resource: Any) -> dict[str, Any]:
    properties = resource.get("Properties") if isinstance(resource, dict) else None
    events = properties.get("Events") if isinstance(properties, dict) else None
    return events if isinstance(events, dict) else {}
