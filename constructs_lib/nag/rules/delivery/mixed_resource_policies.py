"""The policy of a function is written by permissions or as a whole, never both."""

from collections import defaultdict
from collections.abc import Iterator

from constructs_lib.graph.iam.invoke_grants import PERMISSION, RESOURCE_POLICY
from constructs_lib.graph.invokers.targets import Qualifier, lambda_target
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed, qualified


class MixedResourcePolicies(Rule):
    """A function has both permissions and a resource policy."""

    severity = Severity.ERROR
    description = (
        "A function has permissions (AWS::Lambda::Permission) and a resource policy (AWS::Lambda::ResourcePolicy) for "
        "the same qualifier. Both write the same policy and can overwrite each other: a service can lose the "
        "permission to invoke the function at any deployment."
    )
    fix = (
        "CDK: use add_permission or CfnResourcePolicy, not both. CloudFormation: move the permissions into the "
        "PolicyDocument of the AWS::Lambda::ResourcePolicy, or replace it by AWS::Lambda::Permission resources."
    )
    source = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-resourcepolicy.html"
    )

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the resource policies."""
        permissions: dict[tuple[Resource, Qualifier], list[str]] = defaultdict(list)
        for resource in world.of_type(PERMISSION):
            target = lambda_target(world.properties(resource)["FunctionName"])
            if target is not None and target.qualifier is not UNKNOWN:
                permissions[target.function, target.qualifier].append(resource.label)
        for resource in world.of_type(RESOURCE_POLICY):
            place = world.properties(resource)["ResourceArn"]
            target = lambda_target(place)
            names = permissions.get((target.function, target.qualifier)) if target else None
            if target and names:
                yield self.finding(
                    resource,
                    place.dotted,
                    f"resource policy {resource.label} and {listed(names)} both write the policy of "
                    f"{qualified(target.function.label, target.qualifier)} and can overwrite each other: the function "
                    "may no longer be invoked after a deployment. Keep one kind.",
                )
