"""Where the values of a YAML text stand."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from constructs_lib.graph.loading.lines import Region
from constructs_lib.graph.reading.yaml_text import LOADER, tagged


@dataclass
class YamlPlace:
    """A value in a YAML text."""

    key: Region
    whole: Region
    children: "dict[str, YamlPlace]" = field(default_factory=dict)


@dataclass
class _Open:
    place: YamlPlace
    mapping: bool
    name: str | None = None
    at: Any = None


def yaml_places(text: str) -> YamlPlace | None:
    """Return the outermost value of a YAML text; None when it is no YAML."""
    outermost = YamlPlace(Region(1, 1, 1, 1), Region(1, 1, 1, 1))
    around = [_Open(outermost, mapping=False)]
    anchors: dict[str, YamlPlace] = {}
    last: Any = None
    try:
        for event in yaml.parse(text, Loader=LOADER):
            here = around[-1]
            if isinstance(event, yaml.CollectionEndEvent):
                around.pop()
                # A block ends where the next one begins; its last value ends before that.
                last = last if _empty(event) else event.end_mark
                here.place.whole = _until(here.place.whole, last)
            elif isinstance(event, yaml.NodeEvent):
                last = event.end_mark
                if here.mapping and here.name is None:
                    here.name, here.at = getattr(event, "value", ""), event
                    continue
                place = _place(here, event, anchors)
                if isinstance(event, yaml.CollectionStartEvent):
                    around.append(_Open(place, isinstance(event, yaml.MappingStartEvent)))
    except yaml.YAMLError:
        return None
    return next(iter(outermost.children.values()), None)


def _place(here: _Open, event: Any, anchors: dict[str, YamlPlace]) -> YamlPlace:
    key = here.at or event
    name = here.name if here.name is not None else str(len(here.place.children))
    end = event.end_mark if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) else event.start_mark
    place = YamlPlace(_region(key.start_mark, key.end_mark), _region(key.start_mark, end))
    if isinstance(event, yaml.AliasEvent):
        place.children = anchors[event.anchor].children if event.anchor in anchors else {}
    elif event.anchor is not None:
        anchors[event.anchor] = place
    call = tagged(event.tag, "") if getattr(event, "tag", None) else ""
    here.place.children[name] = place
    here.name = here.at = None
    if isinstance(call, dict):
        # The call of a function that a short tag stands for is a mapping with one key.
        inner = YamlPlace(place.key, place.whole)
        place.children = {next(iter(call)): inner}
        return inner
    return place


def _region(start: Any, end: Any) -> Region:
    return Region(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _until(region: Region, end: Any) -> Region:
    return Region(region.line, region.column, end.line + 1, end.column + 1)


def _empty(event: Any) -> bool:
    return bool(event.start_mark.index == event.end_mark.index)
