"""Where the values of a JSON text stand. What is passed over is read by the fast parser of the standard library."""

import json
import re
from bisect import bisect_right
from functools import cached_property
from typing import Any, Final

from constructs_lib.graph.loading.lines import Region

_SPACE: Final = re.compile(r"[ \t\n\r]*")


def json_places(text: str) -> "JsonPlace | None":
    """Return the outermost value of a JSON text; None when it is no JSON."""
    start = _skip(text, 0)
    try:
        end = json.JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None
    return JsonPlace(_Text(text), start, start, end)


class _Text:
    """A text, and the offsets at which its lines begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.decode: Any = json.JSONDecoder().raw_decode
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def region(self, start: int, end: int) -> Region:
        first, last = self._line(start), self._line(end)
        return Region(first + 1, start - self._lines[first] + 1, last + 1, end - self._lines[last] + 1)

    def _line(self, offset: int) -> int:
        return bisect_right(self._lines, offset) - 1


class JsonPlace:
    """A value in a JSON text, from the offset of its key to its end."""

    def __init__(self, text: _Text, key: int, start: int, end: int) -> None:
        self._text = text
        self._key = key
        self._start = start
        self._end = end

    @cached_property
    def children(self) -> "dict[str, JsonPlace]":
        """What stands within, by key or index."""
        opening = self._text.text[self._start]
        if opening not in "{[":
            return {}
        text, index = self._text.text, _skip(self._text.text, self._start + 1)
        found: dict[str, JsonPlace] = {}
        while text[index] not in "}]":
            key, name = index, str(len(found))
            if opening == "{":
                name, index = self._text.decode(text, index)
                index = _skip(text, _skip(text, index) + 1)
            end = self._text.decode(text, index)[1]
            found[name] = JsonPlace(self._text, key, index, end)
            index = _skip(text, end)
            if text[index] == ",":
                index = _skip(text, index + 1)
        return found

    @property
    def key(self) -> Region:
        """The key; of an element of a list, its first character."""
        end = self._key + 1 if self._key == self._start else self._text.decode(self._text.text, self._key)[1]
        return self._text.region(self._key, end)

    @property
    def whole(self) -> Region:
        """From the key to the end of the value."""
        return self._text.region(self._key, self._end)


def _skip(text: str, index: int) -> int:
    match = _SPACE.match(text, index)
    return match.end() if match else index
