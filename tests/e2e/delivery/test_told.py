"""Who waits for an answer is told that the function cannot be invoked, and nothing reaches the handler."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.e2e.clients import wait_until
from tests.e2e.delivery.broken import calling, delete_function, deleted, revoke_all
from tests.e2e.deploy import delete
from tests.e2e.drivers import DRIVERS
from tests.e2e.drivers.custom_resource import CustomResourceDriver
from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.http_api import FunctionUrlDriver, HttpApiDriver
from tests.e2e.drivers.invocation import InvocationDriver
from tests.e2e.drivers.load_balancer import LoadBalancerDriver
from tests.e2e.drivers.rest_api import AsyncRestApiDriver, RestApiDriver, url_of
from tests.e2e.drivers.user_pool import UserPoolDriver
from tests.e2e.drivers.web_socket_api import WebSocketApiDriver
from tests.e2e.drivers.web_socket_client import Connection, RefusedError
from tests.e2e.journal import Journal
from tests.e2e.scenarios import new_token

AsksByPolicy = RestApiDriver | HttpApiDriver | LoadBalancerDriver | UserPoolDriver | AsyncRestApiDriver
"""Sources that need the policy of the function."""

ASKED = [driver for driver in DRIVERS if isinstance(driver, AsksByPolicy)]
WEB_SOCKETS = [driver for driver in DRIVERS if isinstance(driver, WebSocketApiDriver)]
URLS = [driver for driver in DRIVERS if isinstance(driver, FunctionUrlDriver)]
INVOCATIONS = [driver for driver in DRIVERS if isinstance(driver, InvocationDriver)]
CUSTOM_RESOURCES = [driver for driver in DRIVERS if isinstance(driver, CustomResourceDriver)]

pytestmark = pytest.mark.e2e

Break = Callable[[Deployed], object]


def name(driver: Driver) -> str:
    return driver.pattern.name


@pytest.mark.parametrize("break_it", [delete_function, revoke_all])
@pytest.mark.parametrize("driver", ASKED, ids=name)
def test_a_client_is_told_of_a_function_that_cannot_be_invoked(
    driver: AsksByPolicy, deployed: Deployed, journal: Journal, break_it: Break
) -> None:
    break_it(deployed)
    answer = driver.ask(deployed, token := new_token("succeed"))
    assert answer.status == driver.refused_status, answer
    assert token not in answer.text
    assert token not in journal.attempts()
    driver.collect(deployed, [token])
    assert not deployed.captured, "the event was taken after all"


@pytest.mark.parametrize("break_it", [delete_function, revoke_all])
@pytest.mark.parametrize("driver", WEB_SOCKETS, ids=name)
def test_a_connected_client_is_told_and_nobody_else_connects(
    driver: WebSocketApiDriver, deployed: Deployed, journal: Journal, break_it: Break
) -> None:
    token = new_token("gone")
    with driver.ready(deployed, [token]):
        break_it(deployed)
        assert driver.ask(deployed, token).status == driver.refused_status
        with pytest.raises(RefusedError):
            Connection(url_of(deployed, "").rstrip("/"))
    assert token not in journal.attempts()


@pytest.mark.parametrize("driver", URLS, ids=name)
def test_a_caller_of_a_url_is_told_that_it_may_not(
    driver: FunctionUrlDriver, deployed: Deployed, journal: Journal
) -> None:
    with calling(deployed.clients, "lambda:InvokeFunctionUrl", "lambda:InvokeFunction") as (caller, forbid):
        called = Deployed(caller, deployed.outputs)
        assert driver.ask(called, new_token("succeed")).status == 200
        forbid()
        assert driver.ask(called, token := new_token("gone")).status == 403
    assert token not in journal.attempts()


@pytest.mark.parametrize("driver", URLS, ids=name)
def test_a_caller_of_a_url_is_told_that_there_is_no_function(
    driver: FunctionUrlDriver, deployed: Deployed, journal: Journal
) -> None:
    delete_function(deployed)
    answer = driver.ask(deployed, token := new_token("gone"))
    assert answer.status in (403, 404), answer  # which of them, AWS does not say
    assert token not in journal.attempts()


@pytest.mark.parametrize("driver", INVOCATIONS, ids=name)
def test_who_invokes_is_told_that_it_may_not_or_that_there_is_no_function(
    driver: InvocationDriver, deployed: Deployed, journal: Journal
) -> None:
    with calling(deployed.clients, "lambda:InvokeFunction") as (caller, forbid):
        called = Deployed(caller, deployed.outputs)
        driver.send(called, allowed := [new_token("succeed")])
        wait_until(lambda: set(allowed) <= set(journal.handled()), "an event", seconds=driver.seconds)
        forbid()
        refused = [new_token("gone")]
        with pytest.raises(ClientError, match="AccessDenied"):
            driver.send(called, refused)
    delete_function(deployed)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        driver.send(deployed, refused)
    driver.collect(deployed, refused)
    assert not deployed.captured, "the event was taken after all"
    assert not set(refused) & set(journal.attempts())


@pytest.mark.parametrize("driver", CUSTOM_RESOURCES, ids=name)
def test_a_stack_fails_whose_custom_resource_has_no_function(
    driver: CustomResourceDriver, deployed: Deployed, journal: Journal
) -> None:
    token = new_token("gone")
    with deleted(deployed):  # in the end there is one again, or the stack of the pattern could not be deleted
        driver.send(deployed, [token])
        assert deployed.outputs["Function"] in failure_of(deployed, token)
    assert token not in journal.attempts()


def failure_of(deployed: Deployed, stack: str) -> str:
    """Wait until a stack is rolled back, delete it, and return why its resource failed."""
    cloudformation = deployed.clients["cloudformation"]

    def is_rolled_back() -> bool:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return bool(found["StackStatus"] == "ROLLBACK_COMPLETE")

    wait_until(is_rolled_back, f"{stack} to be rolled back", seconds=20)
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    delete(deployed.clients, stack)
    (reason,) = (
        event["ResourceStatusReason"]
        for event in events
        if event["ResourceStatus"] == "CREATE_FAILED" and event["ResourceType"] != "AWS::CloudFormation::Stack"
    )
    return str(reason)
