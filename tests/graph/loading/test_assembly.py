import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.loading.assembly import load_app, load_assembly
from constructs_lib.graph.loading.manifest import environment_of
from constructs_lib.graph.template import Environment, TemplateError, TemplateFile

HASH = "0123456789abcdef" * 4
QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", "an empty file"),
        ("  \n", "an empty file"),
        ("Resources: {}", "text that is not JSON"),
        ("[" * 100_000, "text that is not JSON"),
        ("[]", "a list"),
        ('{"foo": 1}', "found foo"),
        ("{}", "found nothing"),
        ('{"Resources": []}', "found 'Resources' that is a list"),
    ],
)
def test_a_bad_template_is_named_and_explained(tmp_path: Path, content: str, found: str) -> None:
    path = write(tmp_path / "bad.json", content)
    with pytest.raises(TemplateError, match="expected a CloudFormation template") as caught:
        load_app([TemplateFile(path)])
    assert str(caught.value).startswith(f"{path}: expected ")
    assert found in str(caught.value)
    assert "; " in str(caught.value)


def test_a_missing_template(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="no such file or directory; check the path"):
        load_app([TemplateFile(tmp_path / "none.json")])


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match="not UTF-8"):
        load_app([TemplateFile(tmp_path / "binary.json")])


def test_malformed_resources_are_left_out(tmp_path: Path) -> None:
    content: Any = {
        "Resources": {"A": None, "B": [], "C": {"Type": 3}, "D": {"Type": "AWS::SQS::Queue", "Properties": []}}
    }
    app = load_app([TemplateFile(write(tmp_path / "t.json", content))])
    assert list(app.templates[0].resources) == ["D"]


@pytest.mark.parametrize("content", ["", "{}x", "[]", '{"artifacts": []}'])
def test_a_bad_manifest(tmp_path: Path, content: str) -> None:
    write(tmp_path / "manifest.json", content)
    with pytest.raises(TemplateError, match=r"manifest\.json"):
        load_assembly(tmp_path)


def stack(
    template: str, environment: str = "aws://unknown-account/unknown-region", name: str = "Name"
) -> dict[str, Any]:
    properties = {"templateFile": template, "stackName": name}
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": properties,
        "displayName": "One (Name)",
    }


def test_an_assembly_with_a_stage(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    artifacts = {"One": stack("One.template.json"), "Prod": stage, "Tree": {"type": "cdk:tree"}, "Odd": None}
    write(tmp_path / "manifest.json", {"artifacts": artifacts})
    write(tmp_path / "One.template.json", QUEUE)
    inner = {"Two": stack("Two.template.json", "aws://111111111111/eu-west-1", "two")}
    write(tmp_path / "assembly-Prod/manifest.json", {"artifacts": inner})
    write(tmp_path / "assembly-Prod/Two.template.json", QUEUE)
    one, two = load_assembly(tmp_path).templates
    assert one.environment == Environment(stack_name="Name")
    assert two.environment == Environment("111111111111", "eu-west-1", "two")
    assert two.path == tmp_path / "assembly-Prod/Two.template.json"


def test_a_stack_whose_template_is_missing(tmp_path: Path) -> None:
    write(tmp_path / "manifest.json", {"artifacts": {"One": stack("One.template.json")}})
    with pytest.raises(TemplateError, match=r"One\.template\.json: expected a CloudFormation template"):
        load_assembly(tmp_path)


URL = {"Fn::Sub": f"https://s3.${{AWS::Region}}.${{AWS::URLSuffix}}/assets-${{AWS::AccountId}}/{HASH}.json"}


@pytest.mark.parametrize(
    ("nested", "found"),
    [
        ({"Metadata": {"aws:asset:path": "n.json"}}, True),
        ({"Properties": {"TemplateURL": URL}}, True),
        ({"Properties": {"TemplateURL": "https://elsewhere/template.json"}}, False),
        ({"Properties": {"TemplateURL": f"https://elsewhere/{'f' * 64}.json"}}, False),
        ({"Properties": []}, False),
        ({}, False),
        # What cannot be read is as unknown as what lies elsewhere.
        ({"Metadata": {"aws:asset:path": "none.json"}}, False),
        ({"Metadata": {"aws:asset:path": "a\0b"}}, False),
        ({"Metadata": {"aws:asset:path": "list.json"}}, False),
        ({"Metadata": {"aws:asset:path": "odd.json"}}, False),
    ],
)
def test_nested_stacks_are_found(tmp_path: Path, nested: Any, found: bool) -> None:
    resource = {"Type": "AWS::CloudFormation::Stack", **nested}
    path = write(tmp_path / "One.template.json", {"Resources": {"Nested": resource}})
    write(tmp_path / "One.assets.json", {"files": {HASH: {"source": {"path": "n.json"}}}})
    write(tmp_path / "n.json", QUEUE)
    write(tmp_path / "list.json", [])
    write(tmp_path / "odd.json", {"Resources": []})
    templates = load_app([TemplateFile(path, Environment("1", "r", "s"))]).templates
    assert [template.path.name for template in templates] == ["One.template.json", *(["n.json"] if found else [])]
    if found:
        assert templates[1].environment == Environment("1", "r")
        assert templates[1].root is templates[0]


@pytest.mark.parametrize("files", [{"files": {HASH: "x"}}, {"files": {HASH: {"source": 1}}}, {"files": 1}, []])
def test_a_bad_asset_manifest_leaves_nested_stacks_unknown(tmp_path: Path, files: Any) -> None:
    resource = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": URL}}
    path = write(tmp_path / "One.template.json", {"Resources": {"Nested": resource}})
    write(tmp_path / "One.assets.json", files)
    assert len(load_app([TemplateFile(path)]).templates) == 1


@pytest.mark.parametrize("name", ["t.json", "./t.json", "sub/../t.json", "loop/t.json"])
def test_a_template_that_nests_itself_ends(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": name}}
    path = write(tmp_path / "t.json", {"Resources": {"Nested": nested}})
    assert len(load_app([TemplateFile(path)]).templates) == 1


def test_a_stack_that_an_assembly_lists_may_have_no_resources(tmp_path: Path) -> None:
    write(tmp_path / "manifest.json", {"artifacts": {"One": stack("One.template.json")}})
    path = write(tmp_path / "One.template.json", {"Parameters": {}, "Rules": {}})
    (template,) = load_assembly(tmp_path).templates
    assert template.resources == {}
    with pytest.raises(TemplateError, match="found Parameters, Rules"):
        load_app([TemplateFile(path)])


@pytest.mark.parametrize(
    "artifact",
    [
        {**stack("One.template.json"), "environment": None},
        {**stack("One.template.json"), "properties": {"templateFile": 5}},
        {"type": "cdk:cloud-assembly", "properties": {}},
        *(
            {"type": "cdk:cloud-assembly", "properties": {"directoryName": name}}
            for name in (None, 5, "", ".", "..", "a/..", "/")
        ),
    ],
)
def test_an_odd_artifact(tmp_path: Path, artifact: Any) -> None:
    write(tmp_path / "manifest.json", {"artifacts": {"One": artifact}})
    write(tmp_path / "One.template.json", QUEUE)
    with pytest.raises(TemplateError, match=r"manifest\.json: expected the manifest of a cloud assembly"):
        load_assembly(tmp_path)


def test_an_odd_display_name(tmp_path: Path) -> None:
    write(tmp_path / "manifest.json", {"artifacts": {"One": {**stack("One.template.json"), "displayName": None}}})
    write(tmp_path / "One.template.json", QUEUE)
    assert load_assembly(tmp_path).templates[0].construct_path == "One"


def test_a_file_is_no_assembly(tmp_path: Path) -> None:
    manifest = write(tmp_path / "manifest.json", {"artifacts": {}})
    with pytest.raises(TemplateError, match="found a file; pass the folder around it"):
        load_assembly(manifest)


def test_construct_paths(tmp_path: Path) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "N.nested.template.json"}}
    path = write(tmp_path / "One.template.json", {"Resources": {**QUEUE["Resources"], "Nested": nested}})
    write(tmp_path / "N.nested.template.json", QUEUE)
    metadata = {
        "/One/Jobs/Resource": [{"type": "aws:cdk:logicalId", "data": "Queue"}],
        "/One/N": [{"type": "aws:cdk:templateFile", "data": "N.nested.template.json"}],
        "/One/N/Inner/Resource": [{"type": "aws:cdk:logicalId", "data": "Queue"}],
        "/One/Odd": "garbage",
    }
    write(tmp_path / "One.metadata.json", metadata)
    one, inner = load_app([TemplateFile(path, construct_path="One")]).templates
    assert one.resources["Queue"].construct_path == "One/Jobs/Resource"
    assert one.resources["Queue"].label == "Jobs"
    assert one.resources["Nested"].construct_path is None
    assert one.resources["Nested"].label == "Nested"
    assert inner.resources["Queue"].label == "N/Inner"


def test_environments() -> None:
    assert environment_of("aws://111111111111/unknown-region") == Environment(account="111111111111")
    assert environment_of("") == Environment()
