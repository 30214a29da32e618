from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main
from constructs_lib.cli.errors import UsageError
from constructs_lib.cli.settings import Settings, read_settings
from constructs_lib.nag.finding import Severity
from tests.cli.build import lossy, write

NOTHING: dict[str, Any] = dict.fromkeys(("select", "ignore", "format", "fail_on", "baseline", "rules_from"))
TABLE = """
[tool.lambda-invocations]
select = ["AsyncFailureTarget", "ApiTimeout"]
ignore = ["ApiTimeout"]
fail-on = "warning"
format = ["text", "sarif=out/r.sarif"]
baseline = "baseline.json"
rules-from = ["rules/own.py", "ours"]
exclude = ["*.data.json", "./old/", "a/**/b"]
"""


def settings(folder: Path, **options: Any) -> Settings:
    return read_settings(Namespace(**{**NOTHING, **options}), folder)


def test_defaults(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[project]\nname = 'x'\n")
    assert settings(tmp_path) == Settings(
        select=None, ignore=(), fail_on=Severity.ERROR, formats=(("text", None),), baseline=None, rules_from=()
    )


def test_the_nearest_file_holds_and_files_are_relative_to_it(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.lambda-invocations]\nfail-on = 'info'\n")
    inner = write(tmp_path / "inner/pyproject.toml", TABLE).parent
    (inner / "deep/er").mkdir(parents=True)
    assert settings(inner / "deep/er") == Settings(
        select=("AsyncFailureTarget", "ApiTimeout"),
        ignore=("ApiTimeout",),
        fail_on=Severity.WARNING,
        formats=(("text", None), ("sarif", inner / "out/r.sarif")),
        baseline=inner / "baseline.json",
        rules_from=(str(inner / "rules/own.py"), "ours"),
        exclude=("*.data.json", f"{inner}/old", f"{inner}/a/**/b", f"{inner}/a/b"),
    )


def test_the_command_line_wins(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", TABLE)
    options: dict[str, Any] = {
        "select": ["QueueRedrivePolicy,ApiTimeout"],
        "ignore": ["A", "B, C"],
        "fail_on": "info",
        "format": ["json=j.json"],
        "baseline": "other.json",
        "rules_from": ["o.py"],
        "exclude": ["x", "y/z"],
    }
    assert settings(tmp_path, **options) == Settings(
        select=("QueueRedrivePolicy", "ApiTimeout"),
        ignore=("A", "B", "C"),
        fail_on=Severity.INFO,
        formats=(("json", Path("j.json")), ("text", None)),
        baseline=Path("other.json"),
        rules_from=("o.py",),
        exclude=("x", f"{Path.cwd()}/y/z"),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[tool", "expected a TOML file"),
        ("tool = 5", "expected a TOML file"),
        ("[tool]\nlambda-invocations = 5", "[tool.lambda-invocations]: expected a table, found 5"),
        (
            "[tool.lambda-invocations]\nfail_on = 'error'",
            "expected baseline, exclude, fail-on, format, ignore, rules-from, select, found 'fail_on'",
        ),
        ("[tool.lambda-invocations]\nselect = 'A'", "expected select to be a list of texts, found 'A'"),
        ("[tool.lambda-invocations]\nignore = [5]", "expected ignore to be a list of texts, found [5]"),
        ("[tool.lambda-invocations]\nbaseline = []", "expected baseline to be a text, found []"),
        ("[tool.lambda-invocations]\nfail-on = 'never'", "expected fail-on error, warning or info, found 'never'"),
    ],
)
def test_bad_settings(tmp_path: Path, text: str, found: str) -> None:
    write(tmp_path / "pyproject.toml", text)
    with pytest.raises(UsageError) as caught:
        settings(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/pyproject.toml: ")
    assert found in str(caught.value)


def test_settings_reach_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "t.json", lossy())
    assert main(["check", "t.json"]) == 1
    write(tmp_path / "pyproject.toml", "[tool.lambda-invocations]\nselect = ['ApiTimeout']\n")
    assert main(["check", "t.json"]) == 0
    assert main(["check", "t.json", "--select", "AsyncFailureTarget"]) == 1
    write(tmp_path / "pyproject.toml", "[tool.lambda-invocations]\nunknown = 1\n")
    assert main(["check", "t.json"]) == 2
