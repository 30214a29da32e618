"""Reports: reading those that CDK writes, and writing our own."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from constructs_lib.nag.result import Result


@dataclass(frozen=True)
class Format:
    """A format that reports are written in."""

    name: str
    suffix: str
    """What a file of the format ends with."""

    @property
    def render(self) -> Callable[[Result], str]:
        """What writes a result down in the format; loaded when it is asked for."""
        render: Callable[[Result], str] = import_module(f"{__name__}.{self.name}").render
        return render


FORMATS: Final = {
    one.name: one
    for one in (
        Format("text", ".txt"),
        Format("json", ".json"),
        Format("sarif", ".sarif"),
        Format("junit", ".junit.xml"),
        Format("github", ".github.txt"),
        Format("markdown", ".md"),
    )
}
"""The formats by name."""


def format_named(name: str) -> Format:
    """Return the format of a name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in FORMATS:
        raise ValueError(f"expected a format of reports ({', '.join(FORMATS)}), found '{name}'")
    return FORMATS[name]
