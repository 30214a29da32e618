"""Where a property stands in the file as written; looked up only for what is reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from constructs_lib.graph.reading.text import BadTextError, read_text
from constructs_lib.graph.template import Template


@dataclass(frozen=True)
class Region:
    """A piece of a text; lines and columns begin at 1, and the end column is the one after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


class Place(Protocol):
    """A value in a text, with its key."""

    @property
    def children(self) -> "Mapping[str, Place]":
        """What stands within the value, by key or index; empty when it holds nothing."""

    @property
    def key(self) -> Region:
        """Where the key stands; where the value begins when it is an element of a list."""

    @property
    def whole(self) -> Region:
        """From the beginning of the key to the end of the value."""


_texts: Final[WeakKeyDictionary[Template, Place | None]] = WeakKeyDictionary()


def region_of(template: Template, logical_id: str, path: str = "") -> Region | None:
    """Return where a property of a resource stands in the file of its template.

    Parameters
    ----------
    template
        The template.
    logical_id
        The resource. One that a loop or SAM made stands where its source does.
    path
        The property in dot form, below ``Properties``.

    Returns
    -------
    Region or None
        The property with its key. When it is missing, the key of what is nearest to it: the property around it,
        ``Properties``, or the logical id. None when the text cannot be read any more.
    """
    place = _text(template)
    if place is None:
        return None
    for key in template.written.get(logical_id, ("Resources", logical_id)):
        inner = place.children.get(key)
        if inner is None:
            break
        place = inner
    properties = place.children.get("Properties")
    if properties is None or not path:
        return (properties or place).key
    place, complete = _descend(properties, path.split("."))
    return place.whole if complete else place.key


def _descend(place: Place, keys: list[str]) -> tuple[Place, bool]:
    """Follow the keys as far as they are there; a key of the text can itself hold dots."""
    while keys:
        children = place.children
        length = next((n for n in range(1, len(keys) + 1) if ".".join(keys[:n]) in children), 0)
        if not length:
            branches = children["Fn::If"].children if len(children) == 1 and "Fn::If" in children else {}
            found = [_descend(branches[branch], keys) for branch in ("1", "2") if branch in branches]
            return next((one for one in found if one[1]), (place, False))
        place, keys = children[".".join(keys[:length])], keys[length:]
    return place, True


def _text(template: Template) -> Place | None:
    if template not in _texts:
        _texts[template] = _places(template)
    return _texts[template]


def _places(template: Template) -> Place | None:
    try:
        text = read_text(template.path) if template.text is None else template.text
    except BadTextError:
        return None
    if text.lstrip()[:1] == "{":
        from constructs_lib.graph.reading.json_places import json_places

        place = json_places(text)
        if place is not None:
            return place
    from constructs_lib.graph.reading.yaml_places import yaml_places

    return yaml_places(text)
