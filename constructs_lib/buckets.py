"""The bucket that patterns make if they are given none."""

from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.acknowledge import acknowledge


def make_bucket(scope: Construct) -> s3.Bucket:
    """Return a new bucket beneath a pattern: encrypted by S3, private, TLS only, retained."""
    bucket = s3.Bucket(
        scope,
        "Bucket",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
    )
    acknowledge(
        bucket,
        "Access logs need a bucket that an account's buckets share; to have them, pass a bucket with "
        "server_access_logs_bucket set",
        "AwsSolutions-S1",
    )
    return bucket
