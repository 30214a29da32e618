from pathlib import Path

import pytest

from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.graph.values import UNKNOWN
from constructs_lib.nag.wording import listed, qualified, told_apart


@pytest.mark.parametrize(
    ("names", "phrase"),
    [
        (["a"], "a"),
        (["b", "a", "b"], "a and b"),
        (["c", "a", "b"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_listed(names: list[str], phrase: str) -> None:
    assert listed(names) == phrase


def test_names_of_functions() -> None:
    assert qualified("F", "live") == "F:live"
    assert qualified("F", "$LATEST") == qualified("F", UNKNOWN) == "F"


def test_resources_of_one_label_are_told_apart_by_their_stack() -> None:
    template = "{Resources: {F: {Type: 'AWS::Lambda::Function'}, %s: {Type: 'AWS::Lambda::Function'}}}"
    app = load_app([TemplateFile(Path(f"{name}.yaml"), text=template % name) for name in ("A", "B")])
    assert told_apart(app.by_type["AWS::Lambda::Function"]) == ["A", "F (A.yaml)", "B", "F (B.yaml)"]
