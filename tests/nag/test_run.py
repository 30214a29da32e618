import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.loading.inputs import load_inputs
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.result import Origin, Result
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.run import run
from constructs_lib.nag.suppressions.baseline import Baseline, write_baseline


class EveryQueue(Rule):
    """Finds fault with every queue."""

    severity = Severity.WARNING
    description = fix = source = "a test."

    def check(self, world: World) -> Iterator[Finding]:
        for queue in world.of_type("AWS::SQS::Queue"):
            yield self.finding(queue, "DelaySeconds", f"queue {queue.label} is one")


class Failing(EveryQueue):
    """Raises."""

    def check(self, world: World) -> Iterator[Finding]:
        if any(world.of_type("AWS::SNS::Topic")):
            raise KeyError("oops")
        yield from super().check(world)


def ours(*entries: Any) -> dict[str, Any]:
    return {"LambdaInvocation": {"suppress": list(entries)}}


def cdk_nag(**entry: Any) -> dict[str, Any]:
    return {"cdk_nag": {"rules_to_suppress": [entry]}}


def queue(metadata: Any = None, path: str | None = None) -> dict[str, Any]:
    metadata = {**(metadata or {}), **({"aws:cdk:path": path} if path else {})}
    return {"Type": "AWS::SQS::Queue", **({"Metadata": metadata} if metadata else {})}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def checked(path: Path, rule: type[Rule] = EveryQueue, baseline: Path | None = None) -> Result:
    return run(load_inputs([str(path)]), (rule(),), Baseline(baseline) if baseline else None)


def accepted(result: Result) -> dict[str, str | None]:
    """Return, by logical id, why each finding is accepted."""
    return {
        one.finding.resource.logical_id: one.suppression.reason if one.suppression else None for one in result.judged
    }


def unused(result: Result) -> list[tuple[str, str, str]]:
    return [(one.rule, one.place, one.reason) for one in result.unused]


@pytest.mark.parametrize(
    "metadata",
    [
        ours({"id": "EveryQueue", "reason": "known"}),
        ours({"id": "LambdaInvocation::EveryQueue", "reason": " known "}),
        cdk_nag(id="LambdaInvocation-EveryQueue", reason="known"),
        cdk_nag(id="LambdaInvocation::EveryQueue", reason="known"),
        cdk_nag(id="LambdaInvocation::EveryQueue", reason="a25vd24=", is_reason_encoded=True),
    ],
)
def test_metadata_of_a_resource(tmp_path: Path, metadata: Any) -> None:
    template = {"Resources": {"One": queue(metadata), "Two": queue()}}
    result = checked(write(tmp_path / "t.json", template))
    assert accepted(result) == {"One": "known", "Two": None}
    assert result.judged[0].suppression is not None
    assert result.judged[0].suppression.origin is Origin.METADATA
    assert unused(result) == []
    assert [one.resource.logical_id for one in result.active] == ["Two"]


def test_metadata_of_a_template_is_for_that_file_alone(tmp_path: Path) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "nested.json"}}
    metadata = ours({"id": "EveryQueue", "reason": "known"})
    path = write(tmp_path / "t.json", {"Metadata": metadata, "Resources": {"One": queue(), "Nested": nested}})
    write(tmp_path / "nested.json", {"Resources": {"Two": queue()}})
    result = checked(path)
    assert accepted(result) == {"One": "known", "Two": None}
    assert result.templates == 2


@pytest.mark.parametrize("reason", [None, "", " ", 5])
def test_without_a_reason_a_suppression_does_not_count(tmp_path: Path, reason: Any) -> None:
    entry = {"id": "EveryQueue"} if reason is None else {"id": "EveryQueue", "reason": reason}
    result = checked(write(tmp_path / "t.json", {"Resources": {"One": queue(ours(entry))}}))
    assert accepted(result) == {"One": None}
    assert unused(result) == [("EveryQueue", "One", "")]


def test_unused_suppressions(tmp_path: Path) -> None:
    metadata = ours(
        {"id": "EveryQueue", "reason": "old"},
        {"id": "Typo", "reason": "hm"},
        # A rule that did not run: there is no telling.
        {"id": "AsyncFailureTarget", "reason": "later"},
    )
    topic = {"Type": "AWS::SNS::Topic", "Metadata": {**metadata, **cdk_nag(id="AwsSolutions-SNS3", reason="x")}}
    result = checked(write(tmp_path / "t.json", {"Resources": {"Topic": topic}}))
    assert unused(result) == [("EveryQueue", "Topic", "old"), ("Typo", "Topic", "hm")]


@pytest.mark.parametrize("block", [5, {}, {"suppress": "EveryQueue"}, {"suppress": [None]}, {"suppress": [{"id": 5}]}])
def test_a_block_of_another_shape_is_a_problem(tmp_path: Path, block: Any) -> None:
    result = checked(write(tmp_path / "t.json", {"Resources": {"One": queue({"LambdaInvocation": block})}}))
    assert accepted(result) == {"One": None}
    (problem,) = result.problems
    assert problem.path == tmp_path / "t.json"
    assert "in the metadata of 'One', found another shape" in problem.message


@pytest.mark.parametrize("block", [5, {}, {"rules_to_suppress": 5}, {"rules_to_suppress": [None, {"id": 5}]}])
def test_an_odd_block_of_cdk_nag_is_passed_over(tmp_path: Path, block: Any) -> None:
    result = checked(write(tmp_path / "t.json", {"Resources": {"One": queue({"cdk_nag": block})}}))
    assert accepted(result) == {"One": None}
    assert result.problems == []


def test_a_loop_is_accepted_once(tmp_path: Path) -> None:
    loop = ["N", ["A", "B"], {"Q${N}": queue(ours({"id": "EveryQueue", "reason": "known"}))}]
    template = {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::L": loop}}
    result = checked(write(tmp_path / "t.json", template))
    assert accepted(result) == {"QA": "known", "QB": "known"}
    assert unused(result) == []


def test_a_rule_that_raises(tmp_path: Path) -> None:
    write(tmp_path / "bad.json", {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    write(tmp_path / "good.json", {"Resources": {"One": queue()}})
    result = checked(tmp_path, Failing)
    assert accepted(result) == {"One": None}
    (problem,) = result.problems
    assert problem.path == tmp_path / "bad.json"
    assert "KeyError('oops')" in problem.message


@pytest.mark.parametrize("raised", [ValueError("oops"), SystemExit(0)])
def test_a_rule_that_raises_does_not_hide_what_others_find(tmp_path: Path, raised: BaseException) -> None:
    class Raising(EveryQueue):
        def check(self, world: World) -> Iterator[Finding]:
            raise raised

    path = write(tmp_path / "t.json", {"Resources": {"One": queue()}})
    result = run(load_inputs([str(path)]), [Raising(), EveryQueue()])
    assert [one.finding.rule for one in result.judged] == ["EveryQueue"]
    (problem,) = result.problems
    assert f"found Raising: {raised!r}; correct the rule" in problem.message


def test_a_template_nested_twice_is_reported_once(tmp_path: Path) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "nested.json"}}
    path = write(tmp_path / "t.json", {"Resources": {"A": nested, "B": nested}})
    write(tmp_path / "nested.json", {"Resources": {"Two": queue()}})
    assert len(checked(path).judged) == 1


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """A cloud assembly with a stack in a stage, and a nested stack in it."""
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    properties = {"templateFile": "ProdApp.template.json"}
    stack = {"type": "aws:cloudformation:stack", "properties": properties, "displayName": "Prod/App"}
    write(tmp_path / "manifest.json", {"artifacts": {"Prod": stage}})
    inner = tmp_path / "assembly-Prod"
    write(inner / "manifest.json", {"artifacts": {"App": stack}})
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "N.json"}}
    resources = {"One": queue(path="Prod/App/One/Resource"), "Other": queue(path="Prod/App/OneMore"), "N": nested}
    write(inner / "ProdApp.template.json", {"Resources": resources})
    write(inner / "N.json", {"Resources": {"Two": queue(path="Prod/App/N/Two/Resource")}})
    return tmp_path


def acknowledged(place: str, **rules: str) -> dict[str, Any]:
    data = {name.replace("__", "::"): reason for name, reason in rules.items()}
    return {place: [{"type": "aws:cdk:logicalId", "data": "x"}, {"type": "aws:cdk:acknowledged-rules", "data": data}]}


def test_acknowledgements_on_constructs(assembly: Path) -> None:
    metadata = {
        **acknowledged("/Prod/App/One", LambdaInvocation__EveryQueue="known"),
        **acknowledged("/Prod/App/N", LambdaInvocation__EveryQueue="nested"),
        # CDK takes neither for an acknowledgement of our rule.
        **acknowledged("/Prod/App/OneMore", Annotation__EveryQueue="no", AwsSolutions__EveryQueue="no"),
        **acknowledged("/Prod/App/Gone", LambdaInvocation__EveryQueue="old"),
    }
    path = write(assembly / "assembly-Prod/ProdApp.metadata.json", metadata)
    result = checked(assembly)
    assert accepted(result) == {"One": "known", "Two": "nested", "Other": None}
    assert unused(result) == [("EveryQueue", "Prod/App/Gone", "old")]
    suppression = result.judged[-2].suppression
    assert suppression is not None
    assert (suppression.origin, suppression.path) == (Origin.ACKNOWLEDGEMENT, path)


def test_acknowledgements_in_the_manifest(assembly: Path) -> None:
    path = assembly / "assembly-Prod/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["artifacts"]["App"]["metadata"] = acknowledged("/Prod/App", LambdaInvocation__EveryQueue="all")
    write(path, manifest)
    assert set(accepted(checked(assembly)).values()) == {"all"}


def test_acknowledgements_hold_for_a_template_that_is_named_by_itself(assembly: Path) -> None:
    metadata = acknowledged("/Prod/App/One", LambdaInvocation__EveryQueue="known")
    write(assembly / "assembly-Prod/ProdApp.metadata.json", metadata)
    result = checked(assembly / "assembly-Prod/ProdApp.template.json")
    assert accepted(result) == {"One": "known", "Two": None, "Other": None}


def test_acknowledgements_on_the_app_are_told_by_the_validation_report(assembly: Path) -> None:
    def report(plugin: str, path: str, reason: str) -> dict[str, Any]:
        suppressed = {
            "ruleName": "EveryQueue",
            "reason": reason,
            "violatingConstructs": [{"constructPath": path}],
        }
        return {"pluginName": plugin, "violations": [], "suppressedViolations": [suppressed]}

    reports = [
        report("LambdaInvocation", "Prod/App/One/Resource", "app"),
        report("LambdaInvocation", "Prod/App/Gone", "app"),
        report("LambdaInvocation", "Prod/App/N/Two/Resource", ""),
        report("Other", "Prod/App/OneMore", "app"),
    ]
    write(assembly / "validation-report.json", {"pluginReports": reports})
    result = checked(assembly)
    assert accepted(result) == {"One": "app", "Two": None, "Other": None}
    assert unused(result) == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pluginReports": 5, "x": "LambdaInvocation"}', '{"a": 1}'])
def test_odd_files_beside_the_templates(assembly: Path, text: str) -> None:
    (assembly / "validation-report.json").write_text(text)
    (assembly / "assembly-Prod/ProdApp.metadata.json").write_text(text + " aws:cdk:acknowledged-rules")
    assert set(accepted(checked(assembly)).values()) == {None}


def test_a_baseline(tmp_path: Path) -> None:
    template = {"Resources": {"One": queue(), "Two": queue()}}
    path = write(tmp_path / "src/t.json", template)
    baseline = tmp_path / "baseline.json"
    write_baseline(baseline, checked(path).active)
    assert json.loads(baseline.read_text())["findings"] == [
        {"rule": "EveryQueue", "file": "src/t.json", "resource": name, "property": "DelaySeconds"}
        for name in ("One", "Two")
    ]
    # Lines move, one finding is mended, another one is new.
    path.write_text(json.dumps({"Resources": {"New": queue(), "One": queue()}}, indent=8))
    result = checked(path, baseline=baseline)
    assert accepted(result) == {"New": None, "One": "in the baseline"}
    assert unused(result) == [("EveryQueue", "src/t.json Two", "in the baseline")]


def test_a_baseline_of_an_assembly_names_constructs(assembly: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    write_baseline(baseline, checked(assembly).active)
    entries = json.loads(baseline.read_text())["findings"]
    assert [entry["resource"] for entry in entries] == [
        "Prod/App/N/Two/Resource",
        "Prod/App/One/Resource",
        "Prod/App/OneMore",
    ]
    # What lies in a nested stack is told by the file of its stack as well: that of the nested one may be a hash.
    assert {entry["file"] for entry in entries} == {"assembly-Prod/ProdApp.template.json"}
    assert set(accepted(checked(assembly, baseline=baseline)).values()) == {"in the baseline"}


def test_a_baseline_of_one_app_accepts_nothing_in_another_with_the_same_constructs(tmp_path: Path) -> None:
    dev = write(tmp_path / "cdk.out.dev/App.template.json", {"Resources": {"One": queue(path="App/One")}})
    prod = write(tmp_path / "cdk.out.prod/App.template.json", {"Resources": {"One": queue(path="App/One")}})
    baseline = tmp_path / "baseline.json"
    write_baseline(baseline, checked(dev).active)
    assert accepted(checked(dev, baseline=baseline)) == {"One": "in the baseline"}
    assert accepted(checked(prod, baseline=baseline)) == {"One": None}


@pytest.mark.parametrize("name", ["App.template.json", "."])
def test_what_was_mended_in_a_template_of_cdk_without_its_assembly_is_unused(tmp_path: Path, name: str) -> None:
    template = write(
        tmp_path / "out/App.template.json", {"Resources": {"One": queue(path="App/One"), "Two": queue(path="App/Two")}}
    )
    baseline = tmp_path / "baseline.json"
    write_baseline(baseline, checked(template).active)
    write(template, {"Resources": {"One": queue(path="App/One")}})
    result = checked(tmp_path / "out" / name, baseline=baseline)
    assert unused(result) == [("EveryQueue", "out/App.template.json App/Two", "in the baseline")]


def test_entries_for_what_was_not_checked_are_not_unused(tmp_path: Path) -> None:
    one = write(tmp_path / "one.json", {"Resources": {"One": queue()}})
    two = write(tmp_path / "two.json", {"Resources": {"Two": queue()}})
    baseline = tmp_path / "baseline.json"
    write_baseline(baseline, checked(two).active)
    assert unused(checked(one, baseline=baseline)) == []
    assert unused(checked(two, baseline=baseline)) == []
