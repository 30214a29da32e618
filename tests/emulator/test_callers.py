import pytest

from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e


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
