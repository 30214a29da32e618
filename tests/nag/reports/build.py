"""Results to report, over a template in a file."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from constructs_lib.graph.app import App
from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.graph.world import World
from constructs_lib.nag.engine import check
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.result import Judged, Origin, Problem, Result, Suppression
from constructs_lib.nag.rule import Rule

NASTY = "a%b\r\nc,d:e|f`g`<h>&\"i'\x00\x1b[31m\ud800]]> ::error::*j*_k_ – ✓"
"""What breaks a format whose writer does not escape."""


class Slow(Rule):
    """Queues that are marked."""

    severity = Severity.WARNING
    description = "The queue is slow. Somebody waits."
    fix = "CDK: Queue(..., slow=False). CloudFormation: Slow | Fast."
    source = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"

    def check(self, world: World) -> Iterator[Finding]:
        for queue in world.of_type("AWS::SQS::Queue"):
            marks = world.properties(queue)["Marks"]
            for severity in Severity:
                message = marks[severity.label].text()
                if message:
                    yield self.finding(queue, f"Marks.{severity.label}", message, severity=severity)


class Quiet(Slow):
    """Finds nothing."""

    severity = Severity.ERROR

    def check(self, world: World) -> Iterator[Finding]:
        return iter(())


def queue(path: str | None = None, **marks: str) -> dict[str, Any]:
    metadata = {"Metadata": {"aws:cdk:path": path}} if path else {}
    return {"Type": "AWS::SQS::Queue", **metadata, "Properties": {"Marks": marks}}


def write(folder: Path, name: str = "app.template.json", **queues: dict[str, Any]) -> App:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Resources": queues}, indent=1))
    return load_app([TemplateFile(path)])


def judge(app: App, **suppressions: Suppression) -> Result:
    """Return the result of a check, in which the queues with a name in ``suppressions`` are accepted."""
    rules = (Quiet(), Slow())
    found = check(app, rules)
    judged = [Judged(one, suppressions.get(one.resource.logical_id)) for one in found]
    return Result(rules, judged, templates=len(app.templates))


def suppression(
    origin: Origin = Origin.METADATA, reason: str = "known", path: str = "app.template.json"
) -> Suppression:
    return Suppression("Slow", reason, origin, Path(path), "Q")


def everything(folder: Path) -> Result:
    """Return a result with all that a report can hold, nasty texts throughout."""
    app = write(
        folder,
        "a b/ü%,:#.json",
        Active=queue("Stack/Active/Resource", error=NASTY, warning="two", info="three"),
        Baseline=queue(NASTY, error="four"),
        Metadata=queue(warning=NASTY),
        Told=queue(info="five"),
    )
    result = judge(
        app,
        Baseline=suppression(Origin.BASELINE, path="baseline.json"),
        Metadata=suppression(reason=NASTY, path="a b/ü%,:#.json"),
        Told=suppression(Origin.ACKNOWLEDGEMENT, path="a b/app.metadata.json"),
    )
    unused = Suppression("Gone", NASTY, Origin.METADATA, Path("a b/ü%,:#.json"), NASTY)
    elsewhere = Suppression("Gone", "old", Origin.BASELINE, folder.parent / "else where.json", "")
    unsaid = Suppression("Gone", "", Origin.METADATA, Path("a b/ü%,:#.json"), "")
    problems = [Problem(Path("bad|`file`.json"), NASTY), Problem(folder.parent / "outside.json", "expected JSON")]
    return replace(result, unused=[unused, elsewhere, unsaid], problems=problems)
