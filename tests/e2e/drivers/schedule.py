"""EventBridge Scheduler: one time schedules, each with its own event."""

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_scheduler as scheduler

from constructs_lib import LambdaFunction, ScheduleToLambda
from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class ScheduleDriver(AsynchronousDriver):
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
