"""A comment on a pull request, or the summary of a job."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from constructs_lib.nag.reports.places import plain, region, relative, subject, unused
from constructs_lib.nag.reports.text import summary
from constructs_lib.nag.result import Judged, Result

_ROOM: Final = 30_000
"""The characters that one table may take; GitHub takes comments of 65,536."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~&$])")


def render(result: Result) -> str:
    """Return the report: a line that counts, tables of the active and of the suppressed findings, and what to do."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    yield "### Lambda invocations"
    yield ""
    yield escape(summary(result))
    active = sorted((one for one in result.judged if not one.suppression), key=lambda one: -one.finding.severity)
    accepted = [one for one in result.judged if one.suppression]
    if result.problems:
        yield from ("", "**Not checked**", "")
        yield from (f"- {_code(relative(one.path))}: {escape(one.message)}" for one in result.problems)
    if active:
        yield ""
        yield from _table(("Severity", "Rule", "Resource", "Place", "Finding"), map(_active_row, active))
        found = {judged.finding.rule for judged in active}
        yield from ("", "<details><summary>How to fix</summary>", "")
        for rule in result.rules:
            if rule.id in found:
                yield f"- **{escape(rule.id)}**: {escape(rule.fix)} {rule.source}"
        yield from ("", "</details>")
    if accepted:
        yield from ("", f"<details><summary>Suppressed ({len(accepted)})</summary>", "")
        yield from _table(("Rule", "Resource", "Place", "Reason"), map(_accepted_row, accepted))
        yield from ("", "</details>")
    if result.unused:
        yield from ("", "**Suppressions that accept nothing**", "")
        for one in result.unused:
            yield f"- {_code(relative(one.path))}: {escape(unused(one))}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a table with as many rows as there is room for, and how many were left out."""
    lines = [_row(row) for row in (head, ("---",) * len(head), *rows)]
    taken = 0
    for index, line in enumerate(lines):
        taken += len(line)
        if taken > _ROOM:
            yield from ("", f"… and {len(lines) - index} more, for which there is no room here.")
            return
        yield line


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _active_row(judged: Judged) -> tuple[str, ...]:
    finding = judged.finding
    return finding.severity.label, escape(finding.rule), *_where(judged), escape(finding.message)


def _accepted_row(judged: Judged) -> tuple[str, ...]:
    reason = judged.suppression.reason if judged.suppression else ""
    return escape(judged.finding.rule), *_where(judged), escape(reason)


def _where(judged: Judged) -> tuple[str, str]:
    place = region(judged.finding)
    file = relative(judged.finding.resource.template.path)
    return _code(subject(judged.finding)), _code(f"{file}:{place.line}" if place else file)


def escape(text: str) -> str:
    """Write foreign text so that nothing in it is markup, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(plain(text).split()))


def _code(text: str) -> str:
    """Write a name as code. Within it, nothing but a backtick and the border of a table cell is markup."""
    return "`" + " ".join(plain(text).replace("`", "'").split()).replace("|", "\\|") + "`"
