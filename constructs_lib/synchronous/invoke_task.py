"""The task of a state machine that invokes a function, retries it and keeps what fails."""

from aws_cdk import Annotations, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.grants import warn_of_missing
from constructs_lib.timeouts import function_timeout_seconds
from constructs_lib.types import AnyFunction, AnyQueue

SERVICE_ERRORS = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",  # which CDK does not retry by itself
]
CALLBACK = stepfunctions.IntegrationPattern.WAIT_FOR_TASK_TOKEN
_START_SECONDS = 10  # a new environment may take as long before the function's timeout begins


def make_task(
    pattern: Construct,
    function: AnyFunction,
    failure_queue: AnyQueue,
    *,
    invocation_type: tasks.LambdaInvocationType,
    integration_pattern: stepfunctions.IntegrationPattern,
    timeout: Duration | None,
) -> tasks.LambdaInvoke:
    """Return the task, after which the input of what failed goes to the queue and the execution fails."""
    is_callback = integration_pattern is CALLBACK
    waits = invocation_type is tasks.LambdaInvocationType.REQUEST_RESPONSE and not is_callback
    known = function_timeout_seconds(function) or FUNCTION_TIMEOUT_MAX_SECONDS
    path = stepfunctions.JsonPath
    task = tasks.LambdaInvoke(
        pattern,
        "Invoke",
        lambda_function=function,
        invocation_type=None if is_callback else invocation_type,
        integration_pattern=integration_pattern,
        payload=stepfunctions.TaskInput.from_object({"taskToken": path.task_token, "input": path.entire_payload})
        if is_callback
        else None,
        output_path="$.Payload" if waits else None,
        retry_on_service_exceptions=False,
        task_timeout=stepfunctions.Timeout.duration(timeout or Duration.seconds(known + _START_SECONDS)),
    )
    task.add_retry(
        errors=SERVICE_ERRORS,
        interval=Duration.seconds(2),
        max_attempts=6,
        backoff_rate=2,
        jitter_strategy=stepfunctions.JitterType.FULL,
    )
    # The error replaces the input, which may be no object to add it to; the execution has the input.
    keep = tasks.SqsSendMessage(
        pattern,
        "KeepFailure",
        queue=failure_queue,
        message_body=stepfunctions.TaskInput.from_object(
            {
                "executionId": path.string_at("$$.Execution.Id"),
                "input": path.object_at("$$.Execution.Input"),
                "failure": path.object_at("$"),  # Error, and mostly Cause: a callback may leave that out
            }
        ),
        result_path=path.DISCARD,
    )
    keep.add_retry(max_attempts=3)
    failed = stepfunctions.Fail(pattern, "Failed", error_path="$.Error", cause="The failure queue has the input.")
    # What is too large for a message stays in the execution, which fails all the same and is watched.
    not_kept = stepfunctions.Fail(pattern, "NotKept", error_path="$.Error", cause="The execution has the input.")
    keep.add_catch(not_kept)
    task.add_catch(keep.next(failed).start_state)
    return task


def allow_response(pattern: Construct, function: AnyFunction, state_machine: stepfunctions.StateMachine) -> None:
    """Let a function answer the task that waits for it; warn if its role cannot be given a policy here."""
    statement = iam.PolicyStatement(
        actions=["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"],
        resources=[state_machine.state_machine_arn],
    )
    if function.role is None:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:taskResponse",
            f"whether {function.node.path} may answer the task that waits for it cannot be seen, as it was imported "
            "without its role: import it with Function.from_function_attributes(..., role=...), or allow it "
            "states:SendTaskSuccess, states:SendTaskFailure and states:SendTaskHeartbeat on the state machine where it "
            "is made, or let someone else answer; then acknowledge this warning",
        )
    elif not warn_of_missing(pattern, function, statement):
        # A policy of its own: in the role's default policy, function and state machine would need each other.
        iam.Policy(pattern, "TaskResponse", roles=[function.role], statements=[statement])
