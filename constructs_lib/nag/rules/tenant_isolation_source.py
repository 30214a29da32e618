"""A tenant-isolated function needs callers that name the tenant."""

from collections.abc import Iterator

from constructs_lib.graph.invocations import invocations
from constructs_lib.graph.services import FUNCTION_URL, MAPPING
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker


class TenantIsolationSource(Rule):
    """A mapping or function URL on a function that isolates its tenants."""

    severity = Severity.ERROR
    description = (
        "A function that isolates its tenants has an event source mapping or a function URL. Neither can say whose "
        "tenant an invocation is for, and Lambda supports neither on such a function."
    )
    fix = (
        "CDK: invoke the function through a REST API, or with the SDK and a tenant id; or leave out tenancy_config. "
        "CloudFormation: AWS::ApiGateway::Method with the header X-Amz-Tenant-Id; or leave out TenancyConfig."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings and function URLs."""
        for function, several in world.once(invocations).items():
            if not world.properties(function)["TenancyConfig"].present:
                continue
            for one in several:
                if one.service in (MAPPING, FUNCTION_URL):
                    yield self.finding(
                        one.resource,
                        one.evidence.dotted,
                        f"function {function.label} isolates its tenants, but is invoked by {invoker(one)}, which "
                        "passes no tenant id: Lambda refuses it. Use a REST API or the SDK with a tenant id, or a "
                        "function without TenancyConfig.",
                    )
