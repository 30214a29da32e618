"""Read YAML as CloudFormation does: short tags for functions, dates as texts, no key twice.

The events of the parser are put together here, without recursion and with a limit, as aliases can grow without end.
"""

from typing import Any, Final

import yaml

from constructs_lib.graph.reading.text import BadTextError
from constructs_lib.graph.reading.yaml_scalars import scalar

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_SIZE_LIMIT: Final = 8 * 1024 * 1024
"""The longest YAML text that is read, in characters: reading it takes 30 times as long as reading JSON."""
_DEPTH_LIMIT: Final = 200
"""The deepest nesting; that of templates is a tenth of it."""
_VALUE_LIMIT: Final = 1_000_000
"""The most values of a template, with what its aliases repeat."""

_STANDARD: Final = "tag:yaml.org,2002:"
_MERGE: Final = "<<"


def parse_yaml(text: str) -> Any:
    """Return what a YAML text says.

    Raises
    ------
    BadTextError
        When it is not YAML, too large, nested too deeply, or holds a mapping with a key twice.
    """
    if len(text) > _SIZE_LIMIT:
        raise BadTextError(
            f"YAML of more than {_SIZE_LIMIT // 1024 // 1024} MB",
            "CloudFormation takes templates of at most 1 MB; split the stack",
        )
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _not_yaml(text, error) from error
    return builder.document


class _Builder:
    """Puts the events of the parser together."""

    def __init__(self) -> None:
        self.document: Any = None
        self._documents = 0
        self._open: list[_Collection] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            key = self._open and self._open[-1].wants_key
            value = event.value if key else scalar(event.value, event.tag, plain=plain)
            self._add(value if key else tagged(event.tag, value), event, 1)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self._open) >= _DEPTH_LIMIT:
                raise _bad("values nested too deeply", event, "flatten the template")
            self._open.append(_Collection(event))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self._open.pop()
            self._add(tagged(done.event.tag, done.content), done.event, done.count)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _bad(f"an alias to '{event.anchor}', which is not there", event, "define the anchor before it")
            value, count = self._anchors[event.anchor]
            self._add(value, event, count)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _bad("a second YAML document", event, "put each template in a file of its own")

    def _add(self, value: Any, event: Any, count: int) -> None:
        anchor = None if isinstance(event, yaml.AliasEvent) else event.anchor
        if anchor is not None:
            self._anchors[anchor] = value, count
        if not self._open:
            self.document = value
            return
        around = self._open[-1]
        around.count += count
        if around.count > _VALUE_LIMIT:
            raise _bad("aliases that repeat too much", event, "write fewer of them")
        around.add(value, event)


class _Collection:
    """A mapping or a list whose end has not come yet."""

    def __init__(self, event: Any) -> None:
        self.event = event
        self.mapping = isinstance(event, yaml.MappingStartEvent)
        self.content: Any = {} if self.mapping else []
        self.count = 1
        self._key: str | None = None
        self._merged: dict[str, Any] = {}

    @property
    def wants_key(self) -> bool:
        """Whether the next value is a key."""
        return self.mapping and self._key is None

    def add(self, value: Any, event: Any) -> None:
        """Add the next value."""
        if not self.mapping:
            self.content.append(value)
        elif self._key is None:
            if not isinstance(value, str):
                raise _bad("a key that is no text", event, "write a text before the colon")
            if value in self.content and value not in self._merged:
                raise _bad(f"the key '{value}' twice in one mapping", event, "remove or rename one of the two")
            self._key = value
        elif self._key == _MERGE:
            for one in value if isinstance(value, list) else [value]:
                if not isinstance(one, dict):
                    raise _bad("a merge of what is no mapping", event, "merge mappings")
                self._merged.update({key: one[key] for key in one if key not in self.content})
                self.content = {**one, **self.content}
            self._key = None
        else:
            self._merged.pop(self._key, None)
            self.content[self._key] = value
            self._key = None


def tagged(tag: str | None, value: Any) -> Any:
    """Return the call of the intrinsic function that a short tag such as ``!Sub`` is."""
    if not tag or tag == "!" or tag.startswith(_STANDARD):
        return value
    name = tag.lstrip("!")
    if name in ("Ref", "Condition"):
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{name}": value}


def _bad(found: str, event: Any, cure: str) -> BadTextError:
    return BadTextError(f"{found} (line {event.start_mark.line + 1})", cure)


def _not_yaml(text: str, error: yaml.YAMLError) -> BadTextError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    if mark is None:
        return BadTextError(f"text that is not YAML ({problem})", "correct the text")
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: mark.column + 1]:
        return BadTextError(f"a tab in the indentation (line {mark.line + 1})", "YAML indents with spaces; replace it")
    return BadTextError(f"text that is not YAML (line {mark.line + 1}: {problem})", "correct the text")
