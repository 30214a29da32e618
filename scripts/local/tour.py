"""What a user can try with the deployed example app: names, addresses and commands."""

from typing import Any

import boto3

from scripts.local.emulator import REGION

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}


class ExampleApp:
    """The deployed example app: the names that CloudFormation gave, by stack and beginning of the logical id."""

    def __init__(self, url: str) -> None:
        self._url = url
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        make: Any = session.client  # its overloads know the services that have type stubs only
        self._cloudformation = make("cloudformation", endpoint_url=url)

    def name(self, stack: str, type: str, id: str) -> str:
        """Return the physical name of the one resource of a type whose logical id begins so.

        Raises
        ------
        LookupError
            If there is none, or more than one.
        """
        resources = self._cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        found = [
            str(resource["PhysicalResourceId"])
            for resource in resources
            if resource["ResourceType"] == type and resource["LogicalResourceId"].startswith(id)
        ]
        if len(found) != 1:
            raise LookupError(f"expected one {type} {id}... in {stack}, found {found}")
        return found[0]

    def api(self, stack: str, id: str) -> str:
        """Return the address of a REST API in a stack, without a slash at its end."""
        return f"{self._url}/_aws/execute-api/{self.name(stack, 'AWS::ApiGateway::RestApi', id)}/prod"

    def close(self) -> None:
        """Close the connection."""
        self._cloudformation.close()


def describe(url: str) -> str:
    """Say in shell commands what to try."""
    app = ExampleApp(url)
    sqs = f"aws sqs --endpoint-url {url}"  # here version 1 of the AWS CLI ignores AWS_ENDPOINT_URL, and asks AWS itself
    curl = f'curl --aws-sigv4 "aws:amz:{REGION}:execute-api" --user test:test'
    orders, reports = app.api("OrderApi", "OrderApi"), app.api("Reports", "ReportsApi")
    uploads = app.name("Thumbnails", "AWS::S3::Bucket", "Uploads")
    thumbnails = app.name("Thumbnails", "AWS::S3::Bucket", "Thumbnails")
    broken = app.name("Thumbnails", "AWS::SQS::Queue", "ResizeFailureQueue")
    jobs = app.name("Jobs", "AWS::SQS::Queue", "JobsQueue")
    poison = app.name("Jobs", "AWS::SQS::Queue", "JobsDeadLetterQueue")
    app.close()
    items = '[{"sku": "TEA-1", "quantity": 2, "unit_price_cents": 495}]'
    order = f'{{"customer": "c-17", "reference": "2026-044", "items": {items}}}'
    report = f'{{"orders": {items}}}'
    exports = " ".join(f"{name}={value}" for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": url}.items())
    return f"""
The example app runs on an emulator of AWS at {url}. To try, with curl 7.75 or newer and the AWS CLI:

# for the AWS CLI
export {exports}

# an order: 201, or 400 that says what is wrong
{curl} {orders}/orders --data '{order}'
{curl} {orders}/orders --data '{{}}'

# a picture (take one of yours) gets a thumbnail; what is none ends in the failure queue, after some seconds
aws s3 cp picture.png s3://{uploads}/picture.png && sleep 3 && aws s3 ls s3://{thumbnails}
echo nothing | aws s3 cp - s3://{uploads}/nothing.png
{sqs} receive-message --queue-url {broken}

# a job message; one that makes no sense ends in the dead-letter queue, after some minutes
{sqs} send-message --queue-url {jobs} --message-body '{{"job": "word-count", "text": "to be or not"}}'
{sqs} receive-message --queue-url {poison}

# a report: 202 with a job id to ask for
{curl} {reports}/reports --header 'Content-Type: application/json' --data '{report}'
{curl} {reports}/reports/JOB_ID

make destroy-local ends it; .local/run holds the logs: emulator.log, and cdk.log, all that the CDK command said"""
