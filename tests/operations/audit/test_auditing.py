"""Which findings are reported, and about which functions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.nag.result import Result
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.selection import choose_rules
from constructs_lib.operations.audit.auditing import audit_accounts
from constructs_lib.operations.audit.left_out import LEFT_OUT
from constructs_lib.operations.errors import Exit, OperationError
from tests.operations.live.answers import Answers, Refused
from tests.operations.live.safe import ANSWERS, ORDERS, queue

RULES = choose_rules(ignore=LEFT_OUT)


def bare_queue(**parameters: Any) -> Any:
    """Answer without a dead-letter queue."""
    attributes = {key: value for key, value in queue(**parameters)["Attributes"].items() if key != "RedrivePolicy"}
    return {"Attributes": attributes}


BAD = {
    **ANSWERS,
    "lambda.list_function_event_invoke_configs": {"FunctionEventInvokeConfigs": []},
    "sns.get_subscription_attributes": {"Attributes": {}},
    "sqs.get_queue_attributes": bare_queue,
}
"""An account in which failed events of ``orders`` are lost, and those of the queue that ``poller`` reads."""


@pytest.fixture(scope="module")
def shared() -> Answers:
    return Answers(BAD)


@pytest.fixture
def account(shared: Answers) -> Answers:
    shared.answer(BAD)
    return shared


def found(result: Result) -> set[str]:
    return {f"{one.rule} {one.resource.label}" for one in result.active}


OF_ORDERS = {"AsyncFailureTarget orders", "SubscriptionRedrivePolicy news:1b2c"}
OF_POLLER = {"QueueRedrivePolicy jobs"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], OF_ORDERS | OF_POLLER),
        (["ord*"], OF_ORDERS),
        (["poller"], OF_POLLER),
        (["poller", "orders"], OF_ORDERS | OF_POLLER),
        (["web"], set()),
    ],
)
def test_findings_about_the_functions_and_what_serves_them(
    account: Answers, names: Sequence[str], expected: set[str]
) -> None:
    assert found(audit_accounts([account], RULES, names=names)) == expected


def test_tags(account: Answers) -> None:
    asked = {}

    def tagged(**parameters: Any) -> Any:
        asked.update(parameters)
        return {"ResourceTagMappingList": [{"ResourceARN": ORDERS}]}

    account.answer({**BAD, "resourcegroupstaggingapi.get_resources": tagged})
    assert found(audit_accounts([account], RULES, tags=["team=a", "team=b", "stage=live"])) == OF_ORDERS
    assert asked["TagFilters"] == [{"Key": "team", "Values": ["a", "b"]}, {"Key": "stage", "Values": ["live"]}]


def test_tags_that_cannot_be_read_are_a_problem_and_no_success(account: Answers) -> None:
    account.answer({**BAD, "resourcegroupstaggingapi.get_resources": Refused()})
    result = audit_accounts([account], RULES, tags=["team=a"])
    assert found(result) == set()
    assert ["list the functions with the tags" in one.message for one in result.problems] == [True]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"names": ["orderz"]}, "expected functions that match orderz, found none"),
        ({"names": ["orders"], "tags": ["team=c"]}, "expected functions that match orders, team=c, found none"),
        ({"tags": ["team"]}, "expected a tag as KEY=VALUE, found 'team'"),
    ],
)
def test_a_pattern_or_tag_that_is_of_no_function_is_an_error(
    account: Answers, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(OperationError, match=message) as error:
        audit_accounts([account], RULES, **options)
    assert error.value.code == Exit.USAGE


def test_a_pattern_that_matches_nothing_may_match_what_cannot_be_read(account: Answers) -> None:
    account.answer({**BAD, "lambda.list_functions": Refused()})
    result = audit_accounts([account], RULES, names=["orders"])
    assert (found(result), len(result.problems)) == (set(), 1)


def test_a_region_that_cannot_be_read_does_not_hide_the_findings_of_another(account: Answers) -> None:
    lost = Answers({"sts.get_caller_identity": Refused("ExpiredToken")}, region="us-west-2")
    result = audit_accounts([lost, account], RULES)
    assert found(result) == OF_ORDERS | OF_POLLER
    (problem,) = result.problems
    assert str(problem.path) == "aws/us-west-2"
    assert "ExpiredToken" in problem.message


def test_every_rule_that_is_left_out_is_one_and_says_why() -> None:
    assert LEFT_OUT.keys() < {rule.id for rule in all_rules()}
    assert all(LEFT_OUT.values())


def test_the_page_names_what_is_left_out() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations" / "audit.md").read_text()
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| ")]
    written = {rule.strip(): why.strip() for names, why in rows for rule in names.split(",")}
    assert {rule: written.get(rule) for rule in LEFT_OUT} == LEFT_OUT
