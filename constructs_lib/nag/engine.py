"""Run the rules over an app."""

from collections.abc import Iterable

from constructs_lib.graph.app import App
from constructs_lib.graph.world import World
from constructs_lib.graph.worlds import worlds
from constructs_lib.nag.finding import Finding
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.selection import choose_rules


class RuleError(Exception):
    """A rule raised, one of somebody's own for instance; the message says which, and what."""


def check(app: App, rules: Iterable[Rule] | None = None, failed: dict[str, RuleError] | None = None) -> list[Finding]:
    """Return what the rules find in an app, in a fixed order.

    When the same rule finds fault with the same property in several worlds, the findings of the worst one are kept,
    of the first one among equals: they differ only in details that the conditions decide.

    Parameters
    ----------
    app
        The app.
    rules
        The rules to run. Default: all but the opt-in ones.
    failed
        Takes the errors of rules that raise, by their ids, so that the findings of the others are returned.

    Raises
    ------
    RuleError
        When a rule raises, and ``failed`` is not given: what it would have found is not known.
    """
    chosen = choose_rules() if rules is None else tuple(rules)
    kept: dict[object, list[Finding]] = {}
    for world in worlds(app):
        here: dict[object, list[Finding]] = {}
        for rule in chosen:
            for finding in _found(rule, world, failed):
                here.setdefault((finding.rule, finding.resource, finding.path), []).append(finding)
        for place, findings in here.items():
            if place not in kept or _worst(findings) > _worst(kept[place]):
                kept[place] = findings
    return sorted({one for findings in kept.values() for one in findings}, key=lambda one: one.sort_key)


def _found(rule: Rule, world: World, failed: dict[str, RuleError] | None) -> list[Finding]:
    if failed is not None and rule.id in failed:
        return []
    try:
        return list(rule.check(world))
    except (Exception, SystemExit) as error:
        named = RuleError(f"{rule.id}: {error!r}")
        if failed is None:
            raise named from error
        failed[rule.id] = named
        return []


def _worst(findings: list[Finding]) -> int:
    return max(finding.severity for finding in findings)
