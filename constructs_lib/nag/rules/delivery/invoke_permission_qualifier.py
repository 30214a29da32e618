"""A permission is for one qualifier of a function, and has to be for the one that is invoked."""

from collections.abc import Iterator

from constructs_lib.graph.iam.invoke_permissions import needs
from constructs_lib.graph.invokers.targets import LATEST
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker, listed, qualified


class InvokePermissionQualifier(Rule):
    """A service invokes an alias or a version, but the permission is for the function, or the reverse."""

    severity = Severity.ERROR
    description = (
        "A service invokes an alias or a version of a function, but the permission is for the function itself or for "
        "another qualifier, or the reverse. Lambda keeps one policy per qualifier, so that the invocation is refused."
    )
    fix = (
        "CDK: pass the alias or the version, not the function, to what adds the permission; "
        "alias.add_permission. CloudFormation: FunctionName of the AWS::Lambda::Permission is the ARN that is invoked, "
        "such as Ref of the alias."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the properties that name what is invoked."""
        for need in world.once(needs):
            if need.grants and not need.has_qualifier:
                one = need.invocation
                name = qualified(one.function.label, one.qualifier)
                own = "the unqualified function" if one.qualifier == LATEST else name
                yield self.finding(
                    one.resource,
                    one.evidence.dotted,
                    f"{invoker(one)} invokes {name}, but what allows it to, "
                    f"{listed([grant.resource.label for grant in need.grants])}, is for another qualifier: the "
                    f"invocation is refused. Give the permission to {own}, too.",
                )
