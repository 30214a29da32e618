"""Choose the rules to run."""

from collections.abc import Iterable
from difflib import get_close_matches

from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules


def choose_rules(
    select: Iterable[str] | None = None, ignore: Iterable[str] = (), additional: Iterable[Rule] = ()
) -> tuple[Rule, ...]:
    """Return the rules to run, in the order of their ids.

    Parameters
    ----------
    select
        The ids of the rules to run. Default: all but the opt-in ones.
    ignore
        The ids of rules not to run.
    additional
        Rules that are not in the catalogue; they run unless they are ignored, or others are selected.

    Raises
    ------
    ValueError
        If there is no rule of such an id, none is left to run, two rules share one, or an additional rule does not
        say all it must.
    """
    known: dict[str, Rule] = {}
    for rule in (*all_rules(), *map(_complete, additional)):
        if rule.id in known:
            raise ValueError(f"expected rules with ids of their own, found two called '{rule.id}'; rename one of them")
        known[rule.id] = rule
    ignored = set(_checked(ignore, known))
    selected = [rule.id for rule in known.values() if not rule.opt_in] if select is None else _checked(select, known)
    chosen = set(selected) - ignored
    if not chosen:
        raise ValueError("expected rules to run, found that none is left; select at least one that is not ignored")
    return tuple(known[name] for name in sorted(chosen))


def _complete(rule: Rule) -> Rule:
    if isinstance(rule, type):
        raise ValueError(f"expected objects of rules, found the class {rule.__name__}; write {rule.__name__}()")
    missing = [name for name in ("severity", "description", "fix", "source") if not hasattr(rule, name)]
    if missing:
        raise ValueError(f"expected rule '{rule.id}' to have {', '.join(missing)}, found none; set it in the class")
    return rule


def _checked(names: Iterable[str], known: dict[str, Rule]) -> list[str]:
    chosen = list(names)
    for name in chosen:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "'lambda-invocations rules' lists them all"
            raise ValueError(f"expected the id of a rule, found '{name}'; {hint}")
    return chosen
