"""The rules, a folder for what they look at, one file each: the file is named after the rule, in snake case."""

import pkgutil
from functools import cache
from importlib import import_module

from constructs_lib.nag.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return one object of every rule, in the order of their ids."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        import_module(module.name)
    rules = [rule() for rule in Rule.__subclasses__() if rule.__module__.startswith(__name__)]
    return tuple(sorted(rules, key=lambda rule: rule.id))
