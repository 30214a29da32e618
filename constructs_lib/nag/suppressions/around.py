"""Acknowledgements on what is around stacks, the app and its stages: CDK writes them into no file of the assembly."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.nag.result import Origin, Suppression
from constructs_lib.nag.suppressions.acknowledgements import KIND, Within
from constructs_lib.nag.suppressions.claim import NAMESPACE, Claim

if TYPE_CHECKING:
    from constructs import IConstruct


def claims_around(app: "IConstruct", stacks: Iterable[str], assembly: Path) -> list[Claim]:
    """Return the acknowledgements on the constructs around stacks.

    Parameters
    ----------
    app
        The root of the constructs.
    stacks
        The construct paths of the stacks.
    assembly
        What to name as the file that says so.
    """
    paths = {"/".join(parts[:length]) for parts in (one.split("/") for one in stacks) for length in range(len(parts))}
    return [claim for path in sorted(paths) for claim in _claims(app, path, assembly)]


def _claims(app: "IConstruct", path: str, assembly: Path) -> Iterator[Claim]:
    construct = app
    for name in path.split("/") if path else ():
        child = construct.node.try_find_child(name)
        if child is None:
            return
        construct = child
    for entry in construct.node.metadata:
        for key, reason in entry.data.items() if entry.type == KIND else ():
            namespace, _, rule = key.partition("::")
            if namespace == NAMESPACE:
                suppression = Suppression(rule, reason.strip(), Origin.ACKNOWLEDGEMENT, assembly, path)
                # It may be there for another stage.
                yield Claim(suppression, Within(path), expected=False)
