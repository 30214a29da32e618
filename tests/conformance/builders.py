"""Minimal use of each pattern that needs more than a function."""

from collections.abc import Callable
from typing import Any

from aws_cdk import Stack

import constructs_lib
from constructs_lib import LambdaFunction
from constructs_lib.catalog import Pattern
from tests.helpers import make_function

BUILDERS: dict[str, Callable[[Stack, LambdaFunction], Any]] = {}


def build_pattern(stack: Stack, pattern: Pattern) -> Any:
    """Build a pattern with its defaults, as ``Pattern``, around a function of its own."""
    function = make_function(stack)
    builder = BUILDERS.get(pattern.name)
    if builder is not None:
        return builder(stack, function)
    return getattr(constructs_lib, pattern.name)(stack, "Pattern", function=function)
