"""Run the benchmarks and write their page; takes some minutes."""

import argparse
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import page
from benchmarks.processes import Cost, middle, run
from benchmarks.redrive import section
from benchmarks.redrive.measuring import measure
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


def everything() -> str:
    """Measure all parts, and return the page."""
    with TemporaryDirectory() as name:
        scaling = per_resource(Path(name))
    measured = page.Measured(
        machine=machine(),
        versions=versions(),
        files=FILES,
        resources=RESOURCES,
        synthesis={right: inside_validate(right=right) for right in (True, False)},
        many=many_files(),
        start=start_up(),
        scaling=scaling,
    )
    return with_redrive(page.render(measured))


def with_redrive(text: str) -> str:
    """Measure the redrive, and return the page with that section new."""
    load = os.getloadavg()[0]
    return section.replaced(text, section.section(measure(), machine(), load))


def machine() -> str:
    """Describe the machine."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=["redrive"], help="measure this part alone; default: all")
    part = parser.parse_args().part
    os.chdir(ROOT)
    page.PAGE.write_text(with_redrive(page.PAGE.read_text()) if part else everything())
    print(page.PAGE.read_text())


main()
