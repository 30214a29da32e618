"""Templates that nobody would write: those of the fixtures, torn apart and put together anew."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

FIXTURES: Final = Path(__file__).parent / "fixtures"
TEXTS: Final = tuple(path.read_text() for path in sorted(FIXTURES.glob("*/*.json")))

Place = tuple[Any, ...]
"""The keys on the way to a value."""

ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 10**400, "", "x", "-1", "nan", "1e999", "true", "*", "é\x00", "$LATEST"),
    *("::::::", "arn:aws:sqs:::", "arn:aws:lambda:eu-west-1:111111111111:function:f:1:2", "{{resolve:ssm:x}}", "${"),
    *([], {}, [[]], [None], {"": ""}, {"a": [None]}, [{"Ref": "AWS::NoValue"}], "[]", '{"Statement": [1]}', "AWS::X"),
    {"Ref": "AWS::NoValue"},
    {"Ref": "Nothing"},
    {"Fn::If": ["C", 1]},
    {"Fn::If": [{"Ref": "C"}, 1, 2]},
    {"Fn::GetAtt": ["Nothing"]},
    {"Fn::GetAtt": [1, {"Ref": "x"}]},
    {"Fn::Sub": ["${a}${", {"a": {"Fn::Sub": 1}}]},
    {"Fn::Select": ["x", {"Fn::Split": ["", "a"]}]},
    {"Fn::Split": [",", 1]},
    {"Fn::Join": [1, [2, [3]]]},
    {"Fn::FindInMap": ["a", "b"]},
    {"Fn::ImportValue": {}},
    {"Fn::Transform": {"Name": "AWS::Include"}},
)

CONDITIONS: Final[tuple[Any, ...]] = (
    {"Fn::Equals": [{"Ref": "P"}, "a"]},
    {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
    {"Fn::Not": [{"Condition": "C"}]},
    {"Fn::Or": [{"Condition": "C"}, {"Fn::Equals": [{"Ref": "P"}, {"Ref": "Q"}]}]},
    {"Fn::And": []},
    "C",
    None,
)


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Yield where everything in a template stands."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


def at(body: Any, place: Place) -> Any:
    """Return what stands at a place."""
    for key in place:
        body = body[key]
    return body


def shuffled(value: Any, random: Random) -> Any:
    """Return the same template with the keys of every mapping in another order; the order of lists has a meaning."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], random) for key in random.sample(list(value), len(value))}
    return [shuffled(element, random) for element in value] if isinstance(value, list) else value


def _replaced(body: dict[str, Any], place: Place, draw: Callable[..., Any]) -> None:
    at(body, place[:-1])[place[-1]] = deepcopy(draw(st.sampled_from(ODD)))


def _dropped(body: dict[str, Any], place: Place, _: Callable[..., Any]) -> None:
    del at(body, place[:-1])[place[-1]]


def _grafted(body: dict[str, Any], place: Place, draw: Callable[..., Any]) -> None:
    """Put what stands elsewhere; of a resource, another one or the name of its type."""
    other = draw(st.sampled_from([one for one in places(body) if len(one) == len(place)]))
    at(body, place[:-1])[place[-1]] = deepcopy(at(body, other))


def _doubled(body: dict[str, Any], place: Place, _: Callable[..., Any]) -> None:
    around = at(body, place[:-1])
    if isinstance(around, list):
        around.append(deepcopy(around[place[-1]]))
    else:
        around[f"{place[-1]}2"] = deepcopy(around[place[-1]])


def _referring(body: dict[str, Any], place: Place, draw: Callable[..., Any]) -> None:
    """Refer to any resource, the one around it included: references then go round in circles."""
    name = draw(st.sampled_from([*map(str, body["Resources"]), "P"]))
    attribute = draw(st.sampled_from(["Arn", "QueueName", "StreamArn"]))
    forms = (
        {"Ref": name},
        {"Fn::GetAtt": [name, attribute]},
        {"Fn::GetAtt": f"{name}.{attribute}"},
        {"Fn::Sub": f"${{{name}.{attribute}}}"},
        {"Fn::Join": ["", ["arn:aws:", {"Ref": name}]]},
    )
    at(body, place[:-1])[place[-1]] = draw(st.sampled_from(forms))


def _branched(body: dict[str, Any], place: Place, draw: Callable[..., Any]) -> None:
    around, key = at(body, place[:-1]), place[-1]
    branches = [around[key], deepcopy(draw(st.sampled_from(ODD)))]
    around[key] = {"Fn::If": [draw(st.sampled_from(["C", "D"])), *draw(st.permutations(branches))]}


def _conditional(body: dict[str, Any], place: Place, draw: Callable[..., Any]) -> None:
    resource = body["Resources"].get(place[1])
    if isinstance(resource, dict):
        resource["Condition"] = draw(st.sampled_from(["C", "D"]))


def _buried(body: dict[str, Any], place: Place, draw: Callable[..., Any]) -> None:
    around, key = at(body, place[:-1]), place[-1]
    kind = draw(st.sampled_from(["list", "Fn::Join", "Statement"]))
    for _ in range(30):
        inner = around[key]
        around[key] = [inner] if kind == "list" else {kind: ["", [inner]] if kind == "Fn::Join" else inner}


def _looped(body: dict[str, Any], place: Place, draw: Callable[..., Any]) -> None:
    """Write a resource in a loop, over names that are known or not."""
    names = draw(st.sampled_from([["A", "B"], {"Ref": "P"}, ["A", "A", {"Ref": "Q"}], [], "A"]))
    body["Transform"] = "AWS::LanguageExtensions"
    loop = ["Name", names, {f"{place[1]}${{Name}}": body["Resources"].pop(place[1])}]
    body["Resources"][f"Fn::ForEach::{place[1].replace(':', '')}"] = loop


CHANGES: Final = (_replaced, _dropped, _grafted, _doubled, _referring, _branched, _conditional, _buried, _looped)


@st.composite
def templates(draw: Callable[..., Any]) -> dict[str, Any]:
    """Draw the resources of some fixtures in one template, changed at some places."""
    body: dict[str, Any] = {"Resources": {}}
    for text in draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)):
        for section, content in json.loads(text).items():
            if isinstance(content, dict):
                body.setdefault(section, {}).update(content)
    body.setdefault("Parameters", {}).update({"P": {"Type": "String"}, "Q": {"Type": "String", "Default": "a"}})
    body.setdefault("Conditions", {}).update({name: draw(st.sampled_from(CONDITIONS)) for name in ("C", "D")})
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=6)):
        found = [place for place in places(body) if place[0] == "Resources" and len(place) > 1]
        if found:
            change(body, draw(st.sampled_from(found)), draw)
    return body
