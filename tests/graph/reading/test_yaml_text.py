from typing import Any

import pytest

from constructs_lib.graph.reading.text import BadTextError
from constructs_lib.graph.reading.yaml_text import parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt A.Outputs.B", {"Fn::GetAtt": ["A", "Outputs.B"]}),
        ("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!Sub '${A}'", {"Fn::Sub": "${A}"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!If [C, !Ref A, !Ref 'AWS::NoValue']", {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("Fn::Join: ['', [a, !Ref B]]", {"Fn::Join": ["", ["a", {"Ref": "B"}]]}),
        ("!Base64\n  Fn::Sub: a", {"Fn::Base64": {"Fn::Sub": "a"}}),
        ("!Cidr {a: 1}", {"Fn::Cidr": {"a": 1}}),
    ],
)
def test_short_tags(text: str, value: Any) -> None:
    assert parse_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30", 30),
        ("-1", -1),
        ("1_000", 1000),
        ("0.5", 0.5),
        ("true", True),
        ("No", False),
        ("~", None),
        ("", None),
        ("a:", {"a": None}),
        ("'30'", "30"),
        ("!!str 30", "30"),
        # Texts, although YAML 1.1 takes them for a date, an octal number and minutes.
        ("2012-10-17", "2012-10-17"),
        ("012345678901", "012345678901"),
        ("22:30", "22:30"),
        ("1.2.3", "1.2.3"),
        ("No, thanks", "No, thanks"),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("{1: a, yes: b}", {"1": "a", "yes": "b"}),
    ],
)
def test_scalars(text: str, value: Any) -> None:
    parsed = parse_yaml(text)
    assert (parsed, type(parsed)) == (value, type(value))


def test_anchors_and_merges() -> None:
    text = "a: &x {p: 1, q: 2}\nb: *x\nc:\n  <<: *x\n  q: 3\nd: {q: 4, <<: [*x, {r: 5}]}\n"
    parsed = parse_yaml(text)
    assert parsed["b"] == parsed["a"] == {"p": 1, "q": 2}
    assert parsed["c"] == {"p": 1, "q": 3}
    assert parsed["d"] == {"p": 1, "q": 4, "r": 5}


_BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 64))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\na: 3", "the key 'a' twice in one mapping (line 3)"),
        ("a:\n  b:\n\t- c\n", "a tab in the indentation (line 3)"),
        ("a: [1\nb: 2", "text that is not YAML (line 2: did not find expected ',' or ']')"),
        ("a: *b", "an alias to 'b', which is not there (line 1)"),
        ("a: &a [*a]", "an alias to 'a', which is not there (line 1)"),
        ("---\na: 1\n---\nb: 2", "a second YAML document (line 3)"),
        ("[a]: 1", "a key that is no text (line 1)"),
        ("a: {<<: 1}", "a merge of what is no mapping (line 1)"),
        ("[" * 5000, "values nested too deeply (line 1)"),
        ("".join(f"{' ' * i}a:\n" for i in range(300)), "values nested too deeply (line 201)"),
        (_BOMB, "aliases that repeat too much (line 18)"),
        ("# " + "x" * 9_000_000, "YAML of more than 8 MB"),
    ],
    ids=lambda value: value[:20],
)
def test_what_cannot_be_read(text: str, found: str) -> None:
    with pytest.raises(BadTextError) as caught:
        parse_yaml(text)
    assert caught.value.found == found
    assert caught.value.cure
