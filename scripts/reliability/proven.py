"""Renews the last part of docs/reliability.md: what proves each pattern, from the catalog and the drivers."""

from pathlib import Path
from typing import Final

from constructs_lib.catalog import PATTERNS
from scripts.local.emulator import ROOT
from tests.e2e.drivers import NOT_HELD, STAND_INS

PAGE: Final = ROOT / "docs" / "reliability.md"
HEADING: Final = "## What proves each pattern\n"


def render() -> str:
    """Return the part, with its heading."""
    running = [_running(pattern.name) for pattern in PATTERNS if pattern.emulator_proven]
    others = [f"- `{pattern.name}`: {NOT_HELD[pattern.name]}" for pattern in PATTERNS if not pattern.emulator_proven]
    return "\n".join(
        [
            HEADING,
            f"By running functions: {len(running)} patterns are deployed on the emulator and driven through their own",
            "source, with handlers that succeed, fail, time out and are throttled (`make e2e`):",
            "",
            *running,
            "",
            f"By template and schema only: {len(others)} patterns that the emulator cannot hold, or not yet. Their",
            "templates are checked by cfn-lint, the CDK's validator and the rules, and no event was ever sent:",
            "",
            *others,
            "",
        ]
    )


def _running(name: str) -> str:
    return f"- `{name}`: {STAND_INS[name]}" if name in STAND_INS else f"- `{name}`"


def renew(page: Path) -> None:
    """Rewrite the part in the page."""
    before, _, _ = page.read_text().partition(HEADING)
    page.write_text(before + render())


if __name__ == "__main__":
    renew(PAGE)
