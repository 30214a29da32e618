"""An IoT rule drops a message that it cannot hand to a function, unless it has an error action."""

from collections.abc import Iterator

from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class IotErrorAction(Rule):
    """An IoT rule with a Lambda action and no error action."""

    severity = Severity.WARNING
    description = (
        "An IoT rule invokes a function and has no error action. When the function cannot be invoked, after retries "
        "of AWS IoT, the message is dropped."
    )
    fix = (
        "CDK: CfnTopicRule.TopicRulePayloadProperty(..., error_action=...), to a queue for instance. CloudFormation: "
        "TopicRulePayload.ErrorAction of the AWS::IoT::TopicRule."
    )
    source = "https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the rules."""
        for resource in world.of_type("AWS::IoT::TopicRule"):
            payload = world.properties(resource)["TopicRulePayload"]
            invokes = any(place.present for _, place in payload.select("Actions.*.Lambda"))
            enabled = payload["RuleDisabled"].absent or payload["RuleDisabled"].text() == "false"
            if invokes and enabled and payload["ErrorAction"].absent:
                yield self.finding(
                    resource,
                    payload["ErrorAction"].dotted,
                    f"IoT rule {resource.label} invokes a function and has no error action: a message that it cannot "
                    "hand over is dropped. Add an error action that keeps it.",
                )
