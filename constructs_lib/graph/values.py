"""What a property can denote: a literal, a reference to a resource, a text with references in it, or unknown.

Literals are plain Python scalars. ``None`` is absent: the property is missing, or ``AWS::NoValue``.
"""

import re
from dataclasses import dataclass
from enum import Enum
from math import isfinite
from typing import Any, Final

from constructs_lib.graph.template import Resource, Template

_DYNAMIC: Final = re.compile(r"\{\{resolve:.*?(?:\}\}|\Z)", re.DOTALL)
"""A dynamic reference, which CloudFormation looks up at the deployment."""
_TEXT_LIMIT: Final = 1_000_000
"""Longer texts are unknown: outputs that import one another could double without end."""
_HOLE: Final = 0xE000
"""First code point of Unicode's private use area: stands for a part that is no string."""
_HOLES: Final = 0xF8FF - _HOLE


class Unknown(Enum):
    """The type of ``UNKNOWN``."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that the templates do not tell. Unknown is never a finding."""

Scalar = str | int | float | bool


@dataclass(frozen=True)
class Reference:
    """A ``Ref`` (attribute ``None``) or ``Fn::GetAtt`` of a resource."""

    resource: Resource
    attribute: str | None = None


@dataclass(frozen=True)
class Text:
    """A text that is not known completely."""

    parts: "tuple[str | Reference | Unknown, ...]"


@dataclass(frozen=True)
class Structure:
    """A list or mapping, its elements not resolved yet, and the template in which to resolve them."""

    template: Template
    content: list[Any] | dict[str, Any]


Value = Scalar | Reference | Text | Structure | Unknown | None


def scalar_text(value: Scalar) -> str:
    """Return a scalar the way CloudFormation turns it into a string."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def scalar_number(value: Scalar) -> float | None:
    """Return the number that a scalar is; None when it is none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    # The texts "nan" and "inf" are numbers to Python only.
    return number if isfinite(number) else None


def join(values: list[Value], separator: str = "") -> Value:
    """Join values to a literal string, a text, or the one reference that is all there is.

    A dynamic reference such as ``{{resolve:ssm:name}}`` is unknown.
    """
    parts: list[str | Reference | Unknown] = []
    texts: list[str] = []
    length = 0
    for index, value in enumerate(values):
        if index and separator:
            texts.append(separator)
        if isinstance(value, str):
            texts.append(value)
            length += len(value)
        elif isinstance(value, Scalar):
            texts.append(scalar_text(value))
        else:
            _append(parts, "".join(texts))
            texts = []
            for part in value.parts if isinstance(value, Text) else (value,):
                _append(parts, part if isinstance(part, str | Reference) else UNKNOWN)
                length += len(part) if isinstance(part, str) else 0
        if length > _TEXT_LIMIT or len(parts) > _HOLES:
            return UNKNOWN
    _append(parts, "".join(texts))
    if any(isinstance(part, str) and "{{resolve:" in part for part in parts):
        text, holes = fold(Text(tuple(parts)))
        known = [unfold(piece, holes) for piece in _DYNAMIC.split(text)]
        return join([value for piece in known for value in (UNKNOWN, piece)][1:])
    if not parts:
        return ""
    if len(parts) == 1:
        return parts[0]
    return Text(tuple(parts))


def _append(parts: list[str | Reference | Unknown], part: str | Reference | Unknown) -> None:
    if isinstance(part, str) and parts and isinstance(parts[-1], str):
        parts[-1] += part
    elif part != "" and not (part is UNKNOWN and parts and parts[-1] is UNKNOWN):
        parts.append(part)


def fold(value: Value) -> "tuple[str, dict[str, Reference | Unknown]]":
    """Write a value as one string in which a single character stands for every part that is no string.

    Returns
    -------
    tuple
        The string, empty for a value that is no text, and what each placeholder character stands for.
    """
    if isinstance(value, Scalar):
        return scalar_text(value), {}
    parts = value.parts if isinstance(value, Text) else (value,) if isinstance(value, Reference) else ()
    holes: dict[str, Reference | Unknown] = {}
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            hole = chr(_HOLE + len(holes))
            holes[hole] = part
            text += hole
    return text, holes


def unfold(text: str, holes: "dict[str, Reference | Unknown]") -> Value:
    """Return the value of a piece of a folded string."""
    if holes.keys().isdisjoint(text) and "{{resolve:" not in text and len(text) <= _TEXT_LIMIT:
        return text
    pieces: list[Value] = []
    start = 0
    for index, character in enumerate(text):
        if character in holes:
            pieces += [text[start:index], holes[character]]
            start = index + 1
    return join([*pieces, text[start:]])
