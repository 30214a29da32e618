"""Writes the page of the benchmarks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks import synthesis
from benchmarks.processes import Cost
from scripts.comparison.labels import ROOT

PAGE: Final = ROOT / "docs" / "benchmarks.md"
OURS: Final = "lambda-invocations check"
CFN_LINT: Final = "cfn-lint with serverless-rules"
CHECKOV: Final = "checkov"

FASTER: Final = 50
START_CPU: Final = 0.25
MEMORY: Final = 150
GROWTH: Final = 2


@dataclass(frozen=True)
class Measured:
    """All that was measured."""

    machine: str
    versions: Mapping[str, str]
    files: int
    resources: int
    """In each of the files."""
    synthesis: Mapping[bool, Mapping[str, float]]
    """Seconds of each pack, in the app that is right and in the one that is wrong."""
    many: Mapping[str, Cost]
    start: Cost
    scaling: Mapping[int, float]


def render(measured: Measured) -> str:
    """Return the page."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; do not edit. All that a table compares ran in turns on one machine; the ratios are "
        "what to look at, the seconds depend on the machine.",
        "",
        f"Machine: {measured.machine}. Versions: "
        + ", ".join(f"{name} {version}" for name, version in measured.versions.items())
        + ".",
        "",
        "## Targets",
        "",
        "| Target | Measured | Met |",
        "|---|---|---|",
        *(f"| {target} | {value} | {'yes' if met else '**no**'} |" for target, value, met in _targets(measured)),
        "",
        "## In an app",
        "",
        f"Seconds that a pack adds to the synthesis of an app of {synthesis.RESOURCES} resources; median of "
        f"{synthesis.ROUNDS} rounds.",
        "",
        f"| App | {synthesis.OURS} | {synthesis.THEIRS} | Ratio |",
        "|---|---|---|---|",
        *(_synthesis(right, each) for right, each in measured.synthesis.items()),
        "",
        "## Many files",
        "",
        f"{measured.files} templates in JSON with {measured.resources} resources each, as the CDK writes them; from "
        "the start of the process to its end.",
        "",
        "| Tool | Wall, s | CPU, s | Peak memory, MB | CPU, ratio to ours |",
        "|---|---|---|---|---|",
        *(
            f"| {tool} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} | {_ratio(measured, tool):.1f} |"
            for tool, cost in measured.many.items()
        ),
        "",
        f"One template alone takes {measured.start.cpu:.2f} s of CPU and {measured.start.memory:.0f} MB.",
        "",
        "## Growth",
        "",
        "One template; reading, all rules, no report.",
        "",
        "| Resources | Microseconds for each |",
        "|---|---|",
        *(f"| {size:,} | {seconds * 1e6:.0f} |" for size, seconds in measured.scaling.items()),
        "",
    ]
    return "\n".join(lines)


def _targets(measured: Measured) -> Iterator[tuple[str, str, bool]]:
    for right, each in measured.synthesis.items():
        ratio = each[synthesis.OURS] / each[synthesis.THEIRS]
        yield f"in an app that is {_word(right)}, at most the time of cdk-nag's pack", f"{ratio:.1f}×", ratio <= 1
    for tool in (CFN_LINT, CHECKOV):
        ratio = _ratio(measured, tool)
        yield f"{FASTER}× faster than {tool}", f"{ratio:.1f}×", ratio >= FASTER
    yield f"start under {START_CPU} s of CPU", f"{measured.start.cpu:.2f} s", measured.start.cpu < START_CPU
    memory = measured.many[OURS].memory
    yield f"{measured.files} files in less than {MEMORY} MB", f"{memory:.0f} MB", memory < MEMORY
    times = list(measured.scaling.values())
    growth = times[-1] / min(times)
    sizes = list(measured.scaling)
    yield (
        f"linear from {sizes[0]} to {sizes[-1]:,} resources (cost of one at most {GROWTH}× the least)",
        f"{growth:.1f}×",
        growth <= GROWTH,
    )


def _synthesis(right: bool, each: Mapping[str, float]) -> str:
    ours, theirs = each[synthesis.OURS], each[synthesis.THEIRS]
    return f"| {_word(right)} | {ours:.3f} | {theirs:.3f} | {ours / theirs:.1f} |"


def _word(right: bool) -> str:
    return "right" if right else "without failure targets"


def _ratio(measured: Measured, tool: str) -> float:
    """Compare CPU time: what else runs on the machine disturbs it least."""
    return measured.many[tool].cpu / measured.many[OURS].cpu
