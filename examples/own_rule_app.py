"""An app that is checked by the policies and by a rule of its own, and that writes SARIF for code scanning."""

from aws_cdk import App, Stack, Validations
from own_rule import StructuredLogs

from constructs_lib import LambdaFunction, LambdaInvocationChecks, SqsToLambda

app = App()
stack = Stack(app, "Background")
worker = LambdaFunction(stack, "Worker", code="handlers/jobs")
SqsToLambda(stack, "Jobs", function=worker)
Validations.of(app).add_plugins(
    LambdaInvocationChecks(app, additional_rules=[StructuredLogs()], fail_on="warning", reports=["sarif"])
)
app.synth()
