"""Asynchronous invocation by callers of the user's own."""

from collections.abc import Sequence
from typing import Unpack

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.asynchronous.pattern import AsynchronousPattern, ExecutionOptions
from constructs_lib.checks import check_kinds
from constructs_lib.types import AnyFunction, AnyGrantable


class AsyncInvocation(AsynchronousPattern):
    """A function that callers invoke directly, with ``InvocationType="Event"``.

    Lambda runs an event at least once: the handler must bear seeing it twice. The caller gets 202 once the event is
    queued and never hears of it again. What the handler returns is dropped, unless there is an ``on_success``
    destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: the caller gets an error and decides what to do; the AWS SDKs try again by themselves. *execution*:
        after the retries the event goes to ``on_failure``; by default to a failure queue beneath the function, which
        an alarm watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role. Callers name exactly this one: what they invoke by another
        qualifier has another asynchronous configuration, or none.
    invokers
        Roles, users or functions that may invoke it, by its ``function_arn`` and no other qualifier. Default: none.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    function, failure_queue, alarms
        Those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If an invoker cannot be given a policy, as a service principal, and as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    _PASSES_TENANT_ID = True  # whoever invokes it does

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        invokers: Sequence[AnyGrantable] = (),
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        for invoker in invokers:
            check_kinds(self, invokers=invoker)
            self._allow(invoker)

    def _allow(self, invoker: AnyGrantable) -> None:
        # CDK's grant_invoke allows every qualifier of a function, of which only this one has the failure target.
        grant = iam.Grant.add_to_principal(
            grantee=invoker, actions=["lambda:InvokeFunction"], resource_arns=[self.function.function_arn]
        )
        if not grant.success:
            raise ValueError(
                f"{self.node.path}: expected invokers that can have a policy, such as roles and functions, got "
                f"{invoker!r}; a service has a pattern of its own, or allow it with function.add_permission(...)"
            )
