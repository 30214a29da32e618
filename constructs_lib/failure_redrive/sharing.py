"""Holds that nobody else leaves events in a queue of which a redrive could not tell whose they are.

A message in the dead-letter queue of a function does not name the function; one in that of an SNS subscription names
the subscription, whose endpoint a redrive in the account does not know. Sources:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html.
"""

from collections.abc import Iterator, Mapping

import jsii
from aws_cdk import Token
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct, IValidation

from constructs_lib.failure import resource_behind
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyQueue


def refuse_others(owner: Construct, queue: AnyQueue, function: AnyFunction) -> None:
    """Fail the synthesis if the queue is also the dead-letter queue of another function, or of its subscription.

    Only what is in the app is seen, and all of it, also what comes after the redrive.
    """
    owner.node.add_validation(_Alone(owner, queue, function))


@jsii.implements(IValidation)
class _Alone:
    def __init__(self, owner: Construct, queue: AnyQueue, function: AnyFunction) -> None:
        self._owner = owner
        self._queue = queue
        self._function = function

    def validate(self) -> list[str]:
        """Return an error if there are others."""
        others = sorted(each.node.path for each in self._owner.node.root.node.find_all() if self._is_other(each))
        if not others:
            return []
        return [
            f"expected {self._queue.node.path} to be the dead-letter queue of {self._function.node.path} and its SNS "
            f"subscriptions alone, got also {', '.join(others)}; a redrive cannot tell their events apart, and would "
            "send all to this function: give each function a queue of its own"
        ]

    def _is_other(self, each: IConstruct) -> bool:
        """Whether a resource leaves events in the queue that are for another function, or for something else."""
        if isinstance(each, lambda_.CfnFunction):
            target = getattr(each.dead_letter_config, "target_arn", None)
            return _is_same(target, self._queue.queue_arn) and each.node.path not in self._own()
        if isinstance(each, sns.CfnSubscription):
            policy = each.redrive_policy
            target = policy.get("deadLetterTargetArn") if isinstance(policy, Mapping) else None
            return _is_same(target, self._queue.queue_arn) and not _is_same(each.endpoint, self._function.function_arn)
        return False

    def _own(self) -> Iterator[str]:
        """Yield the path of the resource of the function, also of one that is imported from the app itself."""
        owned = owned_function(self._function)
        for resource in (resource_behind(self._function.function_arn), owned and owned.node.default_child):
            if resource is not None:
                yield resource.node.path


def _is_same(arn: object, other: str) -> bool:
    if not isinstance(arn, str):
        return False
    one, two = resource_behind(arn), resource_behind(other)
    if one is not None and two is not None:
        return one.node.path == two.node.path
    # Attributes of two stacks can read the same.
    return arn == other and not Token.is_unresolved(arn)
