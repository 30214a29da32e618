"""What is read, and what is said of what cannot be."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from constructs_lib.nag.result import Result
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.run import run
from constructs_lib.operations.audit.left_out import LEFT_OUT
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.live.actions import ACTIONS, policy
from constructs_lib.operations.live.parts import PARTS
from constructs_lib.operations.live.reader import Live, read_account, read_parts
from tests.operations.live.answers import Answers, Refused
from tests.operations.live.safe import ANSWERS, FAILURES, ORDERS, get_policy

RULES = [rule for rule in all_rules() if rule.id not in {*LEFT_OUT, "IdempotencyHint"}]
TAGS = "resourcegroupstaggingapi.get_resources"
DEAD_LETTERS = "sqs.list_dead_letter_source_queues"
"""Only to find the uses of one queue."""


def findings(live: Live) -> list[str]:
    result: Result = run([live.app], RULES)
    assert result.problems == []
    return [f"{one.rule} {one.resource.logical_id}: {one.message}" for one in result.active]


@pytest.fixture(scope="module")
def shared() -> Answers:
    """One account for all: making the clients takes far longer than reading with them."""
    return Answers(ANSWERS)


@pytest.fixture
def account(shared: Answers) -> Answers:
    shared.answer(ANSWERS)
    return shared


def read(account: Answers, changed: Mapping[str, Any]) -> Live:
    account.answer({**ANSWERS, **changed})
    return read_account(account)


def test_nothing_is_found_where_nothing_is_wrong(account: Answers) -> None:
    live = read_account(account)
    assert live.problems == []
    assert findings(live) == []
    assert live.arns["function/orders"] == ORDERS
    assert live.arns["queue/failures"] == FAILURES


def test_every_call_needs_a_permission_of_the_policy_and_no_other_is_in_it(account: Answers) -> None:
    read_account(account)
    assert set(account.asked) - {"sts.get_caller_identity"} == set(ACTIONS) - {TAGS, DEAD_LETTERS}
    allowed = [action for statement in policy()["Statement"] for action in statement["Action"]]
    assert sorted(allowed) == sorted(set(ACTIONS.values()))
    assert all(action.split(":")[1].startswith(("Get", "List", "Describe", "GET")) for action in allowed)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/restapis", True),
        ("/restapis/abc123/resources", True),
        ("/restapis/abc123/authorizers", True),
        ("/apis", True),
        ("/apis/def456/integrations", True),
        ("/apikeys", False),
        ("/apikeys/xyz", False),
        ("/usageplans/1/keys/xyz", False),
    ],
)
def test_apis_may_be_read_but_not_their_keys(path: str, allowed: bool) -> None:
    (resources,) = (one["Resource"] for one in policy()["Statement"] if "apigateway:GET" in one["Action"])
    assert any(fnmatchcase(f"arn:aws:apigateway:eu-west-1::{path}", one) for one in resources) == allowed


@pytest.mark.parametrize("call", sorted(set(ACTIONS) - {TAGS, DEAD_LETTERS}))
def test_nothing_is_concluded_from_what_cannot_be_read(account: Answers, call: str) -> None:
    live = read(account, {call: Refused()})
    assert findings(live) == []
    (problem,) = live.problems
    assert f"reading it needs {ACTIONS[call]}" in problem.message
    assert live.unread == {ACTIONS[call]}


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "ask for the permission"),
        ("ThrottlingException", "try again later"),
        ("UnknownOperationException", "see what it says"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(account: Answers, code: str, advice: str) -> None:
    live = read(account, {"lambda.get_function_concurrency": Refused(code, "no")})
    (problem,) = live.problems
    assert f"cannot read the reserved concurrency of orders: expected an answer, found {code}: no; {advice}" in (
        problem.message
    )
    assert "(and 2 more like it)" in problem.message


def test_nothing_is_concluded_from_an_account_that_tells_nothing(account: Answers) -> None:
    live = read(account, dict.fromkeys(ACTIONS, Refused()))
    assert findings(live) == []
    assert str(live.problems[0].path) == "aws/123456789012/eu-west-1"


def test_without_an_identity_nothing_is_read() -> None:
    account = Answers({"sts.get_caller_identity": Refused("ExpiredToken")})
    with pytest.raises(OperationError, match=r"find out which account it is.*sign in again"):
        read_account(account)


ODD_STATEMENT = {"Policy": '{"Statement": ["odd"]}'}


@pytest.mark.parametrize(
    ("call", "answer", "what"),
    [
        ("sns.get_subscription_attributes", {"Attributes": {"RedrivePolicy": "{"}}, "subscriptions"),
        ("kms.get_key_policy", {"Policy": "{"}, "keys"),
        ("kms.get_key_policy", {"Policy": "[]"}, "keys"),
        ("lambda.get_policy", ODD_STATEMENT, "policy of the function"),
        ("lambda.get_policy", {"Policy": "[]"}, "policy of the function"),
    ],
)
def test_what_aws_does_not_document_is_a_problem_and_the_rest_is_read(
    account: Answers, call: str, answer: Any, what: str
) -> None:
    live = read(account, {call: answer})
    assert live.problems
    for problem in live.problems:
        assert f"cannot read the {what}" in problem.message
        assert "expected what AWS documents" in problem.message
    assert "function/orders" in live.arns
    assert all(one.startswith(what) for one in live.unread)
    assert findings(live) == []


@pytest.mark.parametrize("answer", [Refused(), {"Policy": "{"}])
def test_nothing_is_concluded_from_the_policy_of_a_version_that_cannot_be_read(account: Answers, answer: Any) -> None:
    def policy_but_of_versions(FunctionName: str, Qualifier: str = "") -> Any:  # noqa: N803 - AWS names it
        return answer if Qualifier == "7" else get_policy(FunctionName, Qualifier)

    live = read(account, {"lambda.get_policy": policy_but_of_versions})
    assert findings(live) == []
    assert len(live.problems) == 1


def test_a_version_that_its_invoker_may_not_invoke_is_a_finding(account: Answers) -> None:
    def policy_but_of_versions(FunctionName: str, Qualifier: str = "") -> Any:  # noqa: N803 - AWS names it
        return get_policy(FunctionName) if not Qualifier else Refused("ResourceNotFoundException")

    live = read(account, {"lambda.get_policy": policy_but_of_versions})
    (lacking,) = findings(live)
    assert lacking.startswith("InvokePermission rule/releases")


def test_only_some_parts(account: Answers) -> None:
    live = read_parts(account, [part for part in PARTS if part.name == "queues"])
    assert live.app.by_type.keys() == {"AWS::SQS::Queue", "AWS::SQS::QueuePolicy"}
    assert set(account.asked) == {"sqs.list_queues", "sqs.get_queue_attributes"}


UNUSED = [
    {**function, "DeadLetterConfig": {"TargetArn": FAILURES}}
    for function in ANSWERS["lambda.list_functions"]["Functions"][2:]
]
ASYNCHRONOUS = [
    "cloudwatch.describe_alarms",
    "cognito-idp.list_user_pools",
    "events.list_rules",
    "events.list_targets_by_rule",
    "iam.get_account_authorization_details",
    "iot.get_topic_rule",
    "lambda.get_policy",
    "lambda.list_aliases",
    "pipes.list_pipes",
    "s3.get_bucket_notification_configuration",
    "s3.list_buckets",
    "scheduler.list_schedules",
    "sns.list_subscriptions",
    "stepfunctions.describe_state_machine",
    "stepfunctions.list_state_machines",
]


@pytest.mark.parametrize("call", [None, *ASYNCHRONOUS])
def test_who_is_not_known_may_invoke_a_function_asynchronously(account: Answers, call: str | None) -> None:
    denied = {call: Refused()} if call else {}
    live = read(account, {"lambda.list_functions": {"Functions": UNUSED}, **denied})
    unused = [one for one in findings(live) if one.startswith("UnusedFailureTarget")]
    assert len(unused) == (call is None)
