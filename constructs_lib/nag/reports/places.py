"""How reports name files, places in them, and what stands in foreign text."""

import os
import re
from functools import cache
from pathlib import Path

from constructs_lib.graph.loading.lines import Region, region_of
from constructs_lib.nag.finding import Finding
from constructs_lib.nag.result import Suppression

_ODD = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028-\u202e\u2066-\u2069\u200e\u200f]"
)
"""What XML 1.0 does not allow or advise against: control characters, which terminals obey, and half characters; also
what ends a line or changes the direction of writing, so that a text looks like another one.
"""


def plain(text: str) -> str:
    """Return a text with every character that XML, UTF-8 or a terminal cannot bear replaced by U+FFFD."""
    return _ODD.sub("�", text)


def relative(path: Path, folder: Path | None = None) -> str:
    """Return how to name a file: with forward slashes, relative to the folder it lies in.

    Parameters
    ----------
    path
        The file. Symbolic links on the way to it are kept.
    folder
        Default: the working directory. The path is absolute when the file does not lie in it.
    """
    return _relative(str(path), str(folder or ""), os.getcwd())


@cache
def _relative(path: str, folder: str, here: str) -> str:
    """Do so once for each file, as many findings are in the same ones."""
    base = os.path.normpath(os.path.join(here, folder))
    whole = Path(os.path.normpath(os.path.join(here, path)))
    return (whole.relative_to(base) if whole.is_relative_to(base) else whole).as_posix()


def repository() -> Path:
    """Return the folder that GitHub takes paths as relative to: the workspace of the job, if we are in it."""
    here = Path.cwd()
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    return Path(workspace) if workspace and here.is_relative_to(os.path.abspath(workspace)) else here


def region(finding: Finding) -> Region | None:
    """Return where to look in the file; None when its text cannot be read any more."""
    return region_of(finding.resource.template, finding.resource.logical_id, finding.path)


def subject(finding: Finding) -> str:
    """Name the resource of a finding within the whole app: its construct path, or its logical id."""
    return finding.resource.construct_path or finding.resource.logical_id


def unused(one: Suppression) -> str:
    """Say that a suppression accepts nothing, and what to do about it."""
    which = f"the suppression of {one.rule} for {one.place or 'the file'}"
    if one.reason:
        return f"{which} ({one.reason}) accepts nothing; remove it."
    return f"{which} gives no reason and does not count; give one."
