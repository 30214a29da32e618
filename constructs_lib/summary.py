"""A short account of a synthesized app: its stacks, who invokes its functions, and what the policies found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import shorten

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.app import App
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.targets import FUNCTION
from constructs_lib.graph.loading.assembly import load_assembly
from constructs_lib.graph.worlds import METADATA, worlds
from constructs_lib.nag.reports.validation_report import Violation, read_violations

_FATAL = ("fatal", "error")
_WIDTH = 110


def summarize(assembly: Path) -> Iterator[str]:
    """Yield the lines of the summary of a cloud assembly.

    Raises
    ------
    TemplateError
        When there is no readable cloud assembly.
    """
    app = load_assembly(assembly)
    yield from _stacks(app, assembly)
    yield ""
    yield from _functions(app)
    yield ""
    yield from _findings(read_violations(assembly))


def _stacks(app: App, assembly: Path) -> Iterator[str]:
    roots = [template for template in app.templates if template.parent is None]
    yield f"{_count(len(roots), 'stack')} in {assembly}"
    rows = []
    for root in roots:
        family = list(root.family())
        # Not what the CDK command adds for its usage statistics.
        kinds = [one.type for template in family for one in template.resources.values() if one.type != METADATA]
        resources = _count(len(kinds), "resource")
        nested = f" and {_count(len(family) - 1, 'nested stack')}" if len(family) > 1 else ""
        rows.append((root.construct_path, resources, f"{root.path}{nested}"))
    yield from _table(rows)


def _functions(app: App) -> Iterator[str]:
    world = next(worlds(app))
    found = world.once(invocations)
    counts: Counter[str] = Counter()
    functions = list(world.of_type(FUNCTION))
    for function in functions:
        several = found.get(function, ())
        if several and all(one.service is services.CLOUDFORMATION for one in several):
            counts["custom resource"] += 1
        elif several:
            counts.update({one.model.value if one.model else "unknown" for one in several})
        else:
            counts["no invoker in the templates"] += 1
    yield f"{_count(len(functions), 'function')} by invocation model"
    order = [*(model.value for model in InvocationModel), "custom resource", "unknown", "no invoker in the templates"]
    yield from _table([(name, str(counts[name])) for name in order if counts[name]])


def _findings(violations: list[Violation]) -> Iterator[str]:
    active = [violation for violation in violations if not violation.acknowledged]
    severities = Counter("error" if one.severity in _FATAL else one.severity for one in active)
    counted = [_count(severities.pop(name, 0), name) for name in ("error", "warning", "info")]
    counted += [_count(number, name) for name, number in sorted(severities.items())]
    yield f"findings: {', '.join(counted)}, {len(violations) - len(active)} acknowledged"
    for one in sorted(active, key=lambda one: (one.construct_path, one.rule, one.description)):
        if one.severity in _FATAL:
            yield f"  {one.rule}  {one.construct_path}"
            yield f"    {shorten(one.description, _WIDTH, placeholder=' …')}"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 or thing == "info" else f"{number} {thing}s"
