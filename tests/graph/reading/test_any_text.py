"""Whatever a file holds, reading it ends, and tells what is wrong in one way."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.graph.loading.lines import region_of
from constructs_lib.graph.reading.template_file import parse, read_template
from constructs_lib.graph.reading.text import BadTextError
from constructs_lib.graph.template import TemplateError, TemplateFile

TEMPLATE = """\
Transform: AWS::LanguageExtensions
Resources:
  A: &a
    Type: AWS::SQS::Queue
    Properties: {P: !If [C, 1, !Ref X], Q: [x, 'y']}
  B: *a
  Fn::ForEach::L:
    - N
    - [a, b]
    - Q${N}: {Type: T, Properties: {R: !Sub '${N}'}}
"""
PIECES = st.sampled_from([*"{}[]:,-\n\t &*!'\"|>#", "<<: ", "&a ", "*a", "!Ref ", "Fn::If", "---\n", "null", "\\u0041"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(st.characters(codec="ascii", min_codepoint=32)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc<", max_size=3), inner, max_size=4),
    max_leaves=20,
).filter(lambda value: "<<" not in json.dumps(value))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(TEMPLATE)), st.integers(0, 6), PIECES), min_size=1, max_size=5))
def test_a_damaged_template(edits: list[tuple[int, int, str]]) -> None:
    text = TEMPLATE
    for index, removed, inserted in edits:
        text = text[:index] + inserted + text[index + removed :]
    try:
        template = read_template(TemplateFile(Path("t"), text=text))
    except TemplateError:
        return
    for logical_id in template.resources:
        for path in ("", "P", "P.1", "Q.1", "R.X"):
            region = region_of(template, logical_id, path)
            assert region is not None
            assert (1, 1) <= (region.line, region.column) <= (region.end_line, region.end_column)


@settings(deadline=None)
@given(VALUES)
def test_json_is_yaml(value: Any) -> None:
    text = json.dumps(value)
    assert parse(text, ".yaml") == parse(text, ".json") == value


@settings(deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    for suffix in (".json", ".yaml", ""):
        with suppress(BadTextError):
            parse(text, suffix)
