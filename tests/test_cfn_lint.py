"""The real cfn-lint with our rules, which it takes as a module or as a folder."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.template import Template

from constructs_lib.cfn_lint.findings import matches_of
from constructs_lib.cfn_lint.ids import IDS
from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.engine import check
from constructs_lib.nag.rules import all_rules

ROOT = Path(__file__).parents[1]
MODULE = "constructs_lib.cfn_lint"
WRONG = """\
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Role: arn:aws:iam::123456789012:role/r
      Code: {ZipFile: "def handler(event, context): pass"}
      Timeout: 10
  Queue:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      VisibilityTimeout: 40
      RedrivePolicy: {maxReceiveCount: 5, deadLetterTargetArn: arn:aws:sqs:eu-west-1:123456789012:d}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Function
      EventSourceArn: !GetAtt Queue.Arn
      FunctionResponseTypes: [ReportBatchItemFailures]
"""
RIGHT = WRONG.replace("VisibilityTimeout: 40", "VisibilityTimeout: 60")


def lint(*arguments: str | Path, rules: str = MODULE, stdin: str = "") -> list[tuple[str, int, int, str]]:
    """Return the id, line, column and message of what cfn-lint finds."""
    command = [Path(sys.executable).with_name("cfn-lint"), "-a", rules, "-f", "json", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2, 4, 6, 8, 10, 12, 14), done.stderr
    return [
        (
            one["Rule"]["Id"],
            one["Location"]["Start"]["LineNumber"],
            one["Location"]["Start"]["ColumnNumber"],
            one["Message"],
        )
        for one in json.loads(done.stdout or "[]")
    ]


def template(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize("rules", [MODULE, "constructs_lib/cfn_lint"])
def test_a_finding_in_yaml_is_underlined(tmp_path: Path, rules: str) -> None:
    ((name, line, column, message),) = lint("--", template(tmp_path, "t.yaml", WRONG), rules=rules)
    assert (name, line, column) == ("W9762", 15, 7)
    assert message.startswith("queue Queue hides a message for 40 s")


def test_a_finding_in_json_is_underlined(tmp_path: Path) -> None:
    body = yaml.safe_load(WRONG.replace("!Ref Function", "{Ref: Function}").replace("!GetAtt Queue.Arn", "arn:x"))
    body["Resources"]["Mapping"]["Properties"]["EventSourceArn"] = {"Fn::GetAtt": ["Queue", "Arn"]}
    text = json.dumps(body, indent=2)
    (found,) = lint("--", template(tmp_path, "t.json", text))
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "VisibilityTimeout" in one)
    assert found[:3] == ("W9762", line, 9)


def test_a_template_from_standard_input_is_checked() -> None:
    assert [one[:2] for one in lint(stdin=WRONG)] == [("W9762", 15)]


def test_a_right_template_has_no_finding(tmp_path: Path) -> None:
    assert lint("--", template(tmp_path, "t.yaml", RIGHT)) == []


def test_infos_are_shown_when_they_are_asked_for(tmp_path: Path) -> None:
    path = template(
        tmp_path, "t.yaml", RIGHT.replace("Timeout: 10", "Timeout: 10\n      ReservedConcurrentExecutions: 3")
    )
    assert lint("--", path) == []
    assert [one[0] for one in lint("-c", "I97", "--", path)] == ["I9768"]


def test_a_template_is_checked_once_for_all_rules() -> None:
    cfn = Template(None, yaml.safe_load(RIGHT.replace("!Ref ", "").replace("!GetAtt ", "")))
    assert matches_of(cfn) is matches_of(cfn)


def test_what_is_accepted_is_not_reported(tmp_path: Path) -> None:
    ours = "{LambdaInvocation: {suppress: [{id: QueueVisibilityTimeout, reason: why}]}}"
    theirs = "{cfn-lint: {config: {ignore_checks: [W9762]}}}"
    for metadata in (ours, theirs):
        text = WRONG.replace("Type: AWS::SQS::Queue\n", f"Type: AWS::SQS::Queue\n    Metadata: {metadata}\n")
        assert lint("--", template(tmp_path, "t.yaml", text)) == []


def test_what_cannot_be_checked_is_said_once(tmp_path: Path) -> None:
    text = WRONG.replace("Type: AWS::SQS::Queue\n", "Type: AWS::SQS::Queue\n    Metadata: {LambdaInvocation: []}\n")
    ((name, _, _, message),) = lint("--", template(tmp_path, "t.yaml", text))
    assert name == "E0002"
    assert "in the metadata of 'Queue', found another shape" in message


def test_each_rule_has_ids_of_its_own() -> None:
    assert set(IDS) == {rule.id for rule in all_rules() if not rule.opt_in}
    ids = [one for several in IDS.values() for one in several]
    assert len(set(ids)) == len(ids)
    assert len({several[0][1:] for several in IDS.values()}) == len(IDS)
    for rule in all_rules():
        assert rule.opt_in or IDS[rule.id][0].startswith(rule.severity.label[0].upper())


def test_each_finding_has_an_id_of_its_severity() -> None:
    for path in (ROOT / "tests/nag/fixtures").glob("*/fail-*.json"):
        rules = [rule for rule in all_rules() if rule.id == path.parent.name and not rule.opt_in]
        for finding in check(load_app([TemplateFile(path)]), rules):
            assert finding.severity.label[0].upper() in {one[0] for one in IDS[finding.rule]}


def test_the_rules_tell_what_ours_do() -> None:
    from constructs_lib import cfn_lint

    rules: list[Any] = [one for one in vars(cfn_lint).values() if isinstance(one, type)]
    assert {one.id for one in rules} == {one for several in IDS.values() for one in several}
    assert all(one.description and one.source_url.startswith("https://docs.aws.amazon.com/") for one in rules)


def test_nothing_else_imports_it() -> None:
    others = [path for path in (ROOT / "constructs_lib").rglob("*.py") if path.parent.name != "cfn_lint"]
    assert not [path for path in others if "cfn_lint" in path.read_text() or "cfnlint" in path.read_text()]
