"""Choose functions by name and by tag."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.reader import Live

_TYPE = "AWS::Lambda::Function"


def functions(live: Live) -> list[str]:
    """Return the names of all functions of a live configuration."""
    return [one.raw["Properties"]["FunctionName"] for one in live.app.by_type.get(_TYPE, ())]


def by_name(names: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """Return the names that match one of the patterns, in which ``*`` stands for anything; all without patterns."""
    return [name for name in names if not patterns or any(fnmatchcase(name, one) for one in patterns)]


def by_tag(live: Live, calls: Calls, names: Sequence[str], tags: Sequence[str]) -> list[str]:
    """Return the names of the functions that have all of the tags; of several values of one key, any will do.

    Parameters
    ----------
    live
        The live configuration.
    calls
        The calls to its account and region.
    names
        The names of functions.
    tags
        Each ``KEY=VALUE``.

    Raises
    ------
    OperationError
        When a tag has no value, or AWS does not tell who has it.
    """
    if not tags:
        return list(names)
    filters: dict[str, list[str]] = {}
    for tag in tags:
        key, equals, value = tag.partition("=")
        if not equals or not key:
            raise OperationError(f"expected a tag as KEY=VALUE, found '{tag}'; write its value, too", Exit.USAGE)
        filters.setdefault(key, []).append(value)
    wanted: list[dict[str, Any]] = [{"Key": key, "Values": values} for key, values in filters.items()]
    found = calls.pages(
        "resourcegroupstaggingapi.get_resources",
        "ResourceTagMappingList",
        "list the functions with the tags",
        ResourceTypeFilters=["lambda:function"],
        TagFilters=wanted,
    )
    arns = {one["ResourceARN"] for one in found}
    return [name for name in names if live.arns[f"function/{name}"] in arns]
