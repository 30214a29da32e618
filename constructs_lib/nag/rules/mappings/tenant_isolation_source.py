"""A tenant-isolated function needs callers that name the tenant."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker

_REFUSED: Final = (services.MAPPING, services.FUNCTION_URL)
"""What Lambda supports for no function of that kind (facts T3)."""
_WITHOUT_TENANT: Final = (
    services.ALARM,
    services.CODECOMMIT,
    services.COGNITO,
    services.CONFIG,
    services.EVENTBRIDGE,
    services.FIREHOSE,
    services.IOT,
    services.LOAD_BALANCER,
    services.LOGS,
    services.S3,
    services.SES,
    services.SNS,
)
"""Services that have no place for a tenant's id (facts T2)."""


class TenantIsolationSource(Rule):
    """An invoker that names no tenant, on a function that isolates its tenants."""

    severity = Severity.ERROR
    description = (
        "A function that isolates its tenants has an event source mapping or a function URL, which Lambda refuses, or "
        "a service invokes it that cannot say for which tenant, so that each invocation fails."
    )
    fix = (
        "CDK: invoke the function through a REST API, or with the SDK and a tenant id; or leave out tenancy_config. "
        "CloudFormation: AWS::ApiGateway::Method with the header X-Amz-Tenant-Id; or leave out TenancyConfig."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the invokers."""
        for function, several in world.once(invocations).items():
            if not world.properties(function)["TenancyConfig"].present:
                continue
            for one in several:
                if one.service in (*_REFUSED, *_WITHOUT_TENANT):
                    consequence = "Lambda refuses it" if one.service in _REFUSED else "each invocation fails"
                    yield self.finding(
                        one.resource,
                        one.evidence.dotted,
                        f"function {function.label} isolates its tenants, but is invoked by {invoker(one)}, which "
                        f"passes no tenant id: {consequence}. Use a REST API or the SDK with a tenant id, or a "
                        "function without TenancyConfig.",
                    )
