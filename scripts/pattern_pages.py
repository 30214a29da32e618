"""Writes ``docs/patterns/``: a page for each pattern, from its docstring and its catalog entry."""

import ast
import inspect
import re
import shutil
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import get_args

import constructs_lib
from constructs_lib.catalog import PATTERNS, Pattern
from constructs_lib.facts import InvocationModel

FOLDER = Path(__file__).parents[1] / "docs" / "patterns"

_ARROWS = {
    InvocationModel.SYNCHRONOUS: ("waits for the answer", "invokes"),
    InvocationModel.ASYNCHRONOUS: ("queues the event", "retries"),
    InvocationModel.POLL: ("reads batches", "invokes"),
}


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    return {f"{pattern.name}.md": _page(pattern) for pattern in PATTERNS}


def write() -> None:
    """Write the pages anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)


def _page(pattern: Pattern) -> str:
    docstring = inspect.getdoc(getattr(constructs_lib, pattern.name)) or ""
    intro, sections = _split(docstring)
    where = re.search(r"^Where a failed event goes\n((?: +.*\n|\n)+)", intro + "\n", re.MULTILINE)
    if where is None:
        raise ValueError(f"{pattern.name}: expected 'Where a failed event goes' in the docstring, found none")
    about = (intro + "\n").replace(where[0], "").strip()
    lines = [
        f"# {pattern.name}",
        "",
        f"{pattern.source}, {pattern.model.value} invocation. At most {pattern.resource_budget} resources with "
        "defaults, not counting the function with its role, policy and log group, nor alarms.",
        "",
        _markdown(about),
        "",
        _diagram(pattern),
        "",
        "## Where a failed event goes",
        "",
        _markdown(dedent(where[1]).strip()),
        "",
        "| Stage | A failed event ends in |",
        "|---|---|",
        f"| delivery | {pattern.delivery} |",
        f"| execution | {pattern.execution} |",
        "",
        "## Parameters and defaults",
        "",
        *_table(_with_options(sections.get("Parameters", ""), getattr(constructs_lib, pattern.name))),
        "",
        "## Attributes",
        "",
        *_table(sections.get("Attributes", "")),
        "",
        "## Errors",
        "",
        *_table(sections.get("Raises", "")),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _split(docstring: str) -> tuple[str, dict[str, str]]:
    parts = re.split(r"^(\w+)\n-+\n", docstring, flags=re.MULTILINE)
    return parts[0], dict(zip(parts[1::2], parts[2::2], strict=True))


def _table(section: str) -> list[str]:
    rows = re.findall(r"^(\S.*)\n((?: +.*\n?|\n)*)", section.strip() + "\n", re.MULTILINE)
    return [f"- **{name.strip()}**: {_markdown(' '.join(text.split()))}" for name, text in rows]


def _with_options(parameters: str, construct: type) -> str:
    """Replace ``options`` by the parameters that it stands for."""
    before, options, after = parameters.partition("options\n")
    return before + _options(construct) + re.sub(r"\A(?: +.*\n?)+", "", after) if options else parameters


def _options(construct: type) -> str:
    (options,) = get_args(inspect.signature(construct.__dict__["__init__"]).parameters["options"].annotation)
    (definition,) = ast.parse(inspect.getsource(options)).body
    assert isinstance(definition, ast.ClassDef)
    text = ""
    for field, documented in pairwise(definition.body):
        if isinstance(field, ast.AnnAssign) and isinstance(documented, ast.Expr):
            text += f"{ast.unparse(field.target)}\n    {' '.join(ast.literal_eval(documented.value).split())}\n"
    return text


def _markdown(text: str) -> str:
    return text.replace("``", "`")


def _diagram(pattern: Pattern) -> str:
    taken, invoked = _ARROWS[pattern.model]
    lines = ["```mermaid", "flowchart LR"]
    if pattern.model is InvocationModel.SYNCHRONOUS:
        lines.append(f'  source["{pattern.source}"] -- "{taken}" --> function["your function"]')
    else:
        lines.append(f'  source["{pattern.source}"] --> lambda["Lambda<br/>{taken}"]')
        lines.append(f'  lambda -- "{invoked}" --> function["your function"]')
    for stage, place in (("delivery", pattern.delivery), ("execution", pattern.execution)):
        start = "source" if stage == "delivery" else "function"
        text = place.replace("`", "").replace('"', "'")
        lines.append(f'  {start} -. "failed {stage}" .-> {stage}["{text}"]')
    return "\n".join([*lines, "```"])


if __name__ == "__main__":
    write()
