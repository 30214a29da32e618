"""What the README shows is what happens."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.readme import README, ROOT, render


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```text\n(.*?)```", README.read_text(), re.DOTALL)
    assert found
    return found[1]


def synthesize(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    context = json.dumps({"aws:cdk:bundling-stacks": []})
    environment = {**os.environ, "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": context}
    environment.pop("PYTEST_VERSION", None)  # CDK would put the report into the exception
    command = [sys.executable, str(ROOT / program)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_generated_parts_are_current() -> None:
    assert README.read_text() == render(README.read_text()), "the README is out of date: run make docs"


def test_a_part_without_its_block_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected one block behind <!-- catalog -->, found 0"):
        render("# Nothing here\n")


def test_the_finding_is_what_the_app_prints(tmp_path: Path) -> None:
    run = synthesize("examples/unprotected_app.py", tmp_path)
    assert run.returncode == 1
    assert block("finding") in run.stderr


@pytest.fixture(scope="module")
def example_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    assert synthesize("app.py", folder / "cdk.out").returncode == 0
    return folder


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("summary of the example app", ["summary"]), ("explanation", ["explain", "cdk.out", "--function", "Resize"])],
)
def test_the_command_prints_what_is_shown(name: str, arguments: list[str], example_app: Path) -> None:
    command = Path(sys.executable).with_name("lambda-invocations")
    run = subprocess.run([command, *arguments], cwd=example_app, capture_output=True, text=True, check=True)
    assert run.stdout == block(name)


def test_the_first_example_synthesizes(tmp_path: Path) -> None:
    run = synthesize("examples/first_app.py", tmp_path)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "Background.template.json").exists()
