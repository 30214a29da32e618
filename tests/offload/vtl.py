"""What services are sent, and clients get, from the mapping templates of a method."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from emulator.vtl import render

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
