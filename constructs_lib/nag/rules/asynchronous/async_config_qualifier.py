"""An asynchronous configuration applies to one qualifier only."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.failures.asynchronous import AsyncConfig, async_configs, dead_letter_target, may_equal
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.targets import LATEST, Qualifier
from constructs_lib.graph.invokers.unseen import invoked_unseen
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker, listed


class AsyncConfigQualifier(Rule):
    """The asynchronous configuration of a function is for another qualifier than the one that is invoked."""

    severity = Severity.WARNING
    description = (
        "The asynchronous configuration of a function is for another qualifier than the one that is invoked. Lambda "
        "keeps it per version and alias: its retries, its maximum age and its failure target never apply."
    )
    fix = (
        "CDK: configure the object that the source gets: alias.configure_async_invoke(...) when the source invokes the "
        "alias. CloudFormation: Qualifier of the AWS::Lambda::EventInvokeConfig: the name of the alias, or $LATEST "
        "when the function is invoked without a qualifier."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the configurations."""
        for function, several in world.once(invocations).items():
            asynchronous = [one for one in several if one.model is InvocationModel.ASYNCHRONOUS]
            configs = async_configs(world, function)
            uncovered = [one for one in asynchronous if not any(_applies(config, one) for config in configs)]
            if not configs or not uncovered or any(one.model is None for one in several):
                continue
            if invoked_unseen(world, function):
                continue
            for config in configs:
                unused = not any(_applies(config, one) for one in asynchronous)
                if config.function is function and (unused or _believed(world, function, config)):
                    yield self._finding(function, config, uncovered)

    def _finding(self, function: Resource, config: AsyncConfig, uncovered: list[Invocation]) -> Finding:
        resource = config.properties.resource
        return self.finding(
            resource,
            "Qualifier",
            f"{resource.label} is for {_name(config.qualifier)} of function {function.label}, but what is invoked is "
            f"{listed([_name(one.qualifier) for one in uncovered])}, by {listed([invoker(one) for one in uncovered])}: "
            "the retries and the failure target do not apply there. Configure the qualifier that is invoked.",
        )


def _applies(config: AsyncConfig, invocation: Invocation) -> bool:
    return may_equal(config.qualifier, invocation.qualifier)


def _believed(world: World, function: Resource, config: AsyncConfig) -> bool:
    """Say whether a configuration of the unpublished version is all that looks like protection of an alias."""
    return config.qualifier == LATEST and dead_letter_target(world, function).absent


def _name(qualifier: Qualifier) -> str:
    if isinstance(qualifier, str):
        return f"qualifier {qualifier}"
    return "another alias or version"
