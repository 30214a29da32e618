"""What to leave out of folders."""

import os
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path


def patterns_in(folder: Path, globs: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns that globs are in a folder.

    Parameters
    ----------
    folder
        What globs with a slash are relative to.
    globs
        A glob with a slash is for paths, one without for names, those of files and folders. ``*`` stands for any
        characters, slashes too, ``**/`` for nothing as well.
    """
    patterns = []
    for glob in filter(str.strip, globs):
        name = glob.rstrip("/")
        pattern = os.path.join(escape(os.path.abspath(folder)), os.path.normpath(name)) if "/" in name else name
        patterns += [pattern, pattern.replace("**/", "")]
    return tuple(dict.fromkeys(patterns))


def is_excluded(path: Path, patterns: Sequence[str]) -> bool:
    """Say whether a file or folder matches one of the patterns."""
    whole = os.path.abspath(path) if patterns else ""
    return any(fnmatchcase(whole if "/" in one else path.name, one) for one in patterns)
