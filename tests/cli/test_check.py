import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main
from tests.cli.build import lossy, write

RULE = "AsyncFailureTarget"
COMMAND = [sys.executable, "-c", "import sys; from constructs_lib.cli import main; sys.exit(main())", "check"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a template in it that has one finding."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "t.json", lossy())
    return tmp_path


def check(*arguments: str) -> int:
    return main(["check", "--select", RULE, *arguments])


def test_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("t.json") == 1
    output = capsys.readouterr()
    assert output.out.startswith(f"t.json:1:16: error: {RULE}\n  Work Properties.DeadLetterConfig\n")
    assert output.out.endswith("1 template checked: 1 error, 0 warnings, 0 info, 0 suppressed\n")
    assert output.err == ""


def test_no_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "t.json", lossy({"LambdaInvocation": {"suppress": [{"id": RULE, "reason": "known"}]}}))
    assert check("t.json") == 0
    assert capsys.readouterr().out == "1 template checked: 0 errors, 0 warnings, 0 info, 1 suppressed\n"


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on(folder: Path, level: str, code: int) -> None:
    write(folder / "rules.py", WARNING_RULE)
    arguments = ["check", "--rules-from", "rules.py", "--select", "Named", "t.json"]
    assert main([*arguments, "--format", "junit=r.xml", "--fail-on", level]) == code
    assert (folder / "r.xml").read_text().count("<failure") == code
    assert main(arguments) == 0


def test_bad_input_does_not_hide_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "bad.yaml", "Resources:\n\tA: {Type: AWS::SQS::Queue}\n")
    assert check(".", "none.json") == 2
    output = capsys.readouterr().out
    assert f"t.json:1:16: error: {RULE}" in output
    assert "bad.yaml: not checked: expected a CloudFormation template, found a tab in the indentation" in output
    assert "none.json: not checked: expected a CloudFormation template, found no such file" in output
    assert output.endswith("2 inputs not checked\n")


def test_select_and_ignore(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--ignore", f"ApiTimeout, {RULE}", "t.json"])
    assert f"error: {RULE}" not in capsys.readouterr().out
    main(["check", "--ignore", "ApiTimeout", "t.json"])
    assert f"error: {RULE}" in capsys.readouterr().out
    assert main(["check", "--select", "ApiTimeout", "--select", RULE, "t.json"]) == 1
    assert main(["check", "--select", "ApiTimeout", "t.json"]) == 0


def test_formats(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--format=sarif=out/r.sarif", "--format", "junit=r.xml", "--format", "markdown=r.md"]
    assert check("t.json", *files) == 1
    assert capsys.readouterr().out.startswith("t.json:1:16: error")
    assert json.loads((folder / "out/r.sarif").read_text())["version"] == "2.1.0"
    assert (folder / "r.xml").read_text().startswith("<?xml")
    assert RULE in (folder / "r.md").read_text()
    assert check("t.json", "--format", "json") == 1
    output = capsys.readouterr()
    assert json.loads(output.out)["findings"][0]["rule"] == RULE
    assert output.err == "1 template checked: 1 error, 0 warnings, 0 info, 0 suppressed\n"


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--select", "Nothing"], "expected the id of a rule, found 'Nothing'"),
        (["--format", "html"], "found 'html'"),
        (["--format", "json="], "expected a file after 'json=', found none"),
        (["--format", "json", "--format", "text"], "expected one format for the screen, found 2"),
        (["--format", "json=t.json/x"], "t.json/x: expected a file that can be written, found file exists"),
        (["--baseline", "none.json"], "none.json: expected a baseline file, found none"),
        (["--write-baseline", "t.json/b.json"], "b.json: expected a file that can be written, found file exists"),
        (["--format", "json=r", "--format", "sarif=./r"], "r: expected one format for each file, found two"),
        (["--select", ""], "expected rules to run, found that none is left"),
        (["--select", RULE, "--ignore", RULE], "expected rules to run, found that none is left"),
        (["--rules-from", "no_such_module"], "no_such_module: expected a module with rules"),
        (["--rules-from", "none.py"], "none.py: expected a module with rules"),
    ],
)
def test_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], found: str) -> None:
    assert main(["check", "t.json", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("lambda-invocations: ")
    assert found in error


def test_a_report_that_cannot_be_written_does_not_hide_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["--format=junit=t.json/r.xml", "--format=sarif=out/r.sarif", "--write-baseline=new/b.json"]
    assert check("t.json", *files) == 2
    output = capsys.readouterr()
    assert output.out.startswith(f"t.json:1:16: error: {RULE}\n")
    assert "r.xml: expected a file that can be written" in output.err
    assert (folder / "out/r.sarif").exists()
    assert (folder / "new/b.json").exists()


def test_what_is_excluded_is_left_out_of_folders(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("old/a.json", "data/deep/b.yaml", "big.data.json"):
        write(folder / name, "\t{ AWS:: Resources")
    assert check(".") == 2
    arguments = ["--exclude", "old", "--exclude=data/*.yaml", "--exclude", "*.data.json"]
    assert check(".", *arguments) == 1
    assert check(str(folder), *arguments) == 1
    assert check("data", "t.json", *arguments) == 1
    # What is named is meant.
    assert check(".", "old/a.json", *arguments) == 2
    capsys.readouterr()
    assert main(["explain", ".", *arguments]) == 0
    write(folder / "pyproject.toml", "[tool.lambda-invocations]\nexclude = ['old', './data', '**/big.*']\n")
    assert check(".") == 1
    assert main(["explain", "."]) == 0
    assert check(".", "--exclude", "old") == 2


def test_wrong_options(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["check"], ["check", "t.json", "--fail-on", "never"], []):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2


def test_the_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "--help"])
    assert caught.value.code == 0
    output = capsys.readouterr().out
    assert "0  no finding is as severe as --fail-on\n  1  " in output


def test_a_baseline(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("t.json", "--write-baseline", "baseline.json") == 0
    assert check("t.json", "--baseline", "baseline.json") == 0
    write(folder / "new.json", lossy())
    assert check("t.json", "new.json", "--baseline", "baseline.json") == 1
    assert "new.json:1:16: error" in capsys.readouterr().out
    # Writing it anew takes in all, those of the one before too.
    assert check("t.json", "new.json", "--baseline", "baseline.json", "--write-baseline", "baseline.json") == 0
    assert check("t.json", "new.json", "--baseline", "baseline.json") == 0
    (folder / "bad.json").write_text("{")
    assert check("t.json", "bad.json", "--write-baseline", "baseline.json") == 2


WARNING_RULE = """
from constructs_lib.nag.finding import Severity
from constructs_lib.nag.rule import Rule

class Base(Rule):
    severity = Severity.WARNING
    description = "Functions have names."
    fix = "CDK: function_name. CloudFormation: FunctionName."
    source = "https://docs.aws.amazon.com/lambda/latest/dg/welcome.html"

class Named(Base):
    def check(self, world):
        for function in world.of_type("AWS::Lambda::Function"):
            if world.properties(function)["FunctionName"].absent:
                yield self.finding(function, "FunctionName", f"function {function.label} has no name")
"""


def test_rules_of_a_module_in_the_working_directory(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder / "our_own_rules_of_tests.py", WARNING_RULE)
    assert main(["check", "t.json", "--rules-from", "our_own_rules_of_tests", "--select", "Named"]) == 0
    assert "t.json:1:16: warning: Named\n  Work Properties.FunctionName\n" in capsys.readouterr().out
    # They run beside those of the catalogue, and can be ignored.
    assert main(["check", "t.json", "--rules-from", "our_own_rules_of_tests"]) == 1
    assert "warning: Named" in capsys.readouterr().out
    assert main(["check", "t.json", "--rules-from", "our_own_rules_of_tests", "--ignore", "Named"]) == 1
    assert "warning: Named" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", "expected a module that defines subclasses of Rule, found none"),
        ("from constructs_lib.nag.rule import Rule", "found none"),
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        (
            "from constructs_lib.nag.rule import Rule\nclass Bare(Rule):\n  def check(self, world): return iter(())",
            "expected Bare to have severity, description, fix, source, found none",
        ),
        (WARNING_RULE.replace("Named(", "ApiTimeout("), "found two called 'ApiTimeout'"),
    ],
)
def test_bad_rules(folder: Path, capsys: pytest.CaptureFixture[str], source: str, found: str) -> None:
    write(folder / "bad_rules.py", source)
    assert main(["check", "t.json", "--rules-from", "bad_rules.py"]) == 2
    assert found in capsys.readouterr().err


def test_standard_input(folder: Path) -> None:
    text = "Resources:\n  Work:\n    Type: AWS::Lambda::Function\n"
    command = [*COMMAND, "-", "--format", "json"]
    result = subprocess.run(command, input=text.encode(), capture_output=True, cwd=folder, env=environment())
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["summary"]["templates"] == 1


def environment(**more: str) -> dict[str, str]:
    without = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    return {**without, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm", **more}


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_any_name_can_be_written_in_any_encoding(folder: Path, encoding: str) -> None:
    name = os.fsdecode(b"\xff \xe2\x86\x92 \x1b[31m.json")
    write(folder / name, lossy())
    write(folder / "two.json", {"Resources": {"→": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}}})
    for arguments in ([name, "two.json"], ["none.json", name], ["--baseline", "→\x1b", name]):
        command = [*COMMAND, "--select", RULE, *arguments]
        result = subprocess.run(command, capture_output=True, cwd=folder, env=environment(PYTHONIOENCODING=encoding))
        assert b"Traceback" not in result.stderr
        assert b"\x1b" not in result.stdout + result.stderr
        assert result.returncode == (1 if "two.json" in arguments else 2)


@pytest.mark.parametrize(
    ("shell", "found"),
    [
        ("t.json > /dev/full", "expected a standard output that takes the report, found no space left on device"),
        ("t.json >&-", "expected a standard output, found a closed one"),
        ("- 2>&1 <&-", "stdin: not checked: expected a CloudFormation template, found a standard input that is closed"),
        ("none.json --baseline none.json 2>&-", ""),
    ],
)
def test_streams_that_are_closed_or_full(folder: Path, shell: str, found: str) -> None:
    command = ["sh", "-c", f'"$@" {shell}', "sh", *COMMAND]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment())
    assert result.returncode == 2
    assert found in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "Exception" not in result.stderr


@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_on_a_terminal(folder: Path, more: dict[str, str], coloured: bool) -> None:
    ours, theirs = pty.openpty()
    result = subprocess.run([*COMMAND, "t.json"], stdout=theirs, cwd=folder, env=environment(**more))
    os.close(theirs)
    output = b""
    while chunk := read(ours):
        output += chunk
    assert result.returncode == 1
    assert (b"\x1b[31merror\x1b[0m" in output) is coloured


def read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        # Linux says so when the other end is closed.
        return b""


def test_it_starts_without_what_is_slow(folder: Path) -> None:
    slow: Any = {"yaml", "samtranslator", "boto3", "botocore", "aws_cdk", "jsii", "tomllib", "xml", "urllib.request"}
    code = (
        "import sys; from constructs_lib.cli import main; code = main(['check', 't.json']);"
        f"print(sorted({slow!r} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=environment())
    assert (result.returncode, result.stderr) == (1, "[]\n")
