import io
import json
from pathlib import Path

import pytest

from constructs_lib.cli import main

TEMPLATE = """
Resources:
  Report:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: monthly}
  Other:
    Type: AWS::Lambda::Function
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Targets: [{Id: "0", Arn: !GetAtt Report.Arn}]
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return path


def test_each_function_has_a_block(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(template)]) == 0
    captured = capsys.readouterr()
    assert f"Report, {template}\n" in captured.out
    assert "invoked by    EventBridge: rule Rule\n" in captured.out
    assert f"Other, {template}\n" in captured.out
    assert captured.err == ""


def test_json(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(template), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [one["logicalId"] for one in report["functions"]] == ["Other", "Report"]
    assert report["problems"] == []


@pytest.mark.parametrize("name", ["Report", "monthly"])
def test_one_function(template: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["explain", str(template), "--function", name, "--format", "json"]) == 0
    assert [one["logicalId"] for one in json.loads(capsys.readouterr().out)["functions"]] == ["Report"]


@pytest.mark.parametrize("name", ["Stack/Jobs/Worker", "Jobs/Worker", "Worker", "Worker1234"])
def test_one_function_by_the_end_of_its_construct_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    worker = {"Type": "AWS::Lambda::Function", "Metadata": {"aws:cdk:path": "Stack/Jobs/Worker/Resource"}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"Worker1234": worker}}))
    assert main(["explain", str(tmp_path), "--function", name]) == 0
    assert "Worker" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "hint"), [("Reprot", "did you mean 'Report'?"), ("xyz", "without --function")])
def test_no_such_function(template: Path, capsys: pytest.CaptureFixture[str], name: str, hint: str) -> None:
    assert main(["explain", str(template), "--function", name]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"expected the name of a function, found '{name}'; " in captured.err
    assert hint in captured.err


def test_what_cannot_be_read_is_said_and_the_rest_is_explained(
    template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = template.with_name("bad.json")
    bad.write_text("{")
    assert main(["explain", str(bad), str(template), "--format", "json"]) == 2
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert len(report["functions"]) == 2
    assert [one["path"] for one in report["problems"]] == [str(bad)]
    assert captured.err.startswith(f"lambda-invocations: {bad}: expected")


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEMPLATE.encode())))
    assert main(["explain", "-"]) == 0
    assert "invoked by    EventBridge: rule Rule\n" in capsys.readouterr().out


@pytest.mark.parametrize("odd", ["\x1b[31m", "\ud800", "\x9b", "→"])
def test_foreign_text_does_not_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], odd: str) -> None:
    path = tmp_path / "t.json"
    function = {"Type": "AWS::Lambda::Function", "Metadata": {"aws:cdk:path": f"Stack/{odd}"}}
    path.write_text(json.dumps({"Resources": {"Work": function}}))
    assert main(["explain", str(path)]) == 0
    assert capsys.readouterr().out.count(odd) == (odd == "→")
    assert main(["explain", str(path), "--format", "json"]) == 0
    output = capsys.readouterr().out
    assert output.isascii()
    assert "\x1b" not in output
    assert json.loads(output)["functions"][0]["constructPath"] == f"Stack/{odd}"


def test_a_path_is_needed() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["explain"])
