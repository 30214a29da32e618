"""EventBridge Scheduler: one time schedules, each with its own event."""

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_scheduler as scheduler

from constructs_lib import LambdaFunction, ScheduleToLambda
from tests.e2e.drivers.delivered import DeliveredDriver
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.roles import forbid_to_invoke

ATTRIBUTES = {
    "ERROR_CODE",
    "ERROR_MESSAGE",
    "EXECUTION_ID",
    "IS_PAYLOAD_TRUNCATED",
    "SCHEDULED_TIME",
    "SCHEDULE_ARN",
    "TARGET_ARN",
}
"""Of Y13, all but the two that tell of retries, of which there are none."""


class ScheduleDriver(DeliveredDriver):
    """The deployed schedule is due in a day: copies of it, due at once, carry the tokens."""

    is_slow = True  # the emulator looks for what is due every ten seconds

    def build(self, stack: Stack, function: LambdaFunction) -> Any:
        daily = scheduler.ScheduleExpression.rate(Duration.days(1))
        return ScheduleToLambda(stack, "Pattern", function=function, schedule=daily)

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Schedule": built.schedule.schedule_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        client = deployed.clients["scheduler"]
        target = client.get_schedule(Name=deployed.outputs["Schedule"])["Target"]
        for token in tokens:
            client.create_schedule(
                Name=token,
                ScheduleExpression="at(2020-01-01T00:00:00)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={**target, "Input": json.dumps({"token": token})},
                ActionAfterCompletion="DELETE",
            )

    def revoke(self, deployed: Deployed) -> None:
        # Y13: a schedule invokes with its role, which still may fill the queue
        target = deployed.clients["scheduler"].get_schedule(Name=deployed.outputs["Schedule"])["Target"]
        forbid_to_invoke(deployed.clients, target["RoleArn"])

    def undelivered(self, deployed: Deployed, message: dict[str, Any], code: str) -> str:
        attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
        assert set(attributes) >= ATTRIBUTES, message
        assert attributes["ERROR_CODE"] == code
        assert attributes["IS_PAYLOAD_TRUNCATED"] == "false"
        assert attributes["TARGET_ARN"].endswith(f":function:{deployed.outputs['Function']}")
        token = str(json.loads(message["Body"])["token"])
        assert attributes["SCHEDULE_ARN"].endswith(f"/{token}")
        return token
