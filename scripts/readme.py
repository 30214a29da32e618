"""Writes the parts of the README that come from the code: each stands behind a comment that names it."""

import re
from collections.abc import Iterable
from pathlib import Path

from constructs_lib.catalog import PATTERNS
from constructs_lib.nag.rules import all_rules

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def render(text: str) -> str:
    """Return the README with its generated parts renewed."""
    parts = {"catalog": _catalog(), "rules": _rules(), "examples/first_app.py": _example("examples/first_app.py")}
    for name, part in parts.items():
        # Up to the end of the code block or table that follows the comment.
        block = re.compile(rf"(?<=<!-- {re.escape(name)} -->\n)(```.*?\n```|(\|[^\n]*\n?)+)", re.DOTALL)
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
    rules = sorted(all_rules(), key=lambda rule: rule.id)
    rows = ((f"`{rule.id}`", rule.severity.label, _first_sentence(rule.description)) for rule in rules)
    return _table(("Rule", "Severity", "Finds"), rows)


def _example(name: str) -> str:
    _, code = (ROOT / name).read_text().split('"""\n\n', 1)
    return f"```python\n{code}```"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]


if __name__ == "__main__":
    README.write_text(render(README.read_text()))
