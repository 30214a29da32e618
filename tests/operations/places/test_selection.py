import re
from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.places.selection import OfFunction, OfStack
from tests.operations.live.answers import Answers
from tests.operations.places.account import ACCOUNT, BUCKET, FAILED, JOBS, MAPPING, RESIZE, RETRIED, STREAM, arn
from tests.operations.places.answers import RefusedError, answer

OTHER = arn("lambda", "function:resizer")


@pytest.mark.parametrize("name", ["resize", "resize:live", RESIZE, f"{RESIZE}:3", f"{ACCOUNT}:function:resize:live"])
def test_what_is_for_a_function_whichever_version(shop: Answers, name: str) -> None:
    chosen = OfFunction(shop, name)
    chosen.must_be_one_of([RESIZE, OTHER])
    assert chosen.takes([FAILED], [f"{RESIZE}:live"])
    assert chosen.takes([RESIZE], [])
    assert not chosen.takes([FAILED], [OTHER])


def test_a_name_may_end_as_arns_go_on(shop: Answers) -> None:
    assert OfFunction(shop, "my-function:live").takes([arn("lambda", "function:my-function")], [])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("arn:aws:lambda:us-east-1:111111111111:function:resize", "found one in us-east-1; give --region us-east-1"),
        (
            "arn:aws:lambda:eu-west-1:222222222222:function:resize",
            f"of the account {ACCOUNT}, found one of 222222222222",
        ),
        ("222222222222:function:resize", "found one of 222222222222; give a --profile of 222222222222"),
    ],
)
def test_a_function_that_is_elsewhere(shop: Answers, name: str, said: str) -> None:
    with pytest.raises(OperationError, match=said) as error:
        OfFunction(shop, name)
    assert error.value.code is Exit.USAGE


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("reszie", "expected the name of a function, found 'reszie'; did you mean 'resize'"),
        ("", "found ''; check the name"),
        (FAILED, f"found '{FAILED}'; check the name"),
    ],
)
def test_no_such_function(shop: Answers, name: str, said: str) -> None:
    with pytest.raises(OperationError, match=re.escape(said)) as error:
        OfFunction(shop, name).must_be_one_of([RESIZE])
    assert error.value.code is Exit.USAGE


def stack(account: Account, pages: dict[str, list[list[tuple[str, str]]]]) -> OfStack:
    def resources(parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters["StackName"] not in pages:
            raise RefusedError("ValidationError", f"Stack with id {parameters['StackName']} does not exist")
        number = int(parameters.get("NextToken", 0))
        several = pages[parameters["StackName"]]
        listed = [{"ResourceType": f"AWS::{kind}", "PhysicalResourceId": name} for kind, name in several[number]]
        more = {"NextToken": str(number + 1)} if number + 1 < len(several) else {}
        return {"StackResourceSummaries": listed, **more}

    answer(account, "cloudformation", {"ListStackResources": resources})
    return OfStack(account, "shop")


@pytest.mark.parametrize(
    ("kind", "physical", "arns", "functions"),
    [
        ("SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/111111111111/failed", [FAILED], []),
        ("Lambda::Function", "resize", [FAILED], [f"{RESIZE}:live"]),
        ("Lambda::EventSourceMapping", RETRIED, [FAILED, MAPPING], []),
        ("S3::Bucket", "kept", [BUCKET], []),
        ("SNS::Topic", arn("sns", "orders"), [arn("sns", "orders")], []),
        ("SNS::Subscription", arn("sns", "orders:7d0c"), [arn("sns", "orders:7d0c")], []),
        ("Events::Rule", "hourly", [arn("events", "rule/hourly")], []),
        ("Events::Rule", "orders|placed", [arn("events", "rule/orders/placed")], []),
        ("Scheduler::Schedule", "nightly", [arn("scheduler", "schedule/default/nightly")], []),
        ("Kinesis::Stream", "clicks", [STREAM], []),
    ],
)
def test_what_a_stack_has_made(
    account: Account, kind: str, physical: str, arns: list[str], functions: list[str]
) -> None:
    chosen = stack(account, {"shop": [[("IAM::Role", "resize")], [(kind, physical)]]})
    assert chosen.takes(arns, functions)
    assert not chosen.takes([JOBS, arn("sqs", "kept"), arn("sqs", "resize")], [OTHER])


def test_what_a_stack_within_it_has_made(account: Account) -> None:
    nested = arn("cloudformation", "stack/shop-Nested/1")
    pages = {"shop": [[("CloudFormation::Stack", nested)]], nested: [[("SQS::Queue", "https://sqs/1/failed")]]}
    assert stack(account, pages).takes([FAILED], [])


def test_no_such_stack(account: Account) -> None:
    with pytest.raises(OperationError, match="expected the name of a stack, found 'shop'") as error:
        stack(account, {})
    assert error.value.code is Exit.USAGE


def test_a_stack_that_may_not_be_read(account: Account) -> None:
    def refuse(_: Any) -> dict[str, Any]:
        raise RefusedError("AccessDenied")

    answer(account, "cloudformation", {"ListStackResources": refuse})
    with pytest.raises(OperationError, match=r"cannot read the resources of the stack shop: .*AccessDenied") as error:
        OfStack(account, "shop")
    assert error.value.code is Exit.REFUSED
