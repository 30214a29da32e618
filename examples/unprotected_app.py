"""What the policies find in plain CDK code: a function that S3 notifies, with nowhere for a failed event to go."""

from aws_cdk import App, Stack, Validations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications

from constructs_lib import LambdaInvocationChecks

app = App()
stack = Stack(app, "Pictures")
resize = lambda_.Function(
    stack,
    "Resize",
    code=lambda_.Code.from_inline("def handler(event, context): ..."),
    handler="index.handler",
    runtime=lambda_.Runtime.PYTHON_3_14,
)
destination = notifications.LambdaDestination(resize)  # pyright: ignore[reportArgumentType] # aws/jsii#1919
s3.Bucket(stack, "Uploads").add_object_created_notification(destination)
Validations.of(app).add_plugins(LambdaInvocationChecks(app))
app.synth()
