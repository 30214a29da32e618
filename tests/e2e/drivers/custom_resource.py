"""CloudFormation itself: each event is a stack with a custom resource, and fails with it."""

import json
import re
from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration, Stack
from botocore.exceptions import ClientError

from constructs_lib import CustomResourceToLambda, LambdaFunction
from tests.e2e.drivers.driver import Deployed, Driver


class CustomResourceDriver(Driver):
    """The deployed resource asks for nothing: copies of it, each in a stack of its own, carry the tokens."""

    handler = "custom_resource.handler"
    attempts = 3  # A2, A5: the first and two retries
    seconds = 90
    is_slow = True  # a stack waits for an answer, up to the timeout below

    def build(self, stack: Stack, function: LambdaFunction) -> Any:
        # The default is as long as the attempts take on AWS, where minutes are between them.
        return CustomResourceToLambda(
            stack, "Pattern", function=function, properties={"Token": ""}, service_timeout=Duration.seconds(15)
        )

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Arn": built.function.function_arn}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        cloudformation = deployed.clients["cloudformation"]
        template = cloudformation.get_template(StackName=self.pattern.name)["TemplateBody"]
        template = json.loads(template) if isinstance(template, str) else template
        ((name, resource),) = (each for each in template["Resources"].items() if "CustomResource" in each[1]["Type"])
        self.stacks = list(tokens)
        for token in tokens:
            properties = {**resource["Properties"], "ServiceToken": deployed.outputs["Arn"], "Token": token}
            copy = {"Resources": {name: {"Type": resource["Type"], "Properties": properties}}}
            cloudformation.create_stack(StackName=token, TemplateBody=json.dumps(copy))

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        cloudformation = deployed.clients["cloudformation"]
        for token in list(self.stacks):
            status = self._status(deployed, token)
            if status == "ROLLBACK_COMPLETE":
                events = cloudformation.describe_stack_events(StackName=token)["StackEvents"]
                (reason,) = (
                    event["ResourceStatusReason"]
                    for event in events
                    if event["ResourceStatus"] == "CREATE_FAILED" and "CustomResource" in event["ResourceType"]
                )
                # AWS says that it did not receive a response, the emulator after how many seconds.
                assert re.search("did not receive a response|timed out after 15s", reason), reason
                deployed.captured[token] = reason
            if status in ("CREATE_COMPLETE", "ROLLBACK_COMPLETE"):
                cloudformation.delete_stack(StackName=token)
            elif status in ("DELETE_COMPLETE", "gone"):
                self.stacks.remove(token)

    def on_its_way(self, deployed: Deployed) -> int:
        return len(self.stacks)

    @staticmethod
    def _status(deployed: Deployed, stack: str) -> str:
        try:
            (found,) = deployed.clients["cloudformation"].describe_stacks(StackName=stack)["Stacks"]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return "gone"
        return str(found["StackStatus"])
