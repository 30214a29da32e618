"""Among things of one name, the one that is meant where the name is used."""

from collections.abc import Iterable
from typing import TypeVar

from constructs_lib.graph.template import Template
from constructs_lib.graph.values import UNKNOWN, Unknown

T = TypeVar("T")


def nearest(
    here: Template, candidates: Iterable[tuple[Template, T]], region: str = "", account: str = ""
) -> T | Unknown | None:
    """Return the candidate that a name means in a template.

    A name means something within one account and region, and two things there cannot share it. Stages whose account
    and region are not known may well have the same names; then what is nearer is meant.

    Parameters
    ----------
    here
        The template that uses the name.
    candidates
        What has the name, each with the template it is in.
    region, account
        Where the name is said to be; where the template is deployed when empty.

    Returns
    -------
    object
        ``UNKNOWN`` when there is no telling which one is meant, or whether one is; None when none is.
    """
    wanted = (account or here.environment.account, region or here.environment.region)
    found: dict[int, list[T]] = {}
    possible = False
    for template, candidate in candidates:
        place = (template.environment.account, template.environment.region)
        if place == wanted:
            found.setdefault(_distance(here, template), []).append(candidate)
        elif all(one == other or _open(one) or _open(other) for one, other in zip(place, wanted, strict=True)):
            possible = True
    if found:
        closest = found[min(found)]
        return closest[0] if len(closest) == 1 else UNKNOWN
    return UNKNOWN if possible else None


def _distance(one: Template, other: Template) -> int:
    if one.root is other.root:
        return 0
    # Each stage has a folder of its own.
    return 1 if one.root.path.parent == other.root.path.parent else 2


def _open(name: str) -> bool:
    """Say whether an account or region is not known: a placeholder, or a reference within a folded text."""
    return "${" in name or not name.isascii()
