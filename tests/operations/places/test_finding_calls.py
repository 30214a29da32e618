"""How much is asked of AWS to find a place."""

from collections import Counter
from typing import Any

import pytest

from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.places.finding import find_place
from tests.operations.live.answers import Answers
from tests.operations.places.account import RESIZE, RETRIED
from tests.operations.places.shop import SHOP, SOURCES, URLS

MANY = [f"f{number}" for number in range(200)]
CONFIGS = "lambda.list_function_event_invoke_configs"
MAPPINGS = "lambda.list_event_source_mappings"


def pages(Marker: str = "0", **_: Any) -> dict[str, Any]:  # noqa: N803
    begin = int(Marker)
    found = [{"FunctionName": name, "FunctionArn": f"{RESIZE}-{name}"} for name in MANY[begin : begin + 50]]
    return {"Functions": found, **({"NextMarker": str(begin + 50)} if begin + 50 < len(MANY) else {})}


LISTED = {"lambda.list_functions": 4}
EACH = {**LISTED, CONFIGS: 200}
IN_ANY_QUEUE = dict.fromkeys(
    ["sqs.get_queue_url", SOURCES, MAPPINGS, "sns.list_subscriptions", "pipes.list_pipes", "iot.list_topic_rules"], 1
)
IN_A_BUCKET = {"s3.list_objects_v2": 1}


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("failed", {**IN_ANY_QUEUE, **EACH, "events.list_event_buses": 1, "scheduler.list_schedules": 1}),
        ("failed.fifo", IN_ANY_QUEUE),
        ("s3://kept/aws/lambda/async/f7/2026/03/", {**IN_A_BUCKET, CONFIGS: 1}),
        ("s3://kept/aws/lambda/async/f7/", {**IN_A_BUCKET, CONFIGS: 1}),
        ("s3://kept/aws/lambda/async/f7", {**IN_A_BUCKET, **LISTED, CONFIGS: 11}),
        ("s3://kept/aws/lambda/async/f 7/", IN_A_BUCKET),
        ("s3://kept/aws/lambda/async/", {**IN_A_BUCKET, **EACH}),
        (f"s3://kept/aws/lambda/{RETRIED}/shardId-0/", {**IN_A_BUCKET, MAPPINGS: 1}),
        ("s3://kept/aws/lambda/", {**IN_A_BUCKET, **EACH, MAPPINGS: 1}),
        ("s3://kept", {**IN_A_BUCKET, **EACH, MAPPINGS: 1}),
        ("s3://kept/pictures/", IN_A_BUCKET),
    ],
)
def test_no_more_is_asked_of_a_large_account_than_can_name_the_place(
    shop: Answers, name: str, calls: dict[str, int]
) -> None:
    fifo = {"QueueUrl": f"{URLS}failed.fifo"}
    one = {"sqs.get_queue_url": fifo} if name.endswith(".fifo") else {}
    shop.answer({**SHOP, "lambda.list_functions": pages, **one})
    find_place(shop, name)
    assert Counter(shop.asked) - Counter({"sts.get_caller_identity": 1}) == Counter(calls)


def test_a_name_that_is_none_takes_no_call_for_each_function(shop: Answers) -> None:
    shop.answer({**SHOP, "lambda.list_functions": pages})
    with pytest.raises(OperationError, match="did you mean 'failed'"):
        find_place(shop, "faild")
    assert len(shop.asked) < 10
