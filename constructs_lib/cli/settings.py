"""The settings of a check: from the command line, else from ``[tool.lambda-invocations]`` in ``pyproject.toml``."""

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_lib.cli.errors import UsageError
from constructs_lib.graph.loading.exclusion import patterns_in
from constructs_lib.nag.finding import Severity

_TABLE: Final = "lambda-invocations"
_LISTS: Final = ("select", "ignore", "format", "rules-from", "exclude")
_TEXTS: Final = ("fail-on", "baseline")


@dataclass(frozen=True)
class Settings:
    """How to check."""

    select: tuple[str, ...] | None
    """The ids of the rules to run; None for all but the opt-in ones."""
    ignore: tuple[str, ...]
    fail_on: Severity
    formats: tuple[tuple[str, Path | None], ...]
    """The formats to write, each with its file; None is the screen."""
    baseline: Path | None
    rules_from: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    """The patterns of what to leave out of folders."""


def read_settings(options: argparse.Namespace, start: Path | None = None) -> Settings:
    """Put together the options of the command line and the settings of the nearest ``pyproject.toml``.

    Parameters
    ----------
    options
        The options; None, or missing, where one is not given.
    start
        The folder in which to begin to look. Default: the working directory.

    Raises
    ------
    UsageError
        When the settings cannot be read, or there is none of such a name or type.
    """
    folder, table = _table((start or Path.cwd()).resolve())
    here = Path()

    def listed(name: str) -> tuple[list[str] | None, Path]:
        given = getattr(options, name.replace("-", "_"), None)
        return (given, here) if given is not None else (table.get(name), folder)

    def rules(name: str) -> tuple[str, ...] | None:
        values = listed(name)[0]
        return None if values is None else tuple(_ids(values))

    level = getattr(options, "fail_on", None) or table.get("fail-on", "error")
    if level not in (severity.label for severity in Severity):
        raise UsageError(f"{folder / 'pyproject.toml'}: expected fail-on error, warning or info, found '{level}'")
    given = getattr(options, "baseline", None)
    baseline = given or table.get("baseline")
    formats, format_folder = listed("format")
    modules, module_folder = listed("rules-from")
    globs, glob_folder = listed("exclude")
    return Settings(
        select=rules("select"),
        ignore=rules("ignore") or (),
        fail_on=Severity[level.upper()],
        formats=tuple(_formats(formats or [], format_folder)),
        baseline=(here if given else folder) / baseline if baseline else None,
        rules_from=tuple(
            str(module_folder / one) if one.endswith(".py") else one for one in modules or () if one.strip()
        ),
        exclude=patterns_in(glob_folder, globs or ()),
    )


def _table(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of the nearest file with settings for Python projects, and those for this command."""
    for here in (folder, *folder.parents):
        path = here / "pyproject.toml"
        if os.path.isfile(path):
            return here, _checked(path)
    return folder, {}


def _checked(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get(_TABLE, {})
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: expected a TOML file, found another one ({error}); correct it") from error
    where = f"{path}: [tool.{_TABLE}]"
    if not isinstance(table, dict):
        raise UsageError(f"{where}: expected a table, found {table!r}; write settings into it")
    known = sorted((*_LISTS, *_TEXTS))
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"{where}: expected {', '.join(known)}, found '{key}'; remove it or correct its name")
        if key in _TEXTS and not isinstance(value, str):
            raise UsageError(f"{where}: expected {key} to be a text, found {value!r}; write it in quotation marks")
        if key in _LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise UsageError(f"{where}: expected {key} to be a list of texts, found {value!r}; write [...] around it")
    return table


def _ids(values: list[str]) -> Iterator[str]:
    for value in values:
        yield from (name for part in value.split(",") if (name := part.strip()))


def _formats(values: list[str], folder: Path) -> Iterator[tuple[str, Path | None]]:
    from constructs_lib.nag.reports import FORMATS

    screens, files = 0, set[str]()
    for value in values:
        name, equals, file = value.partition("=")
        if name not in FORMATS:
            raise UsageError(f"expected a format out of {', '.join(FORMATS)}, found '{name}'; choose one of them")
        if equals and not file:
            raise UsageError(
                f"expected a file after '{value}', found none; write {name}=FILE, or {name} for the screen"
            )
        screens += not file
        path = folder / file if file else None
        if path is not None and os.path.realpath(path) in files:
            raise UsageError(f"{path}: expected one format for each file, found two; give each a file of its own")
        if path is not None:
            files.add(os.path.realpath(path))
        yield name, path
    if screens > 1:
        raise UsageError(f"expected one format for the screen, found {screens}; give the others a file: FORMAT=FILE")
    if not screens:
        yield "text", None
