"""The README's first example: a queue whose messages a function works through, and failures are kept."""

from aws_cdk import App, Duration, Stack, Validations

from constructs_lib import IdempotencyTable, LambdaFunction, LambdaInvocationChecks, SqsToLambda

app = App()
stack = Stack(app, "Background")
worker = LambdaFunction(stack, "Worker", code="handlers/jobs", timeout=Duration.seconds(30))
IdempotencyTable(stack, "Done").grant_idempotency(worker)
SqsToLambda(stack, "Jobs", function=worker)
Validations.of(app).add_plugins(LambdaInvocationChecks(app))
app.synth()
