"""A failure target of the asynchronous kind serves no other kind of invocation."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.failures.asynchronous import async_configs, dead_letter_target
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.unseen import invoked_unseen, reachable
from constructs_lib.graph.node import Node
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker, listed


class UnusedFailureTarget(Rule):
    """A dead-letter queue or on-failure destination on a function that nothing invokes asynchronously."""

    severity = Severity.WARNING
    description = (
        "A function has a dead-letter queue or an on-failure destination, but is invoked only synchronously or by "
        "event source mappings. Lambda uses these targets for asynchronous events alone: failed events of this "
        "function never reach them. Of a function whose name others can know, fixed or as an output, this is only "
        "pointed out: code elsewhere may invoke it asynchronously."
    )
    fix = (
        "CDK: for SQS set dead_letter_queue on the source queue, for streams on_failure on the event source; for "
        "synchronous callers handle the error there. CloudFormation: RedrivePolicy of the queue, or "
        "DestinationConfig.OnFailure of the mapping; remove DeadLetterConfig or the EventInvokeConfig."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the unused targets."""
        for function, several in world.once(invocations).items():
            # An invocation of unknown model may be asynchronous.
            if any(one.model in (InvocationModel.ASYNCHRONOUS, None) for one in several):
                continue
            if invoked_unseen(world, function):
                continue
            targets: list[Node] = [dead_letter_target(world, function)]
            targets += [config.on_failure for config in async_configs(world, function) if config.function is function]
            polled = any(one.model is InvocationModel.POLL for one in several)
            advice = (
                "Set the dead-letter queue on the source queue, or the on-failure destination on the stream's mapping."
                if polled
                else "Handle errors in the caller, and remove the target."
            )
            for target in targets:
                if not target.absent:
                    yield self.finding(
                        target.resource,
                        target.dotted,
                        f"function {function.label} has a failure target for asynchronous events, but is invoked only "
                        f"by {listed([invoker(one) for one in several])}: its failed events never reach the target. "
                        + advice,
                        severity=Severity.INFO if reachable(world, function) else None,
                    )
