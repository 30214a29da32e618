"""A state machine calls functions, queues, topics and tables as its role, and fails a task that the role may not do.

The error is ``States.Permissions`` (AWS: step-functions/concepts-error-handling). ministack asks for no permission.
"""

import contextvars
import re
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, stepfunctions

from emulator.permissions import role_may

_INTEGRATION = re.compile(r"arn:aws:states:::(sqs|sns|dynamodb):(\w+)")
_role: contextvars.ContextVar[str | None] = contextvars.ContextVar("role", default=None)


def apply() -> None:
    """Ask before each task that calls one of these services."""
    run, call, invoke = stepfunctions._run_execution, stepfunctions._call_lambda, stepfunctions._invoke_resource

    def run_as_role(execution: str) -> None:
        machine = stepfunctions._state_machines.get(stepfunctions._executions[execution]["stateMachineArn"]) or {}
        _role.set(machine.get("roleArn"))  # of this execution's own thread, whose context its branches copy
        run(execution)

    def call_if_allowed(function: str, event: Any) -> Any:
        _, config, _ = lambda_svc._get_func_record_for_ref(function)
        if config:
            _check("lambda:InvokeFunction", function if function.startswith("arn:") else config["FunctionArn"])
        return call(function, event)

    def invoke_if_allowed(resource: str, parameters: Any) -> Any:
        if found := _INTEGRATION.match(resource):
            service, operation = found.groups()
            _check(f"{service}:{operation[0].upper()}{operation[1:]}", _target(service, parameters))
        return invoke(resource, parameters)

    stepfunctions._run_execution = run_as_role
    stepfunctions._call_lambda = call_if_allowed
    stepfunctions._invoke_resource = invoke_if_allowed


def _target(service: str, parameters: Mapping[str, str]) -> str:
    if service == "sns":
        return parameters.get("TopicArn") or parameters.get("TargetArn") or "*"
    scope = f"arn:aws:{service}:{get_region()}:{get_account_id()}"
    if service == "sqs":
        return f"{scope}:{parameters['QueueUrl'].rpartition('/')[2]}"
    return f"{scope}:table/{parameters['TableName'].rpartition('/')[2]}"


def _check(action: str, resource: str) -> None:
    role = _role.get()
    if role is not None and not role_may(role, action, resource):
        raise stepfunctions._ExecutionError("States.Permissions", f"{role} may not {action} {resource}")
