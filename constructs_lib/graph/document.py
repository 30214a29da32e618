"""Read a JSON document that a property holds as a text or as an object, references in it kept apart."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Reference, Scalar, Structure, Text, Unknown, Value, fold, join, unfold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_SUBSTITUTION = re.compile(r"\$\{([^{}]+)\}")
_OPEN = re.compile(r'"Ref"|"Fn::|\{\{resolve:|null|NaN|Infinity')


@dataclass(frozen=True)
class Document:
    """A parsed document; a string in it can hold placeholders for references."""

    data: Any
    holes: dict[str, Reference | Unknown]

    def value(self, text: Any) -> Value:
        """Return the value of a string of the document; None when it is no string."""
        return unfold(text, self.holes) if isinstance(text, str) else None

    def mappings(self) -> Iterator[dict[str, Any]]:
        """Yield every mapping in the document, outer ones first."""
        pending = [self.data]
        while pending:
            part = pending.pop()
            if isinstance(part, dict):
                yield part
                pending.extend(reversed(part.values()))
            elif isinstance(part, list):
                pending.extend(reversed(part))


def read_document(place: Node, substitutions: Node | None = None) -> Document | None:
    """Read a document.

    Parameters
    ----------
    place
        The property.
    substitutions
        Values for the ``${name}`` in it, as in ``DefinitionSubstitutions`` of a state machine.

    Returns
    -------
    Document or None
        None when the property is unknown, is no JSON, or is nested too deeply.
    """
    if substitutions is not None or not place.world.settled:
        return _read(place, substitutions)
    # Many ask for the same policies.
    known = place.world.once(_known)
    if place not in known:
        known[place] = _read(place, None)
    return known[place]


def _known(_: "World") -> "dict[Node, Document | None]":
    return {}


def _read(place: Node, substitutions: Node | None) -> Document | None:
    value = place.value
    if isinstance(value, Structure):
        try:
            value = join(list(_pieces(place)))
        except RecursionError:
            return None
    text, holes = fold(value)
    if substitutions is not None and isinstance(substitutions.value, Structure):
        parts: list[Value] = []
        for index, piece in enumerate(_SUBSTITUTION.split(text)):
            if index % 2:
                substitute = substitutions[piece]
                parts.append("${" + piece + "}" if substitute.absent else substitute.value)
            else:
                parts.append(unfold(piece, holes))
        text, holes = fold(join(parts))
    try:
        return Document(json.loads(text), holes)
    except (ValueError, RecursionError):
        return None


def _pieces(node: Node) -> Iterator[Value]:
    """Yield the JSON text of an object, in which references stay references."""
    value = node.value
    if isinstance(value, Structure):
        written = _written(value.content)
        if written is not None:
            yield written
            return
        listed = isinstance(value.content, list)
        yield "[" if listed else "{"
        for index, child in enumerate(node.children):
            if index:
                yield ","
            if not listed:
                yield json.dumps(child.path[-1], ensure_ascii=False) + ":"
            yield from _pieces(child)
        yield "]" if listed else "}"
    elif isinstance(value, Scalar) and not isinstance(value, str):
        yield json.dumps(value)
    else:
        yield '"'
        for part in value.parts if isinstance(value, Text) else (value,):
            yield json.dumps(part, ensure_ascii=False)[1:-1] if isinstance(part, str) else part
        yield '"'


def _written(content: Any) -> str | None:
    """Return the JSON text of what holds no function and nothing absent; most of a document does not."""
    try:
        text = json.dumps(content, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return None
    return None if _OPEN.search(text) else text
