"""Renders mapping templates as API Gateway does: airspeed for VTL, and stand-ins for its variables.

The variables are those of AWS's "mapping template and access log variable reference", as far as our templates use them.
"""

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any
from unittest import mock
from urllib.parse import quote_plus

import airspeed  # type: ignore[import-untyped]

_NEVER = re.compile(r"(?!)")
_PATH = re.compile(r"\.(\w+)|\[(\d+)\]")
_STRING_METHODS = {"replaceFirst": lambda self, pattern, by: re.sub(pattern, by, self, count=1)}
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


class _Map(dict[str, Any]):
    def keySet(self) -> list[str]:  # noqa: N802
        return list(self)


class _Context(_Map):
    """``$context``, in which what is not known is empty."""

    def __missing__(self, key: str) -> str:
        return ""


class _Input:
    def __init__(self, body: str, parameters: Mapping[str, Mapping[str, str]]) -> None:
        self.body = body
        self._parameters = _Map({kind: _Map(parameters.get(kind, {})) for kind in ("path", "querystring", "header")})

    def path(self, expression: str) -> Any:
        """Return what a JSON path denotes, empty if that is nothing: an object, not its JSON."""
        found: Any = json.loads(self.body)
        for name, index in _PATH.findall(expression):
            try:
                found = found[name] if name else found[int(index)]
            except (KeyError, IndexError, TypeError):
                return ""
        return found

    def json(self, expression: str) -> str:
        return json.dumps(self.path(expression))

    def params(self, name: str | None = None) -> Any:
        if name is None:
            return self._parameters
        return next((values[name] for values in self._parameters.values() if name in values), "")


class _Util:
    def escapeJavaScript(self, value: Any) -> str:  # noqa: N802
        """Escape as Apache Commons does: single quotes and slashes, too, and all that is not ASCII as UTF-16."""
        return "".join(self._escape(each) for each in ("" if isinstance(value, dict) else str(value)))

    def _escape(self, character: str) -> str:
        if character in "\\\"'/":
            return "\\" + character
        if character in _ESCAPES:
            return _ESCAPES[character]
        if " " <= character <= "~":
            return character
        units = character.encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2))

    def urlEncode(self, value: str) -> str:  # noqa: N802
        return quote_plus(value)


def render(
    template: str,
    *,
    body: str = "",
    parameters: Mapping[str, Mapping[str, str]] | None = None,
    context: Mapping[str, Any] | None = None,
    stage_variables: Mapping[str, str] | None = None,
) -> tuple[str, dict[str, Any]]:
    """Return what a template renders, and ``$context.responseOverride`` after it."""
    override: dict[str, Any] = {"header": {}}
    variables = {
        "input": _Input(body, parameters or {}),
        "util": _Util(),
        "context": _Context({**(context or {}), "responseOverride": override}),
        "stageVariables": _Map(stage_variables or {}),
    }
    # Velocity, unlike airspeed, leaves backslashes in its own string literals as they are.
    literals = (airspeed.StringLiteral, airspeed.InterpolatedStringLiteral)
    with ExitStack() as patches:
        for literal in literals:
            patches.enter_context(mock.patch.object(literal, "ESCAPED_CHAR", _NEVER))
        patches.enter_context(mock.patch.dict(airspeed.__additional_methods__[str], _STRING_METHODS))
        rendered = airspeed.Template(template).merge(variables)
    return rendered, override
