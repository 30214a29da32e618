"""Measures packs within the synthesis of an app."""

import gc
import time
from collections.abc import Callable
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from aws_cdk import App, Duration, IPolicyValidationPlugin, Stack, Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_lambda_destinations import SqsDestination
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from cdk_nag import ServerlessChecks

from constructs_lib.nag.pack import LambdaInvocationChecks

RESOURCES: Final = 400
ROUNDS: Final = 9
WITHOUT: Final = "no pack"
OURS: Final = "LambdaInvocationChecks"
THEIRS: Final = "ServerlessChecks"

_UNIT: Final = {True: 13, False: 9}
"""How many resources a unit of the app has; the failure targets are some of them."""

_PACKS: Final[dict[str, Callable[[App], IPolicyValidationPlugin] | None]] = {
    WITHOUT: None,
    OURS: LambdaInvocationChecks,
    THEIRS: ServerlessChecks,
}


def inside_validate(*, right: bool) -> dict[str, float]:
    """Return the seconds that each pack adds to the synthesis of an app of ``RESOURCES`` resources.

    Both are measured from outside in the same way: the median of what a synthesis with the pack takes more than the one
    without a pack right before it.

    Parameters
    ----------
    right
        Whether the app does all as AWS advises, or leaves out the failure targets: what is found costs time as well.
    """
    more: dict[str, list[float]] = {OURS: [], THEIRS: []}
    for turn in range(ROUNDS + 1):
        took = {name: _synthesis(name, right=right) for name in _PACKS}
        if turn > 0:  # the first one loads what the others use
            for name, each in more.items():
                each.append(took[name] - took[WITHOUT])
    return {name: median(each) for name, each in more.items()}


def _synthesis(name: str, *, right: bool) -> float:
    with TemporaryDirectory() as folder:
        app = App(outdir=folder, context={"@aws-cdk/core:failSynthOnValidationErrors": False})
        pack = _PACKS[name]
        if pack is not None:
            Validations.of(app).add_plugins(pack(app))
        stack = Stack(app, "Stack")
        for index in range(RESOURCES // _UNIT[right]):
            _unit(stack, index, right=right)
        gc.collect()
        start = time.perf_counter()
        app.synth()
        return time.perf_counter() - start


def _unit(stack: Stack, index: int, *, right: bool) -> None:
    failed = sqs.Queue(stack, f"Failed{index}", retention_period=Duration.days(14)) if right else None
    jobs = sqs.Queue(
        stack,
        f"Jobs{index}",
        visibility_timeout=Duration.seconds(180),
        dead_letter_queue=sqs.DeadLetterQueue(queue=failed, max_receive_count=5) if failed else None,
    )
    work = _function(stack, f"Work{index}")
    work.add_event_source(SqsEventSource(jobs, report_batch_item_failures=right))
    react = _function(stack, f"React{index}")
    if failed:
        react.configure_async_invoke(on_failure=SqsDestination(failed))
    events.Rule(
        stack,
        f"Rule{index}",
        event_pattern=events.EventPattern(source=[f"orders.{index}"]),
        targets=[targets.LambdaFunction(react, dead_letter_queue=failed)],
    )


def _function(stack: Stack, name: str) -> lambda_.Function:
    return lambda_.Function(
        stack,
        name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        timeout=Duration.seconds(30),
    )
