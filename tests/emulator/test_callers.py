from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.drivers.http import request
from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e

PERMISSIONS_OF_URLS = ("InvokeFunctionUrl", "InvokeFunction")


@pytest.mark.parametrize("permitted", [True, False])
def test_who_signs_up_needs_a_trigger_that_permits_the_user_pool(bench: Bench, permitted: bool) -> None:
    function, client = bench.function("return event"), bench.clients["cognito-idp"]
    pool = client.create_user_pool(PoolName=bench.name("pool"), LambdaConfig={"PreSignUp": function})["UserPool"]["Id"]
    app = client.create_user_pool_client(UserPoolId=pool, ClientName="app")["UserPoolClient"]["ClientId"]
    source = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool if permitted else 'another'}"
    bench.permit(function, "cognito-idp.amazonaws.com", source)
    user = {"ClientId": app, "Username": "user", "Password": "Tea-and-1-cup"}
    if permitted:
        client.sign_up(**user)
    else:
        with pytest.raises(client.exceptions.UserLambdaValidationException, match="AccessDeniedException"):
            client.sign_up(**user)
    assert len(bench.calls()) == int(permitted)


def address(bench: Bench, function: str, auth_type: str) -> str:
    """Make a URL of the function; return its address in the emulator."""
    url = bench.clients["lambda"].create_function_url_config(FunctionName=function, AuthType=auth_type)["FunctionUrl"]
    return f"{bench.clients.url}/_aws/lambda-url/{(urlsplit(url).hostname or '').split('.')[0]}/"


@pytest.mark.parametrize("permitted", [(), ("InvokeFunctionUrl",), ("InvokeFunction",), PERMISSIONS_OF_URLS])
def test_a_public_url_needs_both_permissions_in_the_policy_of_the_function(
    bench: Bench, permitted: tuple[str, ...]
) -> None:
    function = bench.function("return {'statusCode': 200}")
    url = address(bench, function, "NONE")
    conditions: dict[str, dict[str, Any]] = {
        "InvokeFunctionUrl": {"FunctionUrlAuthType": "NONE"},
        "InvokeFunction": {"InvokedViaFunctionUrl": True},
    }
    for action in permitted:
        bench.clients["lambda"].add_permission(
            FunctionName=function,
            StatementId=action,
            Action=f"lambda:{action}",
            Principal="*",
            **conditions[action],
        )
    is_public = permitted == PERMISSIONS_OF_URLS
    assert request("GET", url, service=None).status == (200 if is_public else 403)
    assert len(bench.calls()) == int(is_public)


@pytest.mark.parametrize("permitted", [(), ("InvokeFunctionUrl",), ("InvokeFunction",), PERMISSIONS_OF_URLS])
def test_a_caller_of_the_account_needs_both_permissions_of_its_own_for_a_url(
    bench: Bench, permitted: tuple[str, ...]
) -> None:
    function = bench.function("return {'statusCode': 200}")
    url = address(bench, function, "AWS_IAM")
    caller = bench.clients.of_role(bench.role("caller", *((f"lambda:{action}", function) for action in permitted)))
    may_call = permitted == PERMISSIONS_OF_URLS
    assert request("GET", url, service="lambda", credentials=caller.credentials).status == (200 if may_call else 403)
    assert request("GET", url, service=None).status == 403
    assert len(bench.calls()) == int(may_call)
    caller.close()
