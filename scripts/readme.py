"""Writes the parts of the README that come from the code: each stands behind a comment that names it."""

import re
from collections.abc import Iterable
from pathlib import Path

from constructs_lib.catalog import PATTERNS
from constructs_lib.nag.rules import all_rules
from scripts.rule_pages import counts

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def render(text: str) -> str:
    """Return the README with its generated parts renewed."""
    parts = {"catalog": _catalog(), "rules": _rules(), "examples/first_app.py": _example("examples/first_app.py")}
    for name, part in parts.items():
        # Up to the end of the code block, table or paragraph that follows the comment.
        block = re.compile(rf"(?<=<!-- {re.escape(name)} -->\n)(```.*?\n```|([^\n]+\n?)+)", re.DOTALL)
        text, replaced = block.subn(part.replace("\\", r"\\"), text)
        if replaced != 1:
            raise ValueError(f"{README}: expected one block behind <!-- {name} -->, found {replaced}")
    return text


def _catalog() -> str:
    header = (
        "Pattern",
        "Source",
        "Model",
        "Failed delivery ends in",
        "Failed execution ends in",
        "Resources",
        "Emulator",
    )
    rows = (
        (
            f"[`{p.name}`](docs/patterns/{p.name}.md)",
            p.source,
            p.model.value,
            p.delivery,
            p.execution,
            str(p.resource_budget),
            "proven" if p.emulator_proven else "not yet",
        )
        for p in PATTERNS
    )
    return _table(header, rows)


def _rules() -> str:
    rules = list(all_rules())
    return (
        f"The {len(rules)} rules ({counts(rules)}) have [a page each](docs/rules/README.md): what is wrong and why, "
        "what to do\nin CDK and in CloudFormation, an example, and how to accept a finding.\n"
    )


def _example(name: str) -> str:
    _, code = (ROOT / name).read_text().split('"""\n\n', 1)
    return f"```python\n{code}```"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    README.write_text(render(README.read_text()))
