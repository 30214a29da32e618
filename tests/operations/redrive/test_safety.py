from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.redrive.safety import warning_about
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import DLQ, FUNCTION

LIVE = f"{FUNCTION}:live"


def test_a_function_without_a_failure_target_is_warned_of(account: Account, stub: Stub) -> None:
    lambda_ = stub("lambda")
    lambda_.add_response("get_function_configuration", {}, {"FunctionName": LIVE})
    lambda_.add_client_error("get_function_event_invoke_config", "ResourceNotFoundException", http_status_code=404)
    assert "is lost" in (warning_about(account, LIVE) or "")


@pytest.mark.parametrize(
    ("config", "is_safe"),
    [
        ({}, False),
        ({"DestinationConfig": {"OnFailure": {}, "OnSuccess": {"Destination": DLQ}}}, False),
        ({"DestinationConfig": {"OnFailure": {"Destination": DLQ}}}, True),
    ],
)
def test_a_destination_of_the_qualifier_counts(
    account: Account, stub: Stub, config: dict[str, Any], is_safe: bool
) -> None:
    lambda_ = stub("lambda")
    lambda_.add_response("get_function_configuration", {})
    lambda_.add_response("get_function_event_invoke_config", config, {"FunctionName": LIVE})
    assert (warning_about(account, LIVE) is None) == is_safe


def test_a_dead_letter_queue_counts(account: Account, stub: Stub) -> None:
    stub("lambda").add_response("get_function_configuration", {"DeadLetterConfig": {"TargetArn": DLQ}})
    assert warning_about(account, FUNCTION) is None


def test_what_may_not_be_read_is_not_warned_of(account: Account, stub: Stub) -> None:
    stub("lambda").add_client_error("get_function_configuration", "AccessDeniedException", http_status_code=403)
    assert warning_about(account, FUNCTION) is None
