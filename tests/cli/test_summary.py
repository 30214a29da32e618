import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main

ARN = {"Fn::GetAtt": ["Report", "Arn"]}
TEMPLATE = {
    "Resources": {
        "Report": {"Type": "AWS::Lambda::Function"},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": ARN}]}},
        "Url": {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": ARN}},
        "Handler": {"Type": "AWS::Lambda::Function"},
        "Custom": {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]}}},
        "Idle": {"Type": "AWS::Lambda::Function"},
        "Rotated": {"Type": "AWS::Lambda::Function"},
        "Rotation": {
            "Type": "AWS::SecretsManager::RotationSchedule",
            "Properties": {"RotationLambdaARN": {"Fn::GetAtt": ["Rotated", "Arn"]}},
        },
    }
}


def violation(rule: str, severity: str, path: str, **more: Any) -> dict[str, Any]:
    constructs = [{"constructPath": path}]
    return {
        "ruleName": rule,
        "severity": severity,
        "description": f"what {rule} says",
        "suggestedFix": "what to do in general",
        "violatingConstructs": constructs,
        **more,
    }


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    properties = {"templateFile": "Jobs.template.json", "stackName": "Jobs"}
    stack = {"type": "aws:cloudformation:stack", "environment": "", "properties": properties, "displayName": "Jobs"}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Jobs": stack}}))
    (tmp_path / "Jobs.template.json").write_text(json.dumps(TEMPLATE))
    return tmp_path


def write_report(assembly: Path, **report: Any) -> None:
    reports = [{"pluginName": "LambdaInvocation", "conclusion": "failure", **report}]
    (assembly / "validation-report.json").write_text(json.dumps({"pluginReports": reports}))


def test_stacks_and_functions(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(assembly)]) == 0
    assert capsys.readouterr().out == (
        f"1 stack in {assembly}\n"
        f"  Jobs  8 resources  {assembly}/Jobs.template.json\n"
        "\n"
        "4 functions by invocation model\n"
        "  synchronous                  1\n"
        "  asynchronous                 1\n"
        "  custom resource              1\n"
        "  unknown                      1\n"
        "  no invoker in the templates  1\n"
        "\n"
        "findings: 0 errors, 0 warnings, 0 info, 0 acknowledged\n"
    )


def test_findings(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    violations = [
        violation("B", "error", "Jobs/Rule"),
        violation("A", "fatal", "Jobs/Report"),
        violation("C", "warning", "Jobs/Report"),
        violation("D", "custom", "Jobs/Report", customSeverity="hint"),
    ]
    write_report(assembly, violations=violations, suppressedViolations=[violation("E", "error", "Jobs/Url")])
    assert main(["summary", str(assembly)]) == 0
    assert capsys.readouterr().out.partition("findings: ")[2] == (
        "2 errors, 1 warning, 0 info, 1 hint, 1 acknowledged\n"
        "  A  Jobs/Report\n"
        "    what A says\n"
        "  B  Jobs/Rule\n"
        "    what B says\n"
    )


def test_a_plugin_that_failed_is_an_error(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(assembly, violations=[], metadata={"error": "it broke"})
    assert main(["summary", str(assembly)]) == 0
    assert capsys.readouterr().out.partition("findings: ")[2] == (
        "1 error, 0 warnings, 0 info, 0 acknowledged\n  LambdaInvocation  (the plugin failed)\n    it broke\n"
    )


def test_a_plugin_that_failed_can_be_nameless(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(assembly, pluginName=None, violations=[], metadata={"error": "it broke"})
    assert main(["summary", str(assembly)]) == 0
    assert capsys.readouterr().out.endswith("\n  ?  (the plugin failed)\n    it broke\n")


def test_a_violation_of_no_construct_is_shown(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(assembly, violations=[{**violation("A", "error", ""), "violatingConstructs": []}])
    main(["summary", str(assembly)])
    assert "1 error" in capsys.readouterr().out


def test_nobody_reads_on(assembly: Path) -> None:
    command = [sys.executable, "-c", "import sys; from constructs_lib.cli import main; sys.exit(main())"]
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run([*command, "summary", assembly], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (run.returncode, run.stderr) == (1, b"")


def test_long_advice_is_cut(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(assembly, violations=[violation("A", "error", "Jobs/Report", description="word " * 100)])
    main(["summary", str(assembly)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("word …")
    assert len(lines[-1]) < 120


def test_the_default_is_cdk_out(
    assembly: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (assembly / "cdk.out").mkdir()
    for file in assembly.glob("*.json"):
        file.rename(assembly / "cdk.out" / file.name)
    monkeypatch.chdir(assembly)
    assert main(["summary"]) == 0
    assert "  Jobs  8 resources  cdk.out/Jobs.template.json\n" in capsys.readouterr().out


def test_no_assembly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(tmp_path / "none")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(
        f"lambda-invocations: {tmp_path}/none/manifest.json: expected the manifest of a cloud assembly"
    )


ODD_REPORTS = [
    json.dumps({"pluginReports": [{"pluginName": "P", "violations": [{**violation("A", "error", "S"), **change}]}]})
    for change in ({"description": None}, {"severity": 5})
]


@pytest.mark.parametrize(
    "content", ["", "[]", '{"pluginReports": [{"violations": [{}]}]}', '{"pluginReports": 3}', *ODD_REPORTS]
)
def test_a_bad_report(assembly: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    (assembly / "validation-report.json").write_text(content)
    assert main(["summary", str(assembly)]) == 2
    assert "validation-report.json: expected a validation report" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["summary", "a", "b"]])
def test_wrong_arguments(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
