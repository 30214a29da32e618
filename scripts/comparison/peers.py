"""What other tools find in the labelled templates."""

import json
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from aws_cdk import App, Stack, Validations
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import ServerlessChecks

from constructs_lib.graph.loading.assembly import load_stack
from constructs_lib.graph.template import TemplateFile
from scripts.comparison.labels import FOLDER, ROOT, Case, Found

BIN: Final = ROOT / ".venv-peers" / "bin"
"""The environment of the tools that do not belong to ours; ``make comparison`` makes it."""

Findings = dict[str, list[Found]]
"""By the name of the case."""


def cdk_nag(cases: Sequence[Case]) -> Findings:
    """Put each template into a stack and run the pack over them.

    The pack knows no SAM, so it gets those templates expanded.
    """
    with TemporaryDirectory() as folder:
        app = App(outdir=folder, context={"@aws-cdk/core:failSynthOnValidationErrors": False})
        Validations.of(app).add_plugins(ServerlessChecks(app))
        names = {}
        for index, case in enumerate(cases):
            path = case.path
            if case.sam:
                (template,) = load_stack(TemplateFile(path))
                path = Path(folder, f"{case.path.parent.name}-{case.path.stem}.json")
                path.write_text(json.dumps(template.body))
            names[f"Case{index}"] = case.name
            CfnInclude(Stack(app, f"Case{index}"), "Template", template_file=str(path))
        app.synth()
        report = json.loads(Path(folder, "validation-report.json").read_text())
    found: Findings = defaultdict(list)
    for violation in (one for plugin in report["pluginReports"] for one in plugin["violations"]):
        rule = violation["ruleName"].removeprefix("Serverless-")
        for construct in violation["violatingConstructs"]:
            stack, _, resource = construct["constructPath"].split("/")
            found[names[stack]].append(Found(rule, resource))
    return found


def cfn_lint(cases: Sequence[Case]) -> Findings:
    """Run cfn-lint with the rules of serverless-rules added."""
    command = ["cfn-lint", "--append-rules", "cfn_lint_serverless.rules", "--format", "json", "--"]
    found: Findings = defaultdict(list)
    for match in _run([*command, *(str(case.path) for case in cases)], {0, 2, 4, 6, 8, 10, 12, 14}):
        path = match["Location"]["Path"] or []
        if path[:1] == ["Resources"] and len(path) > 1:
            found[_name(match["Filename"])].append(Found(match["Rule"]["Id"], path[1]))
    return found


def checkov(cases: Sequence[Case]) -> Findings:
    """Run checkov, without its network."""
    command = [
        "checkov",
        "--framework",
        "cloudformation",
        "--skip-download",
        "--quiet",
        "--compact",
        "--output",
        "json",
    ]
    report = _run([*command, "--directory", str(FOLDER)], {0, 1})
    known = {case.name for case in cases}
    found: Findings = defaultdict(list)
    for failed in report["results"]["failed_checks"]:
        name = _name(failed["file_path"])
        if name in known:
            found[name].append(Found(failed["check_id"], failed["resource"].rpartition(".")[2]))
    return found


def versions() -> dict[str, str]:
    """Return the version of each tool."""
    here = {"cdk-nag": version("cdk-nag"), "aws-cdk-lib": version("aws-cdk-lib")}
    listed = _run(["pip", "list", "--format", "json", "--disable-pip-version-check"], {0})
    there = {one["name"].replace("_", "-"): one["version"] for one in listed}
    return here | {name: there[name] for name in ("cfn-lint", "cfn-lint-serverless", "checkov")}


def _run(command: list[str], good: set[int]) -> Any:
    """Run a command of the other environment, and return the JSON that it prints."""
    program, *arguments = command
    run = subprocess.run([BIN / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode not in good:
        raise RuntimeError(f"expected {program} to run, found exit code {run.returncode}: {run.stderr[-2000:]}")
    return json.loads(run.stdout)


def _name(path: str) -> str:
    return "/".join(Path(path).parts[-2:])
