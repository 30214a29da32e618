"""Cognito: users sign up."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from botocore.exceptions import ClientError

from constructs_lib import LambdaFunction, UserPoolToLambda
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.synchronous import Answer, SynchronousDriver


class UserPoolDriver(SynchronousDriver):
    """The trigger before sign-up; the user's name is the token."""

    failed_status = refused_status = 400  # of Cognito: an error that names Lambda

    def build(self, stack: Stack, function: LambdaFunction) -> Any:
        pool = cognito.UserPool(stack, "Users", self_sign_up_enabled=True)
        self.client = pool.add_client("Client")
        return UserPoolToLambda(
            stack, "Pattern", function=function, user_pool=pool, trigger=cognito.UserPoolOperation.PRE_SIGN_UP
        )

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Client": self.client.user_pool_client_id}

    def ask(self, deployed: Deployed, token: str) -> Answer:
        try:
            deployed.clients["cognito-idp"].sign_up(
                ClientId=deployed.outputs["Client"],
                Username=token,
                Password="Tea-and-1-cup",
                UserAttributes=[{"Name": "email", "Value": f"{token}@example.com"}],
            )
        except ClientError as error:
            if "Lambda" not in error.response["Error"]["Code"]:
                raise
            return Answer(int(error.response["ResponseMetadata"]["HTTPStatusCode"]), str(error))
        return Answer(200, token)
