"""The README's first example: pictures uploaded to a bucket are handed to a function, and failures are kept."""

from aws_cdk import App, Duration, Stack, Validations

from constructs_lib import LambdaFunction, LambdaInvocationChecks, S3ToLambda

app = App()
stack = Stack(app, "Pictures")
resize = LambdaFunction(stack, "Resize", code="handlers/thumbnails", timeout=Duration.minutes(1))
S3ToLambda(stack, "Uploads", function=resize, prefix="originals/")
Validations.of(app).add_plugins(LambdaInvocationChecks(app))
app.synth()
