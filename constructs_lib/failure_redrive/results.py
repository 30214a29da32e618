"""Where the outcome of each child execution is kept."""

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.acknowledge import acknowledge

_DAYS = 90  # as long as Step Functions keeps executions (AWS: step-functions/service-quotas)


def make_result_bucket(scope: Construct) -> s3.Bucket:
    """Return a private bucket whose objects go after 90 days."""
    bucket = s3.Bucket(
        scope,
        "ResultBucket",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        lifecycle_rules=[
            s3.LifecycleRule(expiration=Duration.days(_DAYS), abort_incomplete_multipart_upload_after=Duration.days(1))
        ],
    )
    acknowledge(
        bucket,
        "Only Step Functions writes here, and its outcomes are also in the executions: nobody needs access logs",
        "AwsSolutions-S1",
    )
    return bucket
