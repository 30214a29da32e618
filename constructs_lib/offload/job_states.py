"""The states of a job."""

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.offload.job_status import WORK_STATE
from constructs_lib.synchronous.invoke_task import SERVICE_ERRORS
from constructs_lib.timeouts import function_timeout_seconds
from constructs_lib.types import AnyFunction, AnyQueue, AnyTopic

_GRACE_SECONDS = 10  # for Step Functions to hear of a function that has timed out


def job_states(
    scope: Construct, function: AnyFunction, failure_queue: AnyQueue, topic: AnyTopic, retry_attempts: int
) -> stepfunctions.IChainable:
    """Return the states of a job: do the work, keep it if that fails, tell the outcome, end with it.

    Parameters
    ----------
    scope
        Where the states stand in the construct tree.
    function, retry_attempts
        Does the work, and is invoked again so often after an error.
    failure_queue
        Keeps the job whose work failed.
    topic
        Hears of the outcome.
    """
    job_id = stepfunctions.JsonPath.string_at("$$.Execution.Name")
    timeout = function_timeout_seconds(function) or FUNCTION_TIMEOUT_MAX_SECONDS
    work = tasks.LambdaInvoke(
        scope,
        WORK_STATE,
        lambda_function=function,
        payload=stepfunctions.TaskInput.from_object({"jobId": job_id, "input": stepfunctions.JsonPath.entire_payload}),
        payload_response_only=True,  # which also gives the worker's events names of their own
        retry_on_service_exceptions=False,  # leaves throttling out
        task_timeout=stepfunctions.Timeout.duration(Duration.seconds(timeout + _GRACE_SECONDS)),
    )
    work.add_retry(
        errors=SERVICE_ERRORS,
        interval=Duration.seconds(2),
        backoff_rate=2,
        max_attempts=12,
        max_delay=Duration.minutes(5),
        jitter_strategy=stepfunctions.JitterType.FULL,
    )
    if retry_attempts:
        work.add_retry(max_attempts=retry_attempts, interval=Duration.seconds(10), backoff_rate=2)
    kept = {"jobId": job_id, "input": stepfunctions.JsonPath.entire_payload}
    keep = tasks.SqsSendMessage(
        scope,
        "KeepFailedJob",
        queue=failure_queue,
        message_body=stepfunctions.TaskInput.from_object(kept),
        result_path=stepfunctions.JsonPath.DISCARD,
    )
    failed = stepfunctions.Fail(scope, "Failed", error_path="$.failure.Error", cause_path="$.failure.Cause")
    tell_failed = _publish(scope, topic, "failed", job_id)
    tell_failed.add_catch(failed, result_path="$.notTold")
    _try_again(keep)
    # What is too large for a message stays in the execution; the job fails all the same, and the topic is told.
    keep.add_catch(tell_failed, result_path="$.notKept")
    work.add_catch(keep.next(tell_failed).next(failed), result_path="$.failure")
    succeeded = stepfunctions.Succeed(scope, "Succeeded")
    tell_succeeded = _publish(scope, topic, "succeeded", job_id)
    tell_succeeded.add_catch(succeeded, result_path=stepfunctions.JsonPath.DISCARD)  # the work is done
    return work.next(tell_succeeded).next(succeeded)


def _publish(scope: Construct, topic: AnyTopic, status: str, job_id: str) -> tasks.SnsPublish:
    publish = tasks.SnsPublish(
        scope,
        f"Publish{status.capitalize()}",
        topic=topic,
        message=stepfunctions.TaskInput.from_object({"jobId": job_id, "status": status}),
        result_path=stepfunctions.JsonPath.DISCARD,
    )
    _try_again(publish)
    return publish


def _try_again(task: stepfunctions.TaskStateBase) -> None:
    task.add_retry(max_attempts=6, interval=Duration.seconds(2), backoff_rate=2)
