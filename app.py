"""The example app: a stack for each invocation model and one for long work, each to be read and copied by itself."""

from pathlib import Path

from aws_cdk import App, Duration, Stack, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib import (
    IdempotencyTable,
    JobApi,
    LambdaFunction,
    LambdaInvocationChecks,
    RestApiToLambda,
    S3ToLambda,
    SqsToLambda,
)

HANDLERS = Path(__file__).parent / "handlers"


class OrderApiStack(Stack):
    """Synchronous: ``POST /orders`` validates an order and answers 201 or 400; the client owns the errors."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.alarms = sns.Topic(self, "Alarms", enforce_ssl=True)  # subscribe whoever should know
        orders = LambdaFunction(self, "Orders", code=HANDLERS / "orders")
        self.api = RestApiToLambda(self, "OrderApi", function=orders, alarm_topic=self.alarms)


class ThumbnailStack(Stack):
    """Asynchronous: a picture uploaded to one bucket gets a thumbnail in another; a broken one ends in a queue."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.alarms = sns.Topic(self, "Alarms", enforce_ssl=True)
        self.thumbnails = s3.Bucket(
            self, "Thumbnails", block_public_access=s3.BlockPublicAccess.BLOCK_ALL, enforce_ssl=True
        )
        resize = LambdaFunction(
            self,
            "Resize",
            code=HANDLERS / "thumbnails",
            memory_size=1024,
            timeout=Duration.minutes(1),
            environment={"THUMBNAIL_BUCKET": self.thumbnails.bucket_name},
        )
        self.uploads = S3ToLambda(
            self, "Uploads", function=resize, output_bucket=self.thumbnails, alarm_topic=self.alarms
        )


class JobStack(Stack):
    """Poll: jobs wait in a queue and are done in batches, each once; one that keeps failing ends in another queue."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.alarms = sns.Topic(self, "Alarms", enforce_ssl=True)
        worker = LambdaFunction(self, "Worker", code=HANDLERS / "jobs", timeout=Duration.seconds(30))
        self.done = IdempotencyTable(self, "Done")  # SQS may deliver a message twice
        self.done.grant_idempotency(worker)
        self.jobs = SqsToLambda(self, "Jobs", function=worker, alarm_topic=self.alarms)


class ReportStack(Stack):
    """Long work: ``POST /reports`` answers 202 with a job id, ``GET /reports/{id}`` the report; a topic hears of it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.alarms = sns.Topic(self, "Alarms", enforce_ssl=True)
        report = LambdaFunction(self, "Report", code=HANDLERS / "reports", timeout=Duration.minutes(1))
        self.done = IdempotencyTable(self, "Done")  # a job that Step Functions tries again may have been done
        self.done.grant_idempotency(report)
        some = apigateway.JsonSchema(type=apigateway.JsonSchemaType.ARRAY, min_items=1)
        self.reports = JobApi(
            self,
            "Reports",
            function=report,
            path="reports",
            request_schema=apigateway.JsonSchema(
                type=apigateway.JsonSchemaType.OBJECT, required=["orders"], properties={"orders": some}
            ),
            alarm_topic=self.alarms,
        )


def build_app() -> App:
    """Build the app with the policy checks on."""
    app = App()
    OrderApiStack(app, "OrderApi")
    ThumbnailStack(app, "Thumbnails")
    JobStack(app, "Jobs")
    ReportStack(app, "Reports")
    Validations.of(app).add_plugins(LambdaInvocationChecks(app))
    return app


if __name__ == "__main__":
    build_app().synth()
