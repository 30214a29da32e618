"""Renders mapping templates as API Gateway does: airspeed for VTL, and stand-ins for its variables.

The variables are those of AWS's "mapping template and access log variable reference", as far as our templates use them.
"""

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import quote_plus

import airspeed  # type: ignore[import-untyped]

_NEVER = re.compile(r"(?!)")
_PATH = re.compile(r"\.(\w+)|\[(\d+)\]")
_STRING_METHODS = {"replaceFirst": lambda self, pattern, by: re.sub(pattern, by, self, count=1)}
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}

NASTY = [
    "plain",
    "it's",
    'say "hi"',
    "back\\slash",
    "\\'",
    "\\\\'",
    'C:\\dir\\"',
    "line\nbreak\ttab\r\b\f\x00\x1f",
    "naïve – 日本 😀 \u2028",
    "$input.body ${x} $!y #if(true) #set($x = 1) #end ## *#",
    "a&b=c+d%20e;f",
    "</script>",
    "",
]
"""What clients, handlers and services may put anywhere."""


class Answer(NamedTuple):
    """What the client gets."""

    status: int
    body: Any
    headers: dict[str, str]


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


def request(method: Mapping[str, Any], **variables: Any) -> str:
    """Return what the service is sent for a request of the client."""
    rendered, _ = render(_text(method["Integration"]["RequestTemplates"]["application/json"]), **variables)
    return rendered


def answer(method: Mapping[str, Any], status: int, body: Any, **variables: Any) -> Answer:
    """Return what the client gets when the service answers with this status and body, text or to become JSON.

    API Gateway takes the response whose pattern is the status, or the one without a pattern; here more than one that
    fits is an error.
    """
    responses = method["Integration"]["IntegrationResponses"]
    fit = [each for each in responses if re.fullmatch(each.get("SelectionPattern", "(?!)"), str(status))]
    (response,) = fit or [each for each in responses if "SelectionPattern" not in each]
    text = body if isinstance(body, str) else json.dumps(body)
    template = _text(response["ResponseTemplates"]["application/json"])
    rendered, override = render(template, body=text, **variables)
    given = int(override.get("status", response["StatusCode"]))
    declared = {int(each["StatusCode"]) for each in method["MethodResponses"]}
    assert given in declared
    return Answer(given, json.loads(rendered), override["header"])


def ask(status: dict[str, Any], body: Any, id: str = "1-2-3", code: int = 200) -> tuple[int, Any]:
    """Return status and body that the client gets who asks for a job, if Step Functions answers so."""
    got = answer(status, code, body, parameters={"path": {"id": id}})
    return got.status, got.body


def _text(template: Any) -> str:
    """Return a template of CloudFormation as text, its references as their names."""
    if isinstance(template, str):
        return template
    _, parts = template["Fn::Join"]
    return "".join(part if isinstance(part, str) else str(next(iter(part.values()))) for part in parts)
