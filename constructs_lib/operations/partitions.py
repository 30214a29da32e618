"""The partition that a region is in, as its name tells: nothing has to be loaded or called for it."""

from typing import Final

_BEGINNINGS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def partition_of(region: str) -> str:
    """Return the partition of a region, such as ``aws``.

    Source: IAM/latest/UserGuide/reference-arns.html.
    """
    return next((found for beginning, found in _BEGINNINGS.items() if region.startswith(beginning)), "aws")
