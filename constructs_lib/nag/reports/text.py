"""The report for people who read a screen."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.reports.places import plain, region, relative, subject
from constructs_lib.nag.result import Result, Suppression
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.suppressions.claim import NAMESPACE

_COLOURS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD: Final = "1"


def render(result: Result, *, colour: bool = False) -> str:
    """Return the report: each finding with its place and what to do, and the counts at the end.

    Parameters
    ----------
    result
        What to report.
    colour
        Whether to colour it, for a terminal.
    """
    return "".join(f"{plain(line) if not colour else line}\n" for line in _lines(result, _Paint(colour)))


def summary(result: Result) -> str:
    """Return one line that counts."""
    severities = Counter(finding.severity for finding in result.active)
    counts = [_count(severities[one], one.label) for one in sorted(Severity, reverse=True)]
    accepted = len(result.judged) - len(result.active)
    line = f"{_count(result.templates, result.unit)} checked: {', '.join(counts)}, {accepted} suppressed"
    if result.unused:
        line += f", {_count(len(result.unused), 'suppression')} unused"
    return f"{line}, {_count(len(result.problems), 'input')} not checked" if result.problems else line


class _Paint:
    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{plain(text)}\x1b[0m" if self._wanted else text


def _lines(result: Result, paint: _Paint) -> Iterator[str]:
    rules = {rule.id: rule for rule in result.rules}
    explained: set[str] = set()
    for finding in result.active:
        yield from _finding(finding, rules[finding.rule], paint, first=finding.rule not in explained)
        explained.add(finding.rule)
        yield ""
    for one in result.unused:
        yield plain(f"{relative(one.path)}: {_unused(one)}")
    for problem in result.problems:
        yield f"{paint(f'{relative(problem.path)}: not checked:', _COLOURS[Severity.ERROR])} {plain(problem.message)}"
    if result.unused or result.problems:
        yield ""
    if explained and result.unit == "region":
        yield "To accept a finding, list it in the baseline file that --write-baseline writes, or leave out its rule"
        yield "with --ignore."
    elif explained:
        yield f"To accept a finding, acknowledge {NAMESPACE}::<rule> on the construct in the app, or write into the"
        yield f"template: Metadata: {{{NAMESPACE}: {{suppress: [{{id: <rule>, reason: <why>}}]}}}}."
    yield paint(summary(result), _BOLD)


def _finding(finding: Finding, rule: Rule, paint: _Paint, *, first: bool) -> Iterator[str]:
    place = region(finding)
    file = relative(finding.resource.template.path)
    where = f"{file}:{place.line}:{place.column}" if place else file
    severity = paint(finding.severity.label, _COLOURS[finding.severity])
    yield f"{paint(where, _BOLD)}: {severity}: {paint(finding.rule, _BOLD)}"
    yield f"  {plain(subject(finding))} {plain(finding.location)}"
    yield f"  {plain(finding.message)}"
    if first:
        yield f"  How to fix: {plain(rule.fix)}"
        yield f"  See {rule.source}"


def _unused(one: Suppression) -> str:
    of = f"the suppression of {one.rule} for {one.place or 'the file'}"
    if not one.reason:
        return f"{of} gives no reason and does not count; give one"
    return f"{of} ({one.reason}) accepts nothing; remove it"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 or thing == "info" else f"{number} {thing}s"
