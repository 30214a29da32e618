import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.template import TemplateError
from constructs_lib.nag.suppressions.baseline import Baseline, write_baseline


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("[]", "found a JSON list"),
        ("{}", "found another file; write it with --write-baseline"),
        ({"version": 2, "findings": []}, "found another file"),
        ({"version": 1, "findings": {}}, "found another file"),
        ({"version": 1, "findings": [5]}, "found 5; write the file anew"),
        ({"version": 1, "findings": [{"rule": 1}]}, "found {'rule': 1}; write the file anew"),
        ({"version": 1, "findings": [{"rule": "A", "resource": "Stack/B"}]}, "'Stack/B'}; write the file anew"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, content: Any, found: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(TemplateError) as caught:
        Baseline(path)
    assert str(caught.value).startswith(f"{path}: expected ")
    assert found in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="found none; write it with --write-baseline"):
        Baseline(tmp_path / "none.json")


def test_an_empty_baseline(tmp_path: Path) -> None:
    write_baseline(tmp_path / "b.json", [])
    assert Baseline(tmp_path / "b.json").known() == []
