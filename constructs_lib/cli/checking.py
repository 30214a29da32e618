"""Run a check and write its reports."""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO

from constructs_lib.cli.errors import UsageError
from constructs_lib.cli.own_rules import load_rules
from constructs_lib.cli.settings import Settings
from constructs_lib.graph.loading.inputs import load_inputs
from constructs_lib.nag.reports import FORMATS, text
from constructs_lib.nag.result import Result
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.run import run
from constructs_lib.nag.selection import choose_rules
from constructs_lib.nag.suppressions.baseline import Baseline, write_baseline


def run_check(paths: Sequence[str], settings: Settings, new_baseline: str | None = None) -> int:
    """Check paths, write the reports and return the exit code.

    Parameters
    ----------
    paths
        What to check.
    settings
        How.
    new_baseline
        The file to write the findings into as a baseline, if any.

    Raises
    ------
    TemplateError
        When the baseline file cannot be read.
    UsageError
        When the settings are wrong, or a file cannot be written.
    """
    rules, baseline = rules_of(settings), baseline_of(settings, new_baseline)
    # Templates are many small objects that live until the end; looking for garbage among them takes most of the time.
    gc.set_threshold(1_000_000, 20, 100)
    result = run(load_inputs(paths, settings.exclude), rules, baseline)
    failed = report(result, settings, new_baseline)
    return 2 if result.problems else int(failed)


def baseline_of(settings: Settings, new_baseline: str | None = None) -> Baseline | None:
    """Return the baseline of the settings, unless a new one is to be written.

    Raises
    ------
    TemplateError
        When the file cannot be read.
    """
    return Baseline(settings.baseline) if settings.baseline is not None and new_baseline is None else None


def report(result: Result, settings: Settings, new_baseline: str | None = None) -> bool:
    """Write the reports, and say whether findings are as severe as the settings bear no more.

    Raises
    ------
    UsageError
        When a file cannot be written.
    """
    result = replace(result, fail_on=settings.fail_on)
    unwritten = list(_write_files(result, settings, new_baseline))
    for name, file in settings.formats:
        if file is None:
            _show(name, result)
    if unwritten:
        raise UsageError("\n".join(unwritten))
    return new_baseline is None and result.failed


def rules_of(settings: Settings) -> tuple[Rule, ...]:
    """Return the rules of the settings.

    Raises
    ------
    UsageError
        When there is none of such a name, or none is left.
    """
    own = [rule for name in settings.rules_from for rule in load_rules(name)]
    try:
        return choose_rules(settings.select, settings.ignore, own)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _show(name: str, result: Result) -> None:
    if name == "text":
        print(text.render(result, colour=_coloured(sys.stdout)), end="")
    else:
        print(FORMATS[name].render(result), end="")
        print(text.summary(result), file=sys.stderr)


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _write_files(result: Result, settings: Settings, new_baseline: str | None) -> Iterator[str]:
    """Write the files, and yield what is wrong with those that cannot be written."""
    files: list[tuple[Path, Callable[[Path], object]]] = [
        (file, partial(_write, name=name, result=result)) for name, file in settings.formats if file is not None
    ]
    if new_baseline is not None:
        files.append((Path(new_baseline), lambda path: write_baseline(path, result.active)))
    for path, write in files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path)
        except OSError as error:
            found = str(error.strerror).lower()
            yield f"{path}: expected a file that can be written, found {found}; choose another"


def _write(path: Path, *, name: str, result: Result) -> None:
    path.write_text(FORMATS[name].render(result), encoding="utf-8")
