"""Run the benchmarks and write their page; takes some minutes."""

import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import page
from benchmarks.processes import Cost, middle, run
from benchmarks.scaling import per_resource
from benchmarks.synthesis import inside_validate
from benchmarks.templates import write
from scripts.comparison.labels import ROOT
from scripts.comparison.peers import BIN, versions

FILES = 500
RESOURCES = 20
OUR_ROUNDS = 5
"""Rounds of our command for one of the others."""
ROUNDS = 2

OURS = Path(sys.executable).parent / "lambda-invocations"


def commands(folder: Path) -> dict[str, list[str | Path]]:
    """Return the command of each tool."""
    return {
        page.OURS: [OURS, "check", folder],
        page.CFN_LINT: [
            *(BIN / "cfn-lint", "--append-rules", "cfn_lint_serverless.rules", "--format", "json"),
            *("--", folder / "*.json"),
        ],
        page.CHECKOV: [
            *(BIN / "checkov", "--framework", "cloudformation", "--skip-download", "--quiet", "--compact"),
            *("--output", "json", "--directory", folder),
        ],
    }


def many_files() -> dict[str, Cost]:
    """Check ``FILES`` templates with each tool, in turns."""
    costs: dict[str, list[Cost]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, FILES, RESOURCES)
        for _ in range(ROUNDS):
            for tool, command in commands(folder).items():
                for _ in range(OUR_ROUNDS if tool == page.OURS else 1):
                    costs.setdefault(tool, []).append(run(command))
    return {tool: middle(each) for tool, each in costs.items()}


def start_up() -> Cost:
    """Check one template of the smallest size."""
    with TemporaryDirectory() as name:
        write(Path(name), 1, 10)
        return middle([run([OURS, "check", name]) for _ in range(10)])


def main() -> None:
    """Measure and write."""
    os.chdir(ROOT)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    with TemporaryDirectory() as name:
        scaling = per_resource(Path(name))
    measured = page.Measured(
        machine=machine,
        versions=versions(),
        files=FILES,
        resources=RESOURCES,
        synthesis={right: inside_validate(right=right) for right in (True, False)},
        many=many_files(),
        start=start_up(),
        scaling=scaling,
    )
    page.PAGE.write_text(page.render(measured))
    print(page.PAGE.read_text())


main()
