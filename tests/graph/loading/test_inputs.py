import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.app import App
from constructs_lib.graph.loading.inputs import load_inputs
from constructs_lib.graph.template import Environment, Template, TemplateError

QUEUE: dict[str, Any] = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def load(*paths: Path | str) -> tuple[list[list[str]], list[str]]:
    """Return the names of the files of each app, and the messages."""
    apps: list[list[str]] = []
    messages: list[str] = []
    for one in load_inputs(str(path) for path in paths):
        if isinstance(one, App):
            apps.append([template.path.name for template in one.templates])
        else:
            assert isinstance(one, TemplateError)
            messages.append(str(one))
    return apps, messages


def nests(url: Any) -> dict[str, Any]:
    return {"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}}


def test_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "one.json", QUEUE)
    write(tmp_path / "deep/two.yaml", "Resources: {T: {Type: AWS::SNS::Topic}}")
    write(tmp_path / "deep/three.template", "Resources: {T: {Type: Custom::Thing}}")
    # No templates: other files, although they speak of AWS.
    write(tmp_path / "package.json", {"name": "x"})
    write(tmp_path / "values.yaml", "a: {{ .Values.a }}")
    write(tmp_path / "schema.json", {"Resources": {"a": "AWS::SQS::Queue"}, "properties": {}})
    write(tmp_path / "list.json", ["Resources", "AWS::SQS::Queue"])
    write(tmp_path / "deep/notes.md", "Resources AWS::SQS::Queue")
    write(tmp_path / "node_modules/x/t.json", QUEUE)
    write(tmp_path / ".git/t.json", QUEUE)
    assert load(tmp_path) == ([["one.json"], ["three.template"], ["two.yaml"]], [])


def test_what_is_named_has_to_be_a_template(tmp_path: Path) -> None:
    package = write(tmp_path / "package.json", {"name": "x"})
    apps, (message,) = load(package, write(tmp_path / "one.json", QUEUE))
    assert apps == [["one.json"]]
    assert message.startswith(f"{package}: expected a CloudFormation template, found name without a 'Resources'")


def test_bad_files_among_good_ones(tmp_path: Path) -> None:
    write(tmp_path / "good.json", QUEUE)
    write(tmp_path / "tabs.yaml", "Resources:\n\tQ: {Type: AWS::SQS::Queue}\n")
    write(tmp_path / "twice.json", '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"},\n"Q": {}}}')
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    with (tmp_path / "big.json").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    write(tmp_path / "deep.json", '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "P": ' + "[" * 20_000)
    write(tmp_path / "nul.yaml", "Resources: AWS::\0")
    apps, messages = load(tmp_path)
    assert apps == [["good.json"]]
    found = {Path(message.partition(":")[0]).name: message for message in messages}
    assert set(found) == {"tabs.yaml", "twice.json", "loop.json", "big.json", "deep.json", "nul.yaml"}
    assert "a tab in the indentation (line 2)" in found["tabs.yaml"]
    assert 'the key "Q" twice in one mapping (line 2)' in found["twice.json"]
    assert "too many levels of symbolic links" in found["loop.json"]
    assert "more than 32 MB" in found["big.json"]
    assert "nested too deeply" in found["deep.json"]


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "one.json", QUEUE)

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert load(tmp_path)[1] == [
        f"{path}: expected a CloudFormation template, found permission denied; "
        "check the path, or run 'cdk synth' to write it"
    ]


@pytest.mark.parametrize("listed", [False, True])
def test_a_closed_folder_is_told_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: bool
) -> None:
    write(tmp_path / "one.json", QUEUE)
    closed = write(tmp_path / "closed/two.txt", "").parent

    def closing(real: Any, *, itself: bool) -> Any:
        def call(path: Any, *rest: Any, **more: Any) -> Any:
            if str(path).startswith(f"{closed}/") or (itself and str(path) == str(closed)):
                raise PermissionError(13, "Permission denied")
            return real(path, *rest, **more)

        return call

    # As the system does it for all but root, who may read any folder.
    monkeypatch.setattr(os, "stat", closing(os.stat, itself=False))
    monkeypatch.setattr(os, "listdir", closing(os.listdir, itself=not listed))
    apps, messages = load(tmp_path)
    assert apps == [["one.json"]]
    assert messages == [f"{closed}: expected a folder of templates, found permission denied; check its permissions"]


def test_folders_that_link_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path / "a/one.json", QUEUE)
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert load(tmp_path) == ([["one.json"]], [])


@pytest.mark.parametrize("other", [{}, {"package.json": {"name": "x"}}])
def test_a_folder_without_templates(tmp_path: Path, other: dict[str, Any]) -> None:
    for name, content in other.items():
        write(tmp_path / name, content)
    assert load(tmp_path)[1] == [
        f"{tmp_path}: expected templates or a cloud assembly, found none; pass the folder that holds them"
    ]


def test_one_file_named_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "one.json", QUEUE)
    assert load(path, tmp_path, path) == ([["one.json"]], [])


def test_an_assembly_within_a_folder_is_one_app(tmp_path: Path) -> None:
    def stack(name: str) -> dict[str, Any]:
        return {"type": "aws:cloudformation:stack", "properties": {"templateFile": name}}

    artifacts = {"One": stack("One.template.json"), "Two": stack("Two.template.json"), "Bad": stack("none.json")}
    write(tmp_path / "cdk.out/manifest.json", {"artifacts": artifacts})
    write(tmp_path / "cdk.out/One.template.json", QUEUE)
    write(tmp_path / "cdk.out/Two.template.json", QUEUE)
    write(tmp_path / "cdk.out/asset.json", QUEUE)
    write(tmp_path / "web/manifest.json", {"name": "a web page"})
    write(tmp_path / "web/t.json", QUEUE)
    for path in (tmp_path, tmp_path / "cdk.out"):
        apps, (message,) = load(path)
        assert apps[0] == ["One.template.json", "Two.template.json"]
        assert "none.json: expected a CloudFormation template, found no such file" in message
    assert load(tmp_path)[0][1:] == [["t.json"]]


def artifact(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "properties": properties}


@pytest.mark.parametrize("broken", ['{"artifacts": {"One": ', "{}x", "[]", '{"artifacts": []}', None])
def test_a_broken_stage_does_not_hide_the_others(tmp_path: Path, broken: str | None) -> None:
    names = ("Beta", "Dev", "Prod")
    stages = {name: artifact("cdk:cloud-assembly", directoryName=f"assembly-{name}") for name in names}
    write(tmp_path / "manifest.json", {"artifacts": stages})
    for name in stages:
        stack = artifact("aws:cloudformation:stack", templateFile=f"{name}.template.json")
        write(tmp_path / f"assembly-{name}/manifest.json", {"artifacts": {"One": stack}})
        write(tmp_path / f"assembly-{name}/{name}.template.json", QUEUE)
    manifest = tmp_path / "assembly-Dev/manifest.json"
    manifest.unlink() if broken is None else manifest.write_text(broken)
    apps, messages = load(tmp_path)
    assert apps == [["Beta.template.json", "Prod.template.json"]]
    assert [message.partition(":")[0] for message in messages] == [str(manifest)]


def test_a_template_of_an_assembly_that_is_named_by_itself(tmp_path: Path) -> None:
    stack = artifact("aws:cloudformation:stack", templateFile="A.template.json", stackName="a")
    stack |= {"displayName": "Prod/A", "environment": "aws://111111111111/eu-west-1"}
    manifest = write(tmp_path / "manifest.json", {"artifacts": {"A": stack}})
    path = write(tmp_path / "A.template.json", QUEUE)
    other = write(tmp_path / "B.template.json", QUEUE)

    def template(path: Path) -> Template:
        (app,) = load_inputs([str(path)])
        assert isinstance(app, App)
        return app.templates[0]

    assert template(path).construct_path == "Prod/A"
    assert template(path).environment == Environment("111111111111", "eu-west-1", "a")
    assert template(other).construct_path == ""
    manifest.write_text("{")
    assert template(path).construct_path == ""


def test_an_odd_artifact_does_not_hide_the_others(tmp_path: Path) -> None:
    odd = artifact("aws:cloudformation:stack", templateFile=5)
    good = artifact("aws:cloudformation:stack", templateFile="Z.template.json")
    write(tmp_path / "manifest.json", {"artifacts": {"A": odd, "Z": good}})
    write(tmp_path / "Z.template.json", QUEUE)
    apps, messages = load(tmp_path)
    assert apps == [["Z.template.json"]]
    assert "manifest.json: expected the manifest of a cloud assembly, found another shape" in messages[0]


def test_nested_templates(tmp_path: Path) -> None:
    write(tmp_path / "a.json", nests("./nested/n.yaml"))
    write(tmp_path / "nested/n.yaml", "Resources: {T: {Type: AWS::SNS::Topic}}")
    assert load(tmp_path) == ([["a.json", "n.yaml"]], [])
    assert load(tmp_path / "nested/n.yaml") == ([["n.yaml"]], [])


@pytest.mark.parametrize(
    "url", ["https://s3.amazonaws.com/b/n.json", "S3://b/n.json", {"Ref": "Url"}, "${Url}", "{{resolve:ssm:a}}", "", 5]
)
def test_a_nested_template_that_lies_elsewhere(tmp_path: Path, url: Any) -> None:
    assert load(write(tmp_path / "a.json", nests(url))) == ([["a.json"]], [])


def test_a_missing_nested_template(tmp_path: Path) -> None:
    apps, (message,) = load(write(tmp_path / "a.json", nests("n.json")))
    assert apps == [["a.json"]]
    assert message.startswith(f"{tmp_path}/n.json: expected a CloudFormation template, found no such file")
    assert message.endswith(f"(the nested stack 'Nested' of {tmp_path}/a.json)")


def test_templates_that_nest_each_other(tmp_path: Path) -> None:
    write(tmp_path / "a.json", nests("b.json"))
    write(tmp_path / "b.json", nests("a.json"))
    apps, messages = load(tmp_path)
    assert apps == [["b.json", "a.json"]]
    assert all("expected a template that does not nest itself" in message for message in messages)


def test_resources_that_need_each_other(tmp_path: Path) -> None:
    one, two = ({"Type": "AWS::SQS::Queue", "Properties": {"Tags": {"Ref": name}}} for name in ("Two", "One"))
    apps, (message,) = load(write(tmp_path / "t.json", {"Resources": {"One": one, "Two": two}}))
    assert apps == [["t.json"]]
    assert message.startswith(f"{tmp_path}/t.json: expected resources that can be made one after the other")
    assert "found One → Two → One, which CloudFormation refuses" in message


def test_exports_join_files(tmp_path: Path) -> None:
    def exporting(name: Any) -> dict[str, Any]:
        return {**QUEUE, "Outputs": {"O": {"Value": "v", "Export": {"Name": name}}}}

    def importing(name: str) -> str:
        return f"Resources: {{T: {{Type: AWS::SNS::Topic, Properties: {{TopicName: !ImportValue {name}}}}}}}"

    write(tmp_path / "a.json", exporting("one"))
    write(tmp_path / "b.yaml", importing("one"))
    write(tmp_path / "c.json", exporting("twice"))
    write(tmp_path / "d.json", exporting("twice"))
    write(tmp_path / "e.yaml", importing("twice"))
    write(tmp_path / "f.json", exporting({"Fn::Sub": "x"}))
    write(tmp_path / "g.yaml", importing("none"))
    apps, messages = load(tmp_path)
    assert apps == [["a.json", "b.yaml"], *([name] for name in ("c.json", "d.json", "e.yaml", "f.json", "g.yaml"))]
    assert messages == []


@pytest.mark.parametrize(
    ("resources", "found"), [("[]", "'Resources' that is a list"), ("null", "an empty 'Resources'")]
)
def test_resources_of_another_shape(tmp_path: Path, resources: str, found: str) -> None:
    path = write(tmp_path / "t.json", f'{{"Resources": {resources}}}')
    assert load(path)[1] == [
        f"{path}: expected a CloudFormation template, found {found}; write a mapping of logical ids to resources"
    ]


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    # As a shell passes <(cat one.json): what was read is gone.
    for content, found in (
        (json.dumps(QUEUE), None),
        ("", "found an empty file"),
        ("{", "found text that is not JSON"),
    ):
        ours, theirs = os.pipe()
        os.write(theirs, content.encode())
        os.close(theirs)
        apps, messages = load(f"/dev/fd/{ours}")
        os.close(ours)
        assert apps == ([] if found else [[str(ours)]])
        assert len(messages) == (found is not None)
        assert all(found in message for message in messages if found)


class Folder(io.RawIOBase):
    """What a standard input does when the shell opens a folder for it."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: Any) -> int:
        raise IsADirectoryError(21, "Is a directory")


@pytest.mark.parametrize("stdin", [None, io.TextIOWrapper(io.BufferedReader(Folder()))])
def test_a_standard_input_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, stdin: Any) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    apps, (message,) = load("-")
    assert apps == []
    assert message.startswith("stdin: expected a CloudFormation template, found ")


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(QUEUE).encode())))
    assert load("-", "-") == ([["stdin"]], [])


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(b"Resources: {T: {Type: AWS::SNS::Topic}}")

    monkeypatch.setattr(sys, "stdin", Input)
    assert load("-") == ([["stdin"]], [])
    assert load("-") == (
        [],
        [
            "stdin: expected a CloudFormation template, found an empty file; "
            "run 'cdk synth' to write it again, or leave it out"
        ],
    )
