import json
from pathlib import Path

import pytest

from constructs_lib.graph.loading.lines import Region, region_of
from constructs_lib.graph.reading.template_file import read_template
from constructs_lib.graph.template import Template, TemplateFile

YAML = """\
# a comment
Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 30
      Environment:
        Variables:
          a.b: c
          Long: |
            one
            two
      DeadLetterConfig: !If
        - C
        - TargetArn: !GetAtt Q.Arn
        - !Ref AWS::NoValue

  Bare: {Type: AWS::SQS::Queue}
  Alias: &shared
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: 5}
  Other: *shared
"""


def load(folder: Path, name: str, text: str) -> Template:
    (folder / name).write_text(text)
    return read_template(TemplateFile(folder / name))


@pytest.mark.parametrize(
    ("logical_id", "path", "region"),
    [
        ("Work", "Timeout", Region(6, 7, 6, 18)),
        ("Work", "Environment.Variables.a.b", Region(9, 11, 9, 17)),
        ("Work", "Environment", Region(7, 7, 13, 1)),
        ("Work", "DeadLetterConfig.TargetArn", Region(15, 11, 15, 35)),
        # Missing: the key of what is around it.
        ("Work", "DeadLetterConfig.Other", Region(13, 7, 13, 23)),
        ("Work", "Environment.Variables.X.Y", Region(8, 9, 8, 18)),
        ("Work", "MemorySize", Region(5, 5, 5, 15)),
        ("Work", "", Region(5, 5, 5, 15)),
        ("Bare", "RedrivePolicy", Region(18, 3, 18, 7)),
        ("Other", "DelaySeconds", Region(21, 18, 21, 33)),
        ("Missing", "Timeout", Region(2, 1, 2, 10)),
    ],
)
def test_yaml(tmp_path: Path, logical_id: str, path: str, region: Region) -> None:
    assert region_of(load(tmp_path, "t.yaml", YAML), logical_id, path) == region


JSON = """{
\t"Resources": {
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {
      "Tags": [{"Key": "\\"{"}, {"Key": "ä"}],
      "DelaySeconds" : 5
    }},
    "Bare": { "Type": "AWS::SQS::Queue" }
  }
}
"""


@pytest.mark.parametrize(
    ("logical_id", "path", "region"),
    [
        ("Queue", "DelaySeconds", Region(5, 7, 5, 25)),
        ("Queue", "Tags.1.Key", Region(4, 33, 4, 43)),
        ("Queue", "Tags.1", Region(4, 32, 4, 44)),
        ("Queue", "Tags.1.Value", Region(4, 32, 4, 33)),
        ("Queue", "RedrivePolicy", Region(3, 42, 3, 54)),
        ("Bare", "RedrivePolicy", Region(7, 5, 7, 11)),
        ("Missing", "", Region(2, 2, 2, 13)),
    ],
)
@pytest.mark.parametrize("name", ["t.json", "t.template"])
def test_json(tmp_path: Path, name: str, logical_id: str, path: str, region: Region) -> None:
    assert region_of(load(tmp_path, name, JSON), logical_id, path) == region


def test_minified_json(tmp_path: Path) -> None:
    text = json.dumps({"Resources": {"A": {"Type": "T", "Properties": {"P": [1, {"Q": 2}]}}}}, separators=(",", ":"))
    region = region_of(load(tmp_path, "t.json", text), "A", "P.1.Q")
    assert region is not None
    assert text[region.column - 1 : region.end_column - 1] == '"Q":2'


def test_braces_in_yaml(tmp_path: Path) -> None:
    text = "{Resources: {A: {Type: T, Properties: {P: 1}}}}"
    assert region_of(load(tmp_path, "t.yaml", text), "A", "P") == Region(1, 40, 1, 44)


def test_a_loop(tmp_path: Path) -> None:
    text = (
        "Transform: AWS::LanguageExtensions\n"
        "Resources:\n"
        "  Fn::ForEach::L:\n"
        "    - N\n"
        "    - [a, b]\n"
        "    - Q${N}:\n"
        "        Type: AWS::SQS::Queue\n"
        "        Properties:\n"
        "          DelaySeconds: 5\n"
    )
    assert region_of(load(tmp_path, "t.yaml", text), "Qb", "DelaySeconds") == Region(9, 11, 9, 26)


def test_an_event_of_sam(tmp_path: Path) -> None:
    text = (
        "Transform: AWS::Serverless-2016-10-31\n"
        "Resources:\n"
        "  Work:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        "      InlineCode: x\n"
        "      Handler: a.b\n"
        "      Runtime: python3.13\n"
        "      Events:\n"
        "        Jobs:\n"
        "          Type: SQS\n"
        "          Properties:\n"
        "            Queue: arn:aws:sqs:eu-west-1:1:q\n"
        "            BatchSize: 5\n"
    )
    template = load(tmp_path, "t.yaml", text)
    assert region_of(template, "WorkJobs", "BatchSize") == Region(14, 13, 14, 25)
    assert region_of(template, "WorkRole", "Policies") == Region(5, 5, 5, 15)


def test_text_without_a_file() -> None:
    template = read_template(TemplateFile(Path("stdin"), text=YAML))
    assert region_of(template, "Work", "Timeout") == Region(6, 7, 6, 18)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    template = load(tmp_path, "t.json", JSON)
    template.path.unlink()
    assert region_of(template, "Queue", "DelaySeconds") is None


def test_a_file_that_has_changed(tmp_path: Path) -> None:
    template = load(tmp_path, "t.json", JSON)
    template.path.write_text("a: [")
    assert region_of(template, "Queue", "DelaySeconds") is None
