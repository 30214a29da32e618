"""Message move tasks of SQS: from a dead-letter queue back to the source queues, or to another queue (W14).

The source is the dead-letter queue of a queue, one task of it can run at a time, and moves 500 messages a second at
most. What comes from elsewhere fails the task. A moved message is a new one. ministack knows no such tasks, nor
which queues have a queue as their dead-letter queue.
"""

import asyncio
import json
import time
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import sqs

Queue = dict[str, Any]
Task = dict[str, Any]

FASTEST = 500
_TICK = 0.02

_tasks: dict[str, list[Task]] = {}
"""The tasks of each source queue, the last one first."""
_running: set[asyncio.Task[None]] = set()
"""Holds them, or the loop would forget them."""


def apply() -> None:
    """Add the operations."""
    reset = sqs.reset

    def reset_with_tasks() -> None:
        _tasks.clear()
        reset()

    sqs.reset = reset_with_tasks
    sqs._HANDLERS["StartMessageMoveTask"] = _start
    sqs._HANDLERS["ListMessageMoveTasks"] = _list
    sqs._HANDLERS["CancelMessageMoveTask"] = _cancel
    sqs._HANDLERS["ListDeadLetterSourceQueues"] = _list_sources


async def _start(data: dict[str, Any], _: str) -> dict[str, Any]:
    arn = data["SourceArn"]
    source = _queue(arn, "SourceArn")
    if not any(_dead_letters_of(queue) == arn for queue in sqs._queues.values()):
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    if any(task["Status"] in ("RUNNING", "CANCELLING") for task in _tasks.get(arn, [])):
        raise sqs._Err("UnsupportedOperation", "There is already a task running for this source queue.")
    rate = data.get("MaxNumberOfMessagesPerSecond")
    if rate is not None and not 1 <= int(rate) <= FASTEST:
        raise sqs._Err("InvalidParameterValue", f"Value {rate} for MaxNumberOfMessagesPerSecond is not in 1-{FASTEST}.")
    destination = data.get("DestinationArn")
    if destination is not None:
        _queue(destination, "DestinationArn")
    task = {
        "TaskHandle": new_uuid(),
        "Status": "RUNNING",
        "SourceArn": arn,
        **({"DestinationArn": destination} if destination else {}),
        **({"MaxNumberOfMessagesPerSecond": int(rate)} if rate else {}),
        "ApproximateNumberOfMessagesMoved": 0,
        "ApproximateNumberOfMessagesToMove": len(source["messages"]),
        "StartedTimestamp": int(time.time() * 1000),
    }
    _tasks.setdefault(arn, []).insert(0, task)
    # On the loop that serves all calls, so that none of them comes in between.
    running = asyncio.get_running_loop().create_task(_move(task, int(rate or FASTEST)))
    _running.add(running)
    running.add_done_callback(_running.discard)
    return {"TaskHandle": task["TaskHandle"]}


def _list(data: dict[str, Any], _: str) -> dict[str, Any]:
    arn = data["SourceArn"]
    _queue(arn, "SourceArn")
    tasks = _tasks.get(arn, [])[: int(data.get("MaxResults") or 1)]
    return {"Results": [_shown(task) for task in tasks]}


def _cancel(data: dict[str, Any], _: str) -> dict[str, Any]:
    for task in (task for tasks in _tasks.values() for task in tasks):
        if task["TaskHandle"] == data["TaskHandle"]:
            if task["Status"] != "RUNNING":
                raise sqs._Err("UnsupportedOperation", "Only active tasks can be cancelled.")
            task["Status"] = "CANCELLING"
            return {"ApproximateNumberOfMessagesMoved": task["ApproximateNumberOfMessagesMoved"]}
    raise sqs._Err("ResourceNotFoundException", "Task does not exist.", 404)


def _list_sources(_: dict[str, Any], url: str) -> dict[str, Any]:
    arn = sqs._get_q(url)["attributes"]["QueueArn"]
    return {"queueUrls": [one for one, queue in sqs._queues.items() if _dead_letters_of(queue) == arn]}


async def _move(task: Task, rate: int) -> None:
    began = time.monotonic()
    source = sqs._queue_by_arn(task["SourceArn"])
    while task["Status"] == "RUNNING" and source is not None:
        due = int((time.monotonic() - began) * rate) + 1 - task["ApproximateNumberOfMessagesMoved"]
        visible = [message for message in source["messages"] if message["visible_at"] <= time.time()]
        if not visible:
            task["Status"] = "COMPLETED"
        for message in visible[: max(0, due)]:
            target = task.get("DestinationArn") or message["sys"].get("DeadLetterQueueSourceArn")
            queue = sqs._queue_by_arn(target) if target else None
            if queue is None:
                task["Status"] = "FAILED"
                missing = "AWS.SimpleQueueService.NonExistentQueue"
                task["FailureReason"] = missing if target else "CouldNotDetermineMessageSource"
                break
            source["messages"].remove(message)
            _put(queue, message)
            task["ApproximateNumberOfMessagesMoved"] += 1
        await asyncio.sleep(_TICK)
    if task["Status"] == "CANCELLING":
        task["Status"] = "CANCELLED"


def _put(queue: Queue, message: dict[str, Any]) -> None:
    sent = {
        "MessageBody": message["body"],
        "MessageAttributes": message["message_attributes"],
        "MessageGroupId": message.get("group_id"),
        "MessageDeduplicationId": new_uuid() if queue["is_fifo"] else None,
    }
    sqs._act_send_message(sent, sqs._queue_url(queue["attributes"]["QueueArn"].rsplit(":", 1)[1]))


def _shown(task: Task) -> Task:
    return {name: value for name, value in task.items() if name != "TaskHandle" or task["Status"] == "RUNNING"}


def _queue(arn: str, parameter: str) -> Queue:
    queue: Queue | None = sqs._queue_by_arn(arn)
    if queue is None:
        raise sqs._Err("ResourceNotFoundException", f"The resource of the {parameter} parameter doesn't exist.", 404)
    return queue


def _dead_letters_of(queue: Queue) -> str | None:
    policy = queue["attributes"].get("RedrivePolicy")
    found: str | None = json.loads(policy).get("deadLetterTargetArn") if policy else None
    return found
