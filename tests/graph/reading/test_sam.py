import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.reading.template_file import read_template
from constructs_lib.graph.template import Template, TemplateError, TemplateFile

TEMPLATE = """\
Transform: {transform}
Globals:
  Function: {{Timeout: 30, CodeUri: src/}}
Parameters:
  Batch: {{Type: Number, Default: 5}}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Policies: [AWSLambdaBasicExecutionRole, SomePolicyOfMine]
      Events:
        FromQueue:
          Type: SQS
          Properties: {{Queue: !GetAtt Jobs.Arn, BatchSize: !Ref Batch}}
        Http:
          Type: HttpApi
  Image:
    Type: AWS::Serverless::Function
    Properties: {{PackageType: Image}}
  Steps:
    Type: AWS::Serverless::StateMachine
    Properties: {{DefinitionUri: steps.asl.json, Role: !Sub 'arn:aws:iam::1:role/r'}}
  Published:
    Type: AWS::Serverless::Application
    Properties: {{Location: {{ApplicationId: 'arn:aws:serverlessrepo:us-east-1:1:a/b', SemanticVersion: 1.0.0}}}}
"""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)


def read(folder: Path, text: str, name: str = "t.yaml") -> Template:
    (folder / name).write_text(text)
    return read_template(TemplateFile(folder / name))


@pytest.mark.parametrize(
    "transform", ["AWS::Serverless-2016-10-31", "[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]"]
)
def test_a_template_is_expanded(tmp_path: Path, transform: str) -> None:
    template = read(tmp_path, TEMPLATE.format(transform=transform))
    types = {name: one.type for name, one in template.resources.items()}
    assert types["Work"] == types["Image"] == "AWS::Lambda::Function"
    assert types["WorkFromQueue"] == "AWS::Lambda::EventSourceMapping"
    assert types["Steps"] == "AWS::StepFunctions::StateMachine"
    assert types["Published"] == "AWS::CloudFormation::Stack"
    assert template.resources["Work"].raw["Properties"]["Timeout"] == 30
    assert template.resources["WorkFromQueue"].raw["Properties"]["EventSourceArn"] == {"Fn::GetAtt": ["Jobs", "Arn"]}
    assert "SomePolicyOfMine" in template.resources["WorkRole"].raw["Properties"]["ManagedPolicyArns"]


def test_the_translator_keeps_quiet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = "import sys; from constructs_lib.cli import main; sys.exit(main(['check', sys.argv[1]]))"
    (tmp_path / "t.yaml").write_text(TEMPLATE.format(transform="AWS::Serverless-2016-10-31"))
    subprocess.run([sys.executable, "-c", command, str(tmp_path / "t.yaml")], check=False)
    output = capfd.readouterr()
    assert "1 template checked" in output.out
    assert output.err == ""


def test_where_the_expanded_resources_come_from(tmp_path: Path) -> None:
    written = read(tmp_path, TEMPLATE.format(transform="AWS::Serverless-2016-10-31")).written
    assert written["WorkFromQueue"] == ("Resources", "Work", "Properties", "Events", "FromQueue")
    assert written["WorkRole"] == ("Resources", "Work")
    assert written["ServerlessHttpApi"] == ("Resources", "Work", "Properties", "Events", "Http")
    assert "Jobs" not in written
    assert "Work" not in written


def test_the_region_stays_unknown(tmp_path: Path) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", "Runtime": "python3.13"}}
    function["Properties"]["Environment"] = {"Variables": {"REGION": {"Ref": "AWS::Region"}}}  # type: ignore[index]
    body = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Work": function}}
    template = read(tmp_path, json.dumps(body), "t.json")
    environment = template.resources["Work"].raw["Properties"]["Environment"]
    assert environment == {"Variables": {"REGION": {"Ref": "AWS::Region"}}}


def test_a_loop_of_sam_resources(tmp_path: Path) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", "Runtime": "python3.13"}}
    body = {
        "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
        "Resources": {"Fn::ForEach::L": ["N", ["A", "B"], {"F${N}": function}]},
    }
    template = read(tmp_path, json.dumps(body), "t.json")
    assert template.resources["FB"].type == "AWS::Lambda::Function"
    assert template.written["FBRole"] == ("Resources", "Fn::ForEach::L", "2", "F${N}")


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ("Handler: [1]", "a SAM template that SAM refuses: .*Work.*; correct it"),
        ("Events: {E: {Type: Nonsense}}", "a SAM template that SAM refuses: .*Nonsense"),
        ("Events: 5", "a SAM template"),
    ],
)
def test_what_sam_refuses(tmp_path: Path, properties: str, found: str) -> None:
    text = (
        "Transform: AWS::Serverless-2016-10-31\n"
        f"Resources: {{Work: {{Type: 'AWS::Serverless::Function', Properties: {{{properties}}}}}}}\n"
    )
    with pytest.raises(TemplateError, match=r"t\.yaml: expected a CloudFormation template, found " + found):
        read(tmp_path, text)


PARAMETERS = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Alias: {Type: String}
  Batch: {Type: Number}
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: !Ref Alias
      ReservedConcurrentExecutions: !Ref Batch
      Environment: {Variables: {A: !Ref Alias, B: !Sub "x-${Alias}", C: !Sub ["${V}-${Alias}", {V: !Ref Alias}]}}
"""


def test_parameters_without_a_default(tmp_path: Path) -> None:
    template = read(tmp_path, PARAMETERS)
    (alias,) = (one for one in template.resources.values() if one.type == "AWS::Lambda::Alias")
    assert alias.raw["Properties"]["Name"] == {"Ref": "Alias"}
    work = template.resources["Work"].raw["Properties"]
    assert work["ReservedConcurrentExecutions"] == {"Ref": "Batch"}
    assert work["Environment"]["Variables"] == {
        "A": {"Ref": "Alias"},
        "B": {"Fn::Sub": "x-${Alias}"},
        "C": {"Fn::Sub": ["${V}-${Alias}", {"V": {"Ref": "Alias"}}]},
    }


def test_what_sam_refuses_whatever_the_parameters_are(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Type of property 'AutoPublishAlias' is invalid") as caught:
        read(tmp_path, PARAMETERS.replace("!Ref Alias\n", "[!Ref Alias]\n"))
    assert "Unknown" not in str(caught.value)
