import json

import pytest

from tests.e2e.clients import wait_until
from tests.emulator.bench import Bench

pytestmark = pytest.mark.e2e

FAIL_ONCE = """
import urllib.request
assert before
names = ("StackId", "RequestId", "LogicalResourceId")
answer = {**{name: event[name] for name in names}, "Status": "SUCCESS", "PhysicalResourceId": "p"}
urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT"))
"""


def make_stack(bench: Bench, function: str, seconds: int) -> str:
    resource = {"Type": "Custom::Thing", "Properties": {"ServiceToken": function, "ServiceTimeout": seconds}}
    cloudformation, stack = bench.clients["cloudformation"], bench.name("stack")
    cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps({"Resources": {"Thing": resource}}))

    def status() -> str | None:
        found = str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        return None if found.endswith("_IN_PROGRESS") else found

    return wait_until(status, "an end of the stack", seconds=30) or ""


def test_a_function_that_fails_is_tried_again(bench: Bench) -> None:
    assert make_stack(bench, bench.function(FAIL_ONCE), seconds=20) == "CREATE_COMPLETE"
    first, second = bench.calls()
    assert first["request"] == second["request"]
    assert second["event"]["RequestType"] == "Create"


@pytest.mark.slow_e2e
def test_what_fails_in_the_end_is_kept_as_any_asynchronous_event(bench: Bench) -> None:
    queue = bench.queue()
    function = bench.function("raise RuntimeError", ("sqs:SendMessage", queue), DeadLetterConfig={"TargetArn": queue})
    bench.clients["lambda"].put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=1)
    assert make_stack(bench, function, seconds=2) == "ROLLBACK_COMPLETE"
    events = [json.loads(message["Body"]) for message in bench.messages(queue)]
    assert [event["RequestType"] for event in events] == ["Create"]
    assert len(bench.calls()) == 2
