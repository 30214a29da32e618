"""The states of a redrive, in the Amazon States Language.

Plan, redrive in parallel in child executions, then look how they ended: a Distributed Map that tolerates failures so
that one bad event does not stop the others would otherwise succeed whatever happens.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html.
"""

from typing import Any, Final

from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.synchronous.invoke_task import SERVICE_ERRORS

LABEL: Final = "Redrive"
"""Of the Distributed Map: it is part of the ARNs of its runs and child executions."""
_BATCH: Final = 100
"""Objects of a child execution; a key has at most 1,024 bytes, and an input 256 KiB."""
_GRACE_SECONDS: Final = 30
"""For Step Functions to hear of a function that has timed out."""


def objects(partition: str, bucket: str, prefix: str) -> dict[str, Any]:
    """Return what makes the map go over the objects of a bucket, 100 at a time."""
    return {
        "ItemReader": {
            "Resource": f"arn:{partition}:states:::s3:listObjectsV2",
            "Parameters": {"Bucket": bucket, "Prefix": prefix},
            "ReaderConfig": {"MaxItemsPath": "$.limit"},
        },
        "ItemBatcher": {"MaxItemsPerBatch": _BATCH, "BatchInput": {"job.$": "$.job"}},
    }


def workers() -> dict[str, Any]:
    """Return what makes the map go over the planned workers, each of which reads the queue."""
    return {"ItemsPath": "$.items"}


def definition(
    *, function: str, partition: str, items: dict[str, Any], result_bucket: str, timeout: int | None
) -> dict[str, Any]:
    """Return the definition of the state machine.

    Parameters
    ----------
    function
        The ARN of the function that plans and works.
    partition
        Such as ``aws``.
    items
        What the map goes over: ``objects`` or ``workers``.
    result_bucket
        The name of the bucket for the outcome of each child execution.
    timeout
        For how many seconds an execution takes events on; it ends one invocation later. None if it is not known.
    """
    states = f"arn:{partition}:states::"
    plan = {"plan.$": "$$.Execution.Input", "started.$": "$$.Execution.StartTime"}
    redrive = {
        "Type": "Map",
        "Label": LABEL,
        **items,
        "MaxConcurrencyPath": "$.workers",
        "ToleratedFailurePercentage": 100,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **_child(function),
        },
        # Without, all outcomes together would have to fit into 256 KiB.
        "ResultWriter": {
            "Resource": f"{states}:s3:putObject",
            "Parameters": {"Bucket": result_bucket, "Prefix": LABEL},
        },
        "Next": "CountFailures",
    }
    count = {
        "Type": "Task",
        "Resource": f"{states}:aws-sdk:sfn:describeMapRun",
        "Parameters": {"MapRunArn.$": "$.MapRunArn"},
        "ResultSelector": {"mapRun.$": "$.MapRunArn", "parts.$": "$.ExecutionCounts"},
        "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 6, "IntervalSeconds": 2, "BackoffRate": 2}],
        "Next": "IsAllDone",
    }
    failures = [{"Variable": f"$.parts.{name}", "NumericGreaterThan": 0} for name in ("Failed", "TimedOut", "Aborted")]
    return {
        "StartAt": "Plan",
        # A child execution ends on its own when the time is over, at most two invocations later.
        **({} if timeout is None else {"TimeoutSeconds": timeout + 2 * FUNCTION_TIMEOUT_MAX_SECONDS}),
        "States": {
            "Plan": _task(function, LABEL, Parameters=plan),
            LABEL: redrive,
            "CountFailures": count,
            "IsAllDone": {
                "Type": "Choice",
                "Choices": [{"Or": failures, "Next": "EventsStay"}],
                "Default": "AllDone",
            },
            "EventsStay": {
                "Type": "Fail",
                "Error": "EventsStay",
                "CausePath": "States.Format('{} of {} parts left events where they were: see the child executions of "
                "{}, and the log of the function', $.parts.Failed, $.parts.Total, $.mapRun)",
            },
            "AllDone": {"Type": "Succeed"},
        },
    }


def _child(function: str) -> dict[str, Any]:
    return {
        "StartAt": "Work",
        "States": {
            "Work": _task(function, "IsDone"),
            "IsDone": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.again", "BooleanEquals": True, "Next": "Work"},
                    {"Variable": "$.done", "BooleanEquals": True, "Next": "Done"},
                ],
                "Default": "Stays",
            },
            "Done": {"Type": "Succeed"},
            "Stays": {
                "Type": "Fail",
                "Error": "EventsStay",
                "CausePath": "States.Format('{} sent; left: {}', $.sent, States.JsonToString($.left))",
            },
        },
    }


def _task(function: str, next: str, **fields: Any) -> dict[str, Any]:
    retry = {
        "ErrorEquals": SERVICE_ERRORS,
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": 8,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    }
    timeout = FUNCTION_TIMEOUT_MAX_SECONDS + _GRACE_SECONDS
    return {"Type": "Task", "Resource": function, **fields, "TimeoutSeconds": timeout, "Retry": [retry], "Next": next}
