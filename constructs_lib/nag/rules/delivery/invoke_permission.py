"""Whoever invokes a function has to be allowed to."""

from collections.abc import Iterator

from constructs_lib.graph.iam.access import lacks
from constructs_lib.graph.iam.coverage import Asked
from constructs_lib.graph.iam.invoke_permissions import by_role, needs
from constructs_lib.graph.iam.roles import role_of
from constructs_lib.graph.invokers.targets import LATEST
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker, qualified


class InvokePermission(Rule):
    """A service that should invoke a function is not allowed to."""

    severity = Severity.ERROR
    description = (
        "A service should invoke a function, but no permission of the function lets it, or the role with which it "
        "invokes does not allow it. The deployment fails, or the service never reaches the function; EventBridge "
        "sends such events to the dead-letter queue of its target without a retry, or discards them."
    )
    fix = (
        "CDK: use the integration, target or subscription classes, which allow it; otherwise function.add_permission, "
        "or function.grant_invoke(role). CloudFormation: AWS::Lambda::Permission with the principal of the service "
        "and, as SourceArn, the ARN of what invokes; for a role, a policy with lambda:InvokeFunction."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the properties that name the function."""
        for need in world.once(needs):
            if not need.grants:
                one = need.invocation
                name = qualified(one.function.label, one.qualifier)
                yield self.finding(
                    one.resource,
                    one.evidence.dotted,
                    f"{invoker(one)} should invoke function {name}, but no permission of the function allows "
                    f"{one.service.principal}.amazonaws.com to do so"
                    f"{f' for {need.source.label}' if need.source else ''}: its events never reach the function. "
                    "Add a permission.",
                )
        for one, place in by_role(world):
            role = role_of(place)
            asked = Asked(one.function, "" if one.qualifier == LATEST else ":*")
            if role is not None and lacks(world, role, "lambda:InvokeFunction", asked):
                yield self.finding(
                    one.resource,
                    one.evidence.dotted,
                    f"{invoker(one)} should invoke function {qualified(one.function.label, one.qualifier)}, but its "
                    f"role {role.label} does not allow it lambda:InvokeFunction: it never reaches the function. Allow "
                    "it in a policy of the role.",
                )
