"""Calls for several messages at once need the permission of the call for one: IAM knows no others.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html.
ministack asks for actions such as ``sqs:DeleteMessageBatch``.
"""

from typing import Any, Final

from ministack.core import iam_actions

_BATCHES: Final = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def apply() -> None:
    """Name the action for one message."""
    extract = iam_actions.extract_iam_action

    def of_one(*request: Any, **more: Any) -> Any:
        action = extract(*request, **more)
        return _BATCHES.get(action, action)

    iam_actions.extract_iam_action = of_one
