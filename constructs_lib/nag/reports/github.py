"""Annotations on a pull request, as commands to the workflow of GitHub Actions that prints them.

GitHub shows ten errors, ten warnings and ten notices of a step; the log holds them all.
"""

from collections.abc import Iterator
from typing import Final

from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.reports.places import plain, region, relative, repository, unused
from constructs_lib.nag.result import Result

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(result: Result) -> str:
    """Return one command a line, the worst first; nothing when there is nothing to say."""
    return "".join(f"{line}\n" for line in _lines(result))


def _lines(result: Result) -> Iterator[str]:
    for problem in result.problems:
        yield _command("error", problem.message, file=relative(problem.path, repository()), title="cannot be checked")
    for finding in sorted(result.active, key=lambda one: -one.severity):
        yield _annotation(finding)
    for one in result.unused:
        yield _command(
            "notice",
            unused(one),
            file=relative(one.path, repository()),
            title="unused suppression",
        )


def _annotation(finding: Finding) -> str:
    place = region(finding)
    lines = {"line": place.line, "endLine": place.end_line} if place else {}
    # GitHub takes columns only within one line.
    columns = {"col": place.column, "endColumn": place.end_column} if place and place.line == place.end_line else {}
    return _command(
        _LEVELS[finding.severity],
        finding.message,
        file=relative(finding.resource.template.path, repository()),
        **lines,
        **columns,
        title=finding.rule,
    )


def _command(level: str, message: str, **properties: str | int) -> str:
    written = ",".join(f"{name}={_escape(str(value), ':,')}" for name, value in properties.items())
    return f"::{level} {written}::{_escape(message)}"


def _escape(text: str, more: str = "") -> str:
    """Write the characters that end a command, or with ``more`` a property of it, as GitHub reads them back."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return plain(text)
