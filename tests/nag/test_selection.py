from collections.abc import Iterator

import pytest

from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.selection import choose_rules


class OwnRule(Rule):
    severity = Severity.INFO
    description = "A rule of a user's own."
    fix = "CDK: nothing. CloudFormation: nothing."
    source = "https://docs.aws.amazon.com/"
    opt_in = True

    def check(self, world: World) -> Iterator[Finding]:
        yield from ()


def ids(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.id for rule in rules]


def test_all_but_the_opt_in_rules_are_chosen_by_default() -> None:
    assert ids(choose_rules(additional=[OwnRule()])) == [rule.id for rule in all_rules() if not rule.opt_in]


def test_select_and_ignore() -> None:
    assert ids(choose_rules(["QueueRedrivePolicy", "ApiTimeout"])) == ["ApiTimeout", "QueueRedrivePolicy"]
    assert ids(choose_rules(["OwnRule", "ApiTimeout"], ["ApiTimeout"], [OwnRule()])) == ["OwnRule"]


def test_an_unknown_id_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"found 'ApiTimeot'; did you mean 'ApiTimeout'\?"):
        choose_rules(["ApiTimeot"])
    with pytest.raises(ValueError, match="'lambda-invocations rules' lists them all"):
        choose_rules(ignore=["zzz"])


def test_an_empty_selection_is_refused() -> None:
    with pytest.raises(ValueError, match="expected rules to run, found that none is left"):
        choose_rules([])
    with pytest.raises(ValueError, match="found that none is left"):
        choose_rules(["ApiTimeout"], ["ApiTimeout"])


def test_two_rules_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two called 'OwnRule'"):
        choose_rules(additional=[OwnRule(), OwnRule()])


def test_a_rule_must_say_all_that_reports_tell() -> None:
    class Terse(Rule):
        severity = Severity.INFO
        description = "A rule that does not say what to do."

        def check(self, world: World) -> Iterator[Finding]:
            yield from ()

    with pytest.raises(ValueError, match="expected rule 'Terse' to have fix, source, found none; set it in the class"):
        choose_rules(additional=[Terse()])
    with pytest.raises(ValueError, match=r"found the class OwnRule; write OwnRule\(\)"):
        choose_rules(additional=[OwnRule])  # type: ignore[list-item]
