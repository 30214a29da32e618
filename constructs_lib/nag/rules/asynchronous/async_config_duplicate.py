"""Lambda keeps one asynchronous configuration per function and qualifier."""

from collections import defaultdict
from collections.abc import Iterator

from constructs_lib.graph.failures.asynchronous import AsyncConfig, all_async_configs
from constructs_lib.graph.values import UNKNOWN
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed


class AsyncConfigDuplicate(Rule):
    """Two asynchronous configurations for one function and qualifier."""

    severity = Severity.ERROR
    description = (
        "A function has two asynchronous configurations for the same qualifier. Lambda keeps one of them: the failure "
        "target and the retries of the other are lost, or the deployment fails."
    )
    fix = (
        "CDK: configure the asynchronous invocation of a function in one place, its constructor or one "
        "configure_async_invoke call. CloudFormation: keep one AWS::Lambda::EventInvokeConfig per function and "
        "qualifier."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield every configuration that has a double."""
        groups: dict[object, list[AsyncConfig]] = defaultdict(list)
        for config in world.once(all_async_configs):
            # A function of the app by its resource, any other by its name and where the stack is deployed.
            key = config.function or (config.properties["FunctionName"].text(), _place(config))
            if UNKNOWN not in (config.function, config.qualifier):
                groups[key, config.qualifier].append(config)
        for group in groups.values():
            for config in group if len(group) > 1 else ():
                others = listed([other.properties.resource.label for other in group if other is not config])
                yield self.finding(
                    config.properties.resource,
                    "FunctionName",
                    f"{config.properties.resource.label} configures the asynchronous invocation of the function and "
                    f"qualifier that {others} configures, too: Lambda keeps one of them. Keep one, with all settings.",
                )


def _place(config: AsyncConfig) -> tuple[object, ...]:
    """Return the account, the region and, as stages can be deployed to different ones, the folder of the stage."""
    template = config.properties.template
    return template.environment.account, template.environment.region, template.root.path.parent
