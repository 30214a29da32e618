"""CloudFormation custom resources whose provider is a function."""

from collections.abc import Mapping
from typing import Any, cast

from aws_cdk import CfnResource, CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.checks import check_function, check_range
from constructs_lib.facts import (
    ASYNC_RETRY_ATTEMPTS_DEFAULT,
    ASYNC_RETRY_WAITS_SECONDS,
    CUSTOM_RESOURCE_TIMEOUT_MAX_SECONDS,
)
from constructs_lib.timeouts import function_timeout_seconds, known_seconds
from constructs_lib.types import AnyFunction


class CustomResourceToLambda(Construct):
    """A custom resource that a function creates, updates and deletes, invoked asynchronously by CloudFormation.

    Lambda runs an event at least once: the handler must bear seeing it twice. It answers by a PUT of
    ``{"Status": "SUCCESS" or "FAILED", ...}`` to the event's ``ResponseURL``, whatever happens; what it returns is
    dropped (AWS: cloudformation/crpg-ref-responses).

    Where a failed event goes
        *delivery* and *execution*: to the stack, which waits for the answer and fails without one. A failure target
        would add nothing: the stack rolls back, and a second run of the event would come too late. Lambda tries a
        failed execution twice again, so the stack waits as long as all attempts may take.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported, of the same Region.
    properties
        What the handler finds in ``ResourceProperties``. Default: nothing.
    resource_type
        ``Custom::`` and a name. Default: ``AWS::CloudFormation::CustomResource``.
    service_timeout
        How long the stack waits for an answer, up to 1 hour; longer than the function may take. Default: as long as
        three attempts of the function and the 3 minutes that Lambda waits between them
        (AWS: lambda/invocation-async-error-handling); CloudFormation's own default is 1 hour.
    removal_policy
        What becomes of the custom resource when it leaves the stack. Default: the function is told to delete it.

    Attributes
    ----------
    function
        What was given.
    custom_resource : CustomResource
        The resource; ``get_att_string("Name")`` reads what the handler answered in ``Data``.
    alarms : list of cloudwatch.Alarm
        None: the stack reports failures.

    Raises
    ------
    ValueError
        If the stack would stop waiting before the function ends, or the function's timeout is not known and
        ``service_timeout`` is not given.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        properties: Mapping[str, Any] | None = None,
        resource_type: str | None = None,
        service_timeout: Duration | None = None,
        removal_policy: RemovalPolicy | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_range(self, "service_timeout", service_timeout, 1, CUSTOM_RESOURCE_TIMEOUT_MAX_SECONDS)
        self.function = function
        waits = self._service_timeout(service_timeout).to_seconds()
        self.custom_resource = CustomResource(
            self,
            "Resource",
            service_token=function.function_arn,
            properties=properties,
            resource_type=resource_type,
            removal_policy=removal_policy,
        )
        # CDK would write a string, which CloudFormation's schema does not expect.
        resource = cast(CfnResource, self.custom_resource.node.default_child)
        resource.add_property_override("ServiceTimeout", waits)
        acknowledge_no_dead_letter_queue(function, "The stack waits for the answer, and fails without one")
        self.alarms: list[cloudwatch.Alarm] = []

    def _service_timeout(self, given: Duration | None) -> Duration:
        slowest = function_timeout_seconds(self.function)
        if given is None:
            if slowest is None:
                raise ValueError(
                    f"{self.node.path}: expected service_timeout, as the timeout of {self.function.node.path} is not "
                    "known here, got none; pass one that is longer than that timeout"
                )
            attempts = 1 + ASYNC_RETRY_ATTEMPTS_DEFAULT
            return Duration.seconds(attempts * slowest + ASYNC_RETRY_WAITS_SECONDS)
        waits = known_seconds(given)
        if slowest is not None and waits is not None and waits <= slowest:
            raise ValueError(
                f"{self.node.path}: expected a service_timeout above the {slowest:g} s that {self.function.node.path} "
                f"may take, got {waits:g} s; the stack would fail while the function goes on. Lengthen it, or shorten "
                "the function's timeout"
            )
        return given
