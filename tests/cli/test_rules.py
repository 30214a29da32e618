import json
from pathlib import Path

import pytest

from constructs_lib.cli import main
from constructs_lib.nag.rules import all_rules
from tests.cli.build import write

OWN = """
from constructs_lib.nag.finding import Severity
from constructs_lib.nag.rule import Rule

class Named(Rule):
    severity = Severity.WARNING
    description = "Functions have names."
    fix = "CDK: function_name. CloudFormation: FunctionName."
    source = "https://docs.aws.amazon.com/lambda/latest/dg/welcome.html"

    def check(self, world):
        return iter(())
"""


def test_every_rule_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for rule in all_rules():
        (line,) = (line for line in lines if line.split(" ")[0] == rule.id)
        assert line.split()[1] == rule.severity.label
    assert lines[-1].startswith(f"{len(all_rules())} rules; ")
    assert max(map(len, lines)) <= 110


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in listed] == [rule.id for rule in all_rules()]
    assert {one["severity"] for one in listed} <= {"error", "warning", "info"}
    assert [one["optIn"] for one in listed] == [rule.opt_in for rule in all_rules()]


def test_one_rule_with_its_fix(capsys: pytest.CaptureFixture[str]) -> None:
    rule = next(one for one in all_rules() if one.id == "AsyncFailureTarget")
    assert main(["rules", rule.id]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("AsyncFailureTarget severity error runs by default what A function is invoked")
    for part in (rule.description, rule.fix, rule.source):
        assert part in said


def test_one_rule_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "AsyncFailureTarget", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["fix"].startswith("CDK: ")


def test_an_opt_in_rule_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rule = all_rules()[0]
    monkeypatch.setattr(type(rule), "opt_in", True)
    main(["rules", rule.id])
    assert "  runs      only when it is selected by its id\n" in capsys.readouterr().out
    main(["rules"])
    assert f"{rule.severity.label:7}  Opt-in. " in capsys.readouterr().out


def test_rules_of_your_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "own.py", OWN)
    assert main(["rules", "Named", "--rules-from", "own.py"]) == 0
    assert "Functions have names." in capsys.readouterr().out
    assert main(["rules", "Named"]) == 2
    write(tmp_path / "pyproject.toml", "[tool.lambda-invocations]\nrules-from = ['own.py']\nformat = ['sarif=r']\n")
    capsys.readouterr()
    assert main(["rules", "--format", "json"]) == 0
    ids = [one["id"] for one in json.loads(capsys.readouterr().out)]
    assert ids == sorted([*(rule.id for rule in all_rules()), "Named"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("AsyncFailureTargets", "did you mean 'AsyncFailureTarget'?"), ("xyz", "'lambda-invocations rules' lists them")],
)
def test_no_such_rule(capsys: pytest.CaptureFixture[str], name: str, hint: str) -> None:
    assert main(["rules", name]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"expected the id of a rule, found '{name}'; {hint}" in captured.err
