import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from constructs_lib.nag.reports.github import render
from constructs_lib.nag.result import Result
from tests.nag.reports.build import Quiet, everything, judge, queue, write


def commands(result: Result) -> list[tuple[str, dict[str, str], str]]:
    """Read the commands as GitHub does."""
    found = []
    for line in render(result).splitlines():
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert match, line
        properties = dict(one.split("=", 1) for one in match[2].split(","))
        found.append((match[1], {name: unquote(value) for name, value in properties.items()}, unquote(match[3])))
    return found


def test_a_finding_is_an_annotation_of_its_lines(folder: Path) -> None:
    (command,) = commands(judge(write(folder, Q=queue(warning="too slow"))))
    lines = (folder / "app.template.json").read_text().splitlines()
    level, properties, message = command
    assert (level, message) == ("warning", "too slow")
    assert lines[int(properties["line"]) - 1][int(properties["col"]) - 1 :].startswith('"warning"')
    assert properties["endLine"] == properties["line"]
    assert (properties["file"], properties["title"]) == ("app.template.json", "Slow")


def test_a_clean_run_says_nothing() -> None:
    assert render(Result((Quiet(),), templates=1)) == ""


def test_the_worst_come_first_and_nothing_breaks_out_of_its_command(folder: Path) -> None:
    found = commands(everything(folder))
    assert [(level, properties["title"]) for level, properties, _ in found] == [
        ("error", "cannot be checked"),
        ("error", "cannot be checked"),
        ("error", "Slow"),
        ("warning", "Slow"),
        ("notice", "Slow"),
        ("notice", "unused suppression"),
        ("notice", "unused suppression"),
        ("notice", "unused suppression"),
    ]
    assert found[-1][2] == "the suppression of Gone for the file gives no reason and does not count; give one."
    assert found[2][1]["file"] == "a b/ü%,:#.json"
    assert found[2][2].startswith("a%b\r\nc,d:e|f")
    assert "\x00" not in render(everything(folder))
    render(everything(folder)).encode()


def test_a_file_is_named_from_the_workspace_of_the_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = judge(write(folder, Q=queue(error="too slow")))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder.parent))
    assert commands(result)[0][1]["file"] == "work/app.template.json"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder / "another"))
    assert commands(result)[0][1]["file"] == "app.template.json"


def test_several_lines_have_no_columns(folder: Path) -> None:
    path = folder / "app.template.json"
    result = judge(write(folder, Q=queue(error="too slow")))
    path.write_text(path.read_text().replace('"error": ', '"error":\n'))
    ((_, properties, _),) = commands(result)
    assert int(properties["endLine"]) == int(properties["line"]) + 1
    assert "col" not in properties
