from pathlib import Path

import pytest

from constructs_lib.graph.reading.json_text import parse_json, read_json
from constructs_lib.graph.reading.text import SIZE_LIMIT, BadTextError
from constructs_lib.graph.template import TemplateError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "b": 2,\n "a": 3}', 'the key "a" twice in one mapping (line 2)'),
        ('{"x": [{"a": ":"}, {"a": {},\n\n"a": 3}]}', 'the key "a" twice in one mapping (line 3)'),
        ('{"\\"a": 1, "\\"a": 2}', 'the key "\\"a" twice in one mapping (line 1)'),
        ('{"A": 1, "\\u0041": 2}', "a key twice in one mapping"),
    ],
)
def test_a_key_that_stands_twice(text: str, found: str) -> None:
    with pytest.raises(BadTextError) as caught:
        parse_json(text)
    assert caught.value.found == found


def test_the_same_key_in_two_mappings() -> None:
    assert parse_json('{"a": {"a": 1}, "b": {"a": 1}}') == {"a": {"a": 1}, "b": {"a": 1}}


@pytest.mark.parametrize(("text", "found"), [("[" * 100_000, "nested too deeply"), ("{,}", "not JSON")])
def test_what_is_no_json(text: str, found: str) -> None:
    with pytest.raises(BadTextError, match=found):
        parse_json(text)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    with path.open("wb") as file:
        file.truncate(SIZE_LIMIT + 1)
    with pytest.raises(
        TemplateError, match=r"t\.json: expected it, found a file of more than 32 MB; .* split the stack"
    ):
        read_json(path, "it")


def test_a_device_ends() -> None:
    with pytest.raises(TemplateError, match="more than 32 MB"):
        read_json(Path("/dev/zero"), "it")
