"""How the pages of the rules are grouped: by the folder that a rule is in."""

from collections.abc import Iterable
from importlib import import_module
from typing import Final

from constructs_lib.nag import rules as folders
from constructs_lib.nag.rule import Rule

_ORDER: Final = ("synchronous", "asynchronous", "delivery", "queues", "streams", "mappings", "system")
"""The folders, in the order of the index."""


def by_section(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return the rules of each section, under the title that the folder has."""
    grouped: dict[str, list[Rule]] = {folder: [] for folder in _ORDER}
    for rule in rules:
        grouped[type(rule).__module__.split(".")[-2]].append(rule)
    return {_title(folder): sorted(each, key=lambda rule: rule.id) for folder, each in grouped.items()}


def _title(folder: str) -> str:
    return (import_module(f"{folders.__name__}.{folder}").__doc__ or folder).removesuffix(".")
