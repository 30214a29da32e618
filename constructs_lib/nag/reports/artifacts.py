"""How SARIF names files."""

import os
from pathlib import Path
from urllib.parse import quote

from constructs_lib.nag.reports.places import repository


def uri(path: Path) -> str:
    """Return the URI of a file: relative to the working directory, or to the workspace of a job on GitHub.

    Symbolic links are followed, as GitHub shows nothing in a file behind one. The URI of a file that lies elsewhere is
    absolute.
    """
    real, base = Path(os.path.realpath(path)), os.path.realpath(repository())
    if real.is_relative_to(base):
        return quote(os.fsencode(real.relative_to(base).as_posix()))
    absolute = real.as_posix()
    return "file://" + quote(os.fsencode(absolute if absolute.startswith("/") else f"/{absolute}"))
