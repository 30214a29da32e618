"""The action, the hooks and the examples of docs/pipelines.md, run as they are written."""

import json
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PAGE = (ROOT / "docs" / "pipelines.md").read_text()
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
INSTALL, CHECK = ACTION["runs"]["steps"]
TEMPLATE = {
    "Resources": {
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Role": "arn:aws:iam::123456789012:role/r",
                "Code": {"ZipFile": "def handler(event, context): pass"},
                "Timeout": 10,
            },
        },
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": 40,
                "RedrivePolicy": {
                    "maxReceiveCount": 5,
                    "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:failed",
                },
            },
        },
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        },
    }
}
"""In which there is one warning, of QueueVisibilityTimeout."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project with a ``cdk.out`` in which there is one warning."""
    project = tmp_path / "a project"
    (project / "cdk.out").mkdir(parents=True)
    (project / "cdk.out" / "Jobs.template.json").write_text(json.dumps(TEMPLATE, indent=1))
    return project


def bash(script: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script the way GitHub does."""
    environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(cwd), **variables}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def run_action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the check of the action, with the command of this environment."""
    temp = folder.parent / "temp"
    (temp / "lambda-invocations" / "bin").mkdir(parents=True, exist_ok=True)
    command = temp / "lambda-invocations" / "bin" / "lambda-invocations"
    if not command.exists():
        command.symlink_to(BIN / "lambda-invocations")
    values = {name: definition["default"] for name, definition in ACTION["inputs"].items()} | inputs
    variables = {
        variable: values[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text)[1]]  # type: ignore[index]
        for variable, text in CHECK["env"].items()
    }
    summary = str(folder.parent / "summary.md")
    return bash(CHECK["run"], folder, RUNNER_TEMP=str(temp), GITHUB_STEP_SUMMARY=summary, **variables)


def test_the_action_never_puts_inputs_into_its_scripts() -> None:
    assert "${{" not in INSTALL["run"] + CHECK["run"]
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} == set(CHECK["env"].values())
    assert {step["shell"] for step in ACTION["runs"]["steps"]} == {"bash"}
    assert all(definition["description"] for definition in ACTION["inputs"].values())


def test_the_action_annotates_and_sums_up(folder: Path) -> None:
    run = run_action(folder, **{"sarif-file": "out/found.sarif"})
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("::warning file=cdk.out/Jobs.template.json,line=")
    assert "QueueVisibilityTimeout" in (folder.parent / "summary.md").read_text()
    (result,) = json.loads((folder / "out" / "found.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "QueueVisibilityTimeout"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"fail-on": "warning"}, 1),
        ({"fail-on": "warning", "ignore": "QueueVisibilityTimeout"}, 0),
        ({"fail-on": "warning", "select": "QueueVisibilityTimeout,ApiTimeout"}, 1),
        ({"fail-on": "warning", "select": "ApiTimeout"}, 0),
        ({"paths": "cdk.out/Jobs.template.json\n\ncdk.out\n"}, 0),
        ({"paths": "nowhere"}, 2),
        ({"fail-on": "never"}, 2),
        ({"paths": "--help"}, 2),
        ({"paths": "$(touch intruded)"}, 2),
        ({"select": "; touch intruded"}, 2),
    ],
)
def test_the_action_ends_with_the_code_of_the_command(folder: Path, inputs: dict[str, str], code: int) -> None:
    assert run_action(folder, **inputs).returncode == code
    assert not (folder / "intruded").exists()


def test_the_action_takes_a_baseline(folder: Path) -> None:
    written = bash("lambda-invocations check cdk.out --write-baseline known.json", folder)
    assert written.returncode == 0, written.stderr
    assert run_action(folder, **{"fail-on": "warning", "baseline": "known.json"}).returncode == 0


def test_the_action_installs_the_command(tmp_path: Path) -> None:
    """Without a network: the libraries, and what builds the package, are those of this environment."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for path in Path(site.getsitepackages()[0]).iterdir():
        if not path.name.startswith(("lambda_invocation", "_editable", "pip")):
            (packages / path.name).symlink_to(path)
    source = tmp_path / "action"
    source.mkdir()
    shutil.copytree(ROOT / "constructs_lib", source / "constructs_lib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    # To pip, "0" means that there is no isolation.
    offline = {"PYTHONPATH": str(packages), "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    run = bash(INSTALL["run"], tmp_path, RUNNER_TEMP=str(tmp_path), GITHUB_ACTION_PATH=str(source), **offline)
    assert run.returncode == 0, run.stderr
    listed = bash("lambda-invocations/bin/lambda-invocations rules", tmp_path)
    assert "QueueVisibilityTimeout" in listed.stdout
    wanted = set(re.findall(r'"([a-z-]+>=[0-9.]+)"', INSTALL["run"]))
    assert wanted <= set(re.findall(r'"([^"]+)"', (ROOT / "pyproject.toml").read_text()))


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("template.yaml", True),
        ("a/template.yml", True),
        ("Jobs.template.json", True),
        ("jobs.template", True),
        ("package.json", False),
        ("my-template-notes.yaml", False),
    ],
)
def test_the_hook_takes_templates(name: str, matches: bool) -> None:
    assert bool(re.search(HOOKS["lambda-invocations"]["files"], name)) is matches


def test_the_hooks_run_as_pre_commit_runs_them(folder: Path) -> None:
    (used,) = [block for block in blocks("yaml") if "repos" in block]
    for hook in used["repos"][0]["hooks"]:
        definition = HOOKS[hook["id"]]
        files = ["cdk.out/Jobs.template.json"] if definition.get("pass_filenames", True) else []
        command = [*shlex.split(definition["entry"]), *hook.get("args", definition.get("args", [])), *files]
        run = bash(shlex.join(command), folder)
        assert run.returncode == ("--fail-on=warning" in command), run.stderr
        assert "QueueVisibilityTimeout" in run.stdout


def blocks(language: str) -> list[Any]:
    """Return the examples of the page that are in a language."""
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return [yaml.safe_load(block) for block in found] if language == "yaml" else found


def test_every_command_of_the_page_runs(folder: Path) -> None:
    (folder / "template.yaml").write_text(yaml.safe_dump(TEMPLATE))
    commands = re.findall(r"^\s*(?:- |\")?((?:lambda-invocations check|cfn-lint -a) .*?)\"?,?$", PAGE, re.MULTILINE)
    assert len(commands) == 6
    for command in commands:
        run = bash(command, folder, PYTHONPATH=str(ROOT))
        expected = 1 if "--fail-on warning" in command else 0
        if command.startswith("cfn-lint"):
            assert "W9762" in run.stdout
            continue
        assert run.returncode == expected, run.stderr
        for report in re.findall(r"--format junit=(\S+)", command):
            (failure,) = ElementTree.parse(folder / report).iter("failure")
            assert failure.get("type") == "QueueVisibilityTimeout"


def test_the_workflow_uses_inputs_that_the_action_has() -> None:
    (workflow,) = [block for block in blocks("yaml") if "jobs" in block]
    (step,) = [one for one in workflow["jobs"]["check"]["steps"] if "lambda-invocation" in one.get("uses", "")]
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_reports_are_looked_for_where_they_are_written() -> None:
    (gitlab,) = [block["lambda-invocations"] for block in blocks("yaml") if "lambda-invocations" in block]
    assert gitlab["script"][-1].endswith(f"junit={gitlab['artifacts']['reports']['junit']}")
    (spec,) = [block for block in blocks("yaml") if "phases" in block]
    report = spec["reports"]["lambda-invocations"]
    assert spec["phases"]["build"]["commands"][-1].endswith(f"junit={report['base-directory']}/{report['files'][0]}")


def test_the_cfn_lint_settings_name_our_rules(folder: Path) -> None:
    (settings,) = [block for block in blocks("yaml") if "append_rules" in block]
    (folder / ".cfnlintrc").write_text(yaml.safe_dump(settings))
    run = bash("cfn-lint -- cdk.out/Jobs.template.json", folder, PYTHONPATH=str(ROOT))
    assert "W9762" in run.stdout


def test_the_pipeline_synthesizes(tmp_path: Path) -> None:
    (program,) = blocks("python")
    environment = {**os.environ, "CDK_OUTDIR": str(tmp_path)}
    environment.pop("PYTEST_VERSION", None)
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    template = (tmp_path / "Delivery.template.json").read_text()
    assert "lambda-invocations check cdk.out --fail-on warning" in template
