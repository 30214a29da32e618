"""CloudFormation invokes the function of a custom resource asynchronously (V27), so that Lambda tries failures again.

ministack runs it once.
"""

import contextvars
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from emulator.corrections.asynchronous import invoke

_requests: contextvars.ContextVar[bool] = contextvars.ContextVar("requests", default=False)


def apply() -> None:
    """Queue the event, where ministack waits for the function's end before it waits for its answer."""
    request, execute = custom_resource.invoke_custom_resource, lambda_svc._execute_function_with_config_scope

    def asking(*arguments: Any, **more: Any) -> Any:
        token = _requests.set(True)
        try:
            return request(*arguments, **more)
        finally:
            _requests.reset(token)

    def execute_or_queue(record: dict[str, Any], event: Any) -> Any:
        if not _requests.get():
            return execute(record, event)
        _requests.set(False)  # the event takes a copy of this context along, and nothing else is run for this request
        invoke(event["ResourceProperties"]["ServiceToken"], event)
        return None

    custom_resource.invoke_custom_resource = asking
    lambda_svc._execute_function_with_config_scope = execute_or_queue
