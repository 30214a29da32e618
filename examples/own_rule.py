"""A rule of one's own: functions that work in the background must write structured logs.

The command takes it as well: ``lambda-invocations check --rules-from examples/own_rule.py cdk.out``.
"""

from collections.abc import Iterator

from constructs_lib import Finding, Rule, Severity, World
from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.invocations import invocations


class StructuredLogs(Rule):
    """A function that nobody waits for writes logs as plain text."""

    severity = Severity.WARNING
    description = (
        "The function works in the background, where its logs are all that tells of a failure, and writes plain text. "
        "Text cannot be filtered by its fields."
    )
    fix = (
        "CDK: Function(..., logging_format=LoggingFormat.JSON). "
        "CloudFormation: LoggingConfig.LogFormat 'JSON' of the function."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions that something invokes without waiting, and that have no JSON logs."""
        for function, invoked in world.once(invocations).items():
            background = [one for one in invoked if one.model in (InvocationModel.ASYNCHRONOUS, InvocationModel.POLL)]
            log_format = world.properties(function)["LoggingConfig"]["LogFormat"]
            if background and (log_format.absent or log_format.text() == "Text"):
                message = (
                    f"function {function.label} is invoked by {background[0].service.name} and writes its logs as "
                    "text: its failures cannot be filtered by their fields. Set the format to JSON."
                )
                yield self.finding(function, log_format.dotted, message)
