"""Amazon Data Firehose stream that a function transforms."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue, acknowledge_wildcard
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.buckets import make_bucket
from constructs_lib.checks import check_fast_enough, check_function, check_kinds, check_range
from constructs_lib.facts import (
    FIREHOSE_BUFFER_MAX_MEBIBYTES,
    FIREHOSE_BUFFER_MAX_SECONDS,
    FIREHOSE_BUFFER_MIN_MEBIBYTES,
    FIREHOSE_FUNCTION_TIMEOUT_MAX_SECONDS,
)
from constructs_lib.synchronous.prefixes import check_prefix
from constructs_lib.types import AnyBucket, AnyFunction, AnyGrantable, AnyKey, AnyTopic


class FirehoseToLambda(Construct):
    """A delivery stream to a bucket whose records a function transforms on the way, synchronously.

    Firehose invokes at least once, with up to ``buffer_size`` of records. The handler returns ``{"records": [...]}``
    with every ``recordId`` that it got, each with ``result`` of ``Ok``, ``Dropped`` or ``ProcessingFailed``, and
    ``data`` in base64; up to 6 MB (AWS: firehose/data-transformation).

    Where a failed event goes
        *delivery* and *execution*: Firehose invokes again, three times. Then the records, and those that the handler
        returned as ``ProcessingFailed``, go to the bucket, as they came, under ``error_output_prefix``; an alarm goes
        off when invocations fail.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version or imported; at most 5 minutes.
    bucket
        An owned or imported bucket to deliver to. Default: a new one: encrypted by S3, private, TLS only, retained when
        it leaves the stack.
    buffer_size
        Most data in one invocation, in mebibytes, 0.2 to 3. Default: 1 (AWS: firehose/data-transformation).
    buffer_interval
        How long to gather records for an invocation, up to 15 minutes. Default: 60 seconds.
    data_output_prefix
        Where transformed records go in the bucket; may hold ``!{timestamp:...}`` and ``!{firehose:random-string}``
        (AWS: firehose/s3-prefixes). Default: a folder for each hour.
    error_output_prefix
        Where failed records go in the bucket; may hold the same, and then needs ``!{firehose:error-output-type}``.
        Default: ``failed/``, then the kind of error.
    encryption_key
        Customer-managed key for records in the stream. Default: a key that AWS owns.
    alarm_topic
        Notified by the alarm on failing invocations. Default: it notifies nobody.

    Attributes
    ----------
    function, bucket
        What was given or made.
    delivery_stream : firehose.CfnDeliveryStream
        Let producers write to it with ``grant_put_records``.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the function may take longer than 5 minutes, a buffer is out of its range, or a prefix has wrong expressions.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        bucket: AnyBucket | None = None,
        buffer_size: float = 1,
        buffer_interval: Duration | None = None,
        data_output_prefix: str | None = None,
        error_output_prefix: str = "failed/!{firehose:error-output-type}/",
        encryption_key: AnyKey | None = None,
        alarm_topic: AnyTopic | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, bucket=bucket, encryption_key=encryption_key, alarm_topic=alarm_topic)
        check_fast_enough(self, function, FIREHOSE_FUNCTION_TIMEOUT_MAX_SECONDS, "Firehose")
        sizes = FIREHOSE_BUFFER_MIN_MEBIBYTES, FIREHOSE_BUFFER_MAX_MEBIBYTES
        check_range(self, "buffer_size in MiB", buffer_size, *sizes)
        check_range(self, "buffer_interval", buffer_interval, 0, FIREHOSE_BUFFER_MAX_SECONDS)
        check_prefix(self, "data_output_prefix", data_output_prefix)
        check_prefix(self, "error_output_prefix", error_output_prefix, of_errors=True)
        self.function = function
        self.bucket = bucket or make_bucket(self)
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("firehose.amazonaws.com"))
        log = logs.LogGroup(self, "Log", retention=logs.RetentionDays.ONE_MONTH)
        transform = {
            "LambdaArn": function.function_arn,
            "RoleArn": role.role_arn,
            "BufferSizeInMBs": f"{buffer_size:g}",
            "BufferIntervalInSeconds": str((buffer_interval or Duration.seconds(60)).to_seconds()),
        }
        # CDK's DeliveryStream would be allowed to delete objects and to invoke every version, and leaves a mapping in
        # the template that nothing uses.
        self.delivery_stream = firehose.CfnDeliveryStream(
            self,
            "DeliveryStream",
            delivery_stream_encryption_configuration_input=_encryption(encryption_key),
            extended_s3_destination_configuration=firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
                bucket_arn=self.bucket.bucket_arn,
                role_arn=role.role_arn,
                prefix=data_output_prefix,
                error_output_prefix=error_output_prefix,
                cloud_watch_logging_options=firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty(
                    enabled=True,
                    log_group_name=log.log_group_name,
                    log_stream_name=log.add_stream("S3Destination").log_stream_name,
                ),
                processing_configuration=firehose.CfnDeliveryStream.ProcessingConfigurationProperty(
                    enabled=True,
                    processors=[
                        firehose.CfnDeliveryStream.ProcessorProperty(
                            type="Lambda",
                            parameters=[
                                firehose.CfnDeliveryStream.ProcessorParameterProperty(
                                    parameter_name=name, parameter_value=value
                                )
                                for name, value in transform.items()
                            ],
                        )
                    ],
                ),
            ),
        )
        self.delivery_stream.node.add_dependency(self._allow(role, log))
        acknowledge_no_dead_letter_queue(function, "Firehose invokes synchronously, which never uses such a queue")
        success = cloudwatch.Metric(
            namespace="AWS/Firehose",
            metric_name="ExecuteProcessing.Success",
            dimensions_map={"DeliveryStreamName": self.delivery_stream.ref},
            statistic="Average",
        )
        self.alarms = [
            WatchedAlarm(
                self,
                "FailedInvocationsAlarm",
                metric=cloudwatch.MathExpression(
                    expression="1 - success", using_metrics={"success": success}, period=Duration.minutes(5)
                ),
                threshold=0.01,
                description=f"Firehose could not transform records of {self.node.path}: see the function's logs, then "
                f"the records under {error_output_prefix} in the bucket.",
                alarm_topic=alarm_topic,
            )
        ]

    def grant_put_records(self, grantee: AnyGrantable) -> iam.Grant:
        """Let a producer write records to the delivery stream."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["firehose:PutRecord", "firehose:PutRecordBatch"],
            resource_arns=[self.delivery_stream.attr_arn],
        )

    def _allow(self, role: iam.Role, log: logs.LogGroup) -> iam.Policy:
        objects = self.bucket.arn_for_objects("*")
        statements = [
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.function.function_arn]),
            iam.PolicyStatement(
                actions=["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                resources=[self.bucket.bucket_arn],
            ),
            iam.PolicyStatement(
                actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], resources=[objects]
            ),
            iam.PolicyStatement(actions=["logs:PutLogEvents"], resources=[log.log_group_arn]),
        ]
        if self.bucket.encryption_key is not None:
            statements.append(
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.bucket.encryption_key.key_arn]
                )
            )
        policy = iam.Policy(self, "Policy", roles=[role], statements=statements)
        acknowledge_wildcard(policy, "Firehose names the objects", objects)
        return policy


def _encryption(key: AnyKey | None) -> firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty:
    return firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
        key_arn=None if key is None else key.key_arn,
        key_type="AWS_OWNED_CMK" if key is None else "CUSTOMER_MANAGED_CMK",
    )
