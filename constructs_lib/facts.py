"""Limits and defaults of AWS that the constructs, the policies and the operations share.

Each value names its unit in its name and its source beside it. ``docs:`` is a page of the AWS documentation,
``api:`` a shape of the AWS API model, ``cfn:`` a CloudFormation resource property.
"""

from enum import Enum
from typing import Final


class InvocationModel(Enum):
    """How a function is invoked, which decides where its failed events go."""

    SYNCHRONOUS = "synchronous"
    """The caller waits for the answer and owns the errors."""
    ASYNCHRONOUS = "asynchronous"
    """Lambda queues the event, retries it, and discards it unless a failure target catches it."""
    POLL = "poll"
    """An event source mapping reads batches from the source and invokes synchronously."""


# Function
FUNCTION_TIMEOUT_DEFAULT_SECONDS: Final = 3  # api: lambda.CreateFunctionRequest.Timeout
FUNCTION_TIMEOUT_MAX_SECONDS: Final = 900  # docs: lambda/gettingstarted-limits

# Invocation; 1 MB is 1,024 KB
PAYLOAD_MAX_BYTES: Final = 6_291_456  # docs: lambda/gettingstarted-limits; 6 MB, of the request and of the response
ASYNC_PAYLOAD_MAX_BYTES: Final = 1_048_576  # api: lambda.InvocationRequest.Payload; 1 MB, 256 KB until October 2025
CLIENT_CONTEXT_MAX_BYTES: Final = 3_583  # api: lambda.InvocationRequest.ClientContext; in base64
TENANT_ID_MAX: Final = 256  # api: lambda.InvocationRequest.TenantId; characters

# Asynchronous invocation
ASYNC_RETRY_ATTEMPTS_DEFAULT: Final = 2  # docs: lambda/invocation-async-error-handling
ASYNC_RETRY_ATTEMPTS_MAX: Final = 2  # cfn: AWS::Lambda::EventInvokeConfig.MaximumRetryAttempts
ASYNC_EVENT_AGE_MIN_SECONDS: Final = 60  # cfn: AWS::Lambda::EventInvokeConfig.MaximumEventAgeInSeconds
ASYNC_EVENT_AGE_MAX_SECONDS: Final = 21_600  # the same; also the default
ASYNC_RETRY_WAITS_SECONDS: Final = 180  # docs: lambda/invocation-async-error-handling; 1 min, then 2 min
CUSTOM_RESOURCE_TIMEOUT_MAX_SECONDS: Final = (
    3_600  # cfn: AWS::CloudFormation::CustomResource.ServiceTimeout; the default
)

# Delivery by EventBridge rules and EventBridge Scheduler
DELIVERY_RETRY_ATTEMPTS_MAX: Final = 185  # api: events.RetryPolicy, scheduler.RetryPolicy; also the default
DELIVERY_EVENT_AGE_MIN_SECONDS: Final = 60  # the same
DELIVERY_EVENT_AGE_MAX_SECONDS: Final = 86_400  # the same; also the default
SUBSCRIBER_RETRY_ATTEMPTS_DEFAULT: Final = 5  # cfn: AWS::EventsV2::Subscriber.RetryPolicy
SUBSCRIBER_EVENT_AGE_DEFAULT_SECONDS: Final = 300  # the same
SUBSCRIBER_WAIT_DEFAULT_SECONDS: Final = 30  # docs: eventbridge/eb-custom-bus-target-lambda; of one call

# Event source mappings
SQS_BATCH_SIZE_DEFAULT: Final = 10  # api: lambda.CreateEventSourceMappingRequest.BatchSize
SQS_BATCH_SIZE_WITHOUT_WINDOW_MAX: Final = 10  # the same: more needs a batching window of at least 1 s
BATCH_SIZE_DEFAULT: Final = 100  # the same; every other source
BATCH_SIZE_MAX: Final = 10_000  # the same
BATCHING_WINDOW_MAX_SECONDS: Final = 300  # api: lambda.CreateEventSourceMappingRequest.MaximumBatchingWindowInSeconds
STREAM_RETRIES_UNLIMITED: Final = -1  # api: …MaximumRetryAttempts; the default of Kinesis and DynamoDB mappings
STREAM_RECORD_AGE_UNLIMITED: Final = -1  # api: …MaximumRecordAgeInSeconds; the default likewise
STREAM_RETRIES_MAX: Final = 10_000  # cfn: AWS::Lambda::EventSourceMapping.MaximumRetryAttempts
KAFKA_RETRIES_WITH_DESTINATION: Final = 10  # docs: lambda/kafka-on-failure-destination; when retries are unlimited
STREAM_RECORD_AGE_MIN_SECONDS: Final = 60  # docs: lambda/with-kinesis; 0 to 59 are refused
STREAM_RECORD_AGE_MAX_SECONDS: Final = 604_800  # cfn: AWS::Lambda::EventSourceMapping.MaximumRecordAgeInSeconds
STREAM_RETENTION_DEFAULT_SECONDS: Final = 86_400  # docs: lambda/services-dynamodb-errors; Kinesis: likewise by default
STREAM_READERS_MAX: Final = 2  # docs: lambda/with-ddb; of one shard at a time
SQS_POLLERS_AT_FIRST: Final = 5  # docs: lambda/services-sqs-configure; concurrent invocations of a standard queue
SQS_MAX_CONCURRENCY_RANGE: Final = (2, 1_000)  # cfn: AWS::Lambda::EventSourceMapping.ScalingConfig
SQS_MINIMUM_POLLERS_RANGE: Final = (2, 200)  # docs: lambda/with-sqs; ProvisionedPollerConfig.MinimumPollers
SQS_MAXIMUM_POLLERS_RANGE: Final = (2, 10_000)  # the same; 2,000 until 2026
KAFKA_MINIMUM_POLLERS_RANGE: Final = (1, 200)  # cfn: AWS::Lambda::EventSourceMapping.ProvisionedPollerConfig
KAFKA_MAXIMUM_POLLERS_RANGE: Final = (1, 2_000)  # the same
POLLER_GROUP_NAME_MAX: Final = 128  # cfn: AWS::Lambda::EventSourceMapping.ProvisionedPollerConfig; characters
FILTERS_QUOTA: Final = 5  # docs: lambda/invocation-eventfiltering; 10 on request
FILTERS_MAX: Final = 20  # cfn: AWS::Lambda::EventSourceMapping.FilterCriteria; more than any quota
FILTER_PATTERN_MAX: Final = 4_096  # cfn: AWS::Lambda::EventSourceMapping.Filter.Pattern; characters
CONSUMER_GROUP_ID_MAX: Final = 200  # cfn: AWS::Lambda::EventSourceMapping.ConsumerGroupId; characters
SOURCE_ACCESS_VALUE_MAX: Final = 200  # cfn: AWS::Lambda::EventSourceMapping.SourceAccessConfiguration.URI; characters
KAFKA_BOOTSTRAP_SERVERS_MAX: Final = 10  # cfn: AWS::Lambda::EventSourceMapping.Endpoints.KafkaBootstrapServers
NETWORK_SOURCE_FUNCTION_TIMEOUT_MAX_SECONDS: Final = 840  # docs: lambda/with-msk; Kafka, MQ, DocumentDB: 14 minutes
POLLED_DURABLE_TIMEOUT_MAX_SECONDS: Final = 900  # docs: lambda/durable-invoking-esm; of the whole execution
PARALLELIZATION_FACTOR_MAX: Final = 10  # cfn: AWS::Lambda::EventSourceMapping.ParallelizationFactor
TUMBLING_WINDOW_MAX_SECONDS: Final = 900  # cfn: AWS::Lambda::EventSourceMapping.TumblingWindowInSeconds

# SQS queues
VISIBILITY_TIMEOUT_DEFAULT_SECONDS: Final = 30  # cfn: AWS::SQS::Queue.VisibilityTimeout
VISIBILITY_TIMEOUT_MAX_SECONDS: Final = 43_200  # the same: 12 hours
VISIBILITY_TIMEOUT_FACTOR: Final = 6  # docs: lambda/services-sqs-configure; × function timeout, plus the window
RETENTION_DEFAULT_SECONDS: Final = 345_600  # cfn: AWS::SQS::Queue.MessageRetentionPeriod; 4 days
RETENTION_MAX_SECONDS: Final = 1_209_600  # the same: 14 days
MAX_RECEIVE_COUNT_MAX: Final = 1_000  # docs: sqs/sqs-dead-letter-queues; the console's upper limit
MAX_RECEIVE_COUNT_DEFAULT: Final = 10  # cfn: AWS::SQS::Queue.RedrivePolicy
MAX_RECEIVE_COUNT_ADVISED_MIN: Final = 5  # docs: lambda/services-sqs-configure; fewer lets throttling fill the DLQ

# Delivery by SNS
SNS_RETRY_ATTEMPTS: Final = 100_015  # docs: sns/sns-message-delivery-retries; server errors only, over 23 days
SNS_RETRY_DAYS: Final = 23  # the same

# Delivery by others
LOGS_DELIVERY_RETRY_SECONDS: Final = 86_400  # docs: logs/SubscriptionFilters; retryable errors only
PIPELINE_REPLY_SECONDS: Final = 1_200  # docs: codepipeline/actions-invoke-lambda-function; 20 min

# API Gateway
REST_API_TIMEOUT_DEFAULT_SECONDS: Final = 29  # docs: apigateway limits; a quota, raisable for Regional and private APIs
HTTP_API_TIMEOUT_SECONDS: Final = 30  # docs: apigateway/http-api-quotas; fixed
HTTP_API_AUTHORIZER_TIMEOUT_SECONDS: Final = 10  # the same
WEBSOCKET_API_TIMEOUT_SECONDS: Final = 29  # docs: apigateway WebSocket limits
REST_API_STREAMING_TIMEOUT_SECONDS: Final = 900  # docs: apigateway/response-transfer-mode

# Other synchronous invokers
APPSYNC_AUTHORIZER_TIMEOUT_SECONDS: Final = 10  # docs: appsync/security-authz
LOAD_BALANCER_IDLE_TIMEOUT_DEFAULT_SECONDS: Final = 60  # docs: elasticloadbalancing/application-load-balancers
USER_POOL_TRIGGER_TIMEOUT_SECONDS: Final = 5  # docs: cognito/cognito-user-pools-working-with-lambda-triggers; fixed
USER_POOL_TRIGGER_ATTEMPTS: Final = 3  # the same; when no answer came in time
SES_SYNCHRONOUS_TIMEOUT_SECONDS: Final = 30  # docs: ses/receiving-email-action-lambda; InvocationType RequestResponse
FIREHOSE_FUNCTION_TIMEOUT_MAX_SECONDS: Final = 300  # docs: firehose/data-transformation
FIREHOSE_RETRIES_DEFAULT: Final = 3  # the same; NumberOfRetries
FIREHOSE_BUFFER_MIN_MEBIBYTES: Final = 0.2  # the same; what one invocation gets
FIREHOSE_BUFFER_MAX_MEBIBYTES: Final = 3  # the same; base64 makes it larger, and the invocation takes 6 MB
FIREHOSE_BUFFER_MAX_SECONDS: Final = 900  # the same
EDGE_REGION: Final = "us-east-1"  # docs: cloudfront/lambda-at-edge-function-restrictions
EDGE_TIMEOUT_MAX_SECONDS: Final = 30  # docs: cloudfront/cloudfront-limits
EDGE_STORAGE_MAX_MEBIBYTES: Final = 512  # docs: cloudfront/lambda-at-edge-function-restrictions; in /tmp
EDGE_VIEWER_MEMORY_MAX_MEBIBYTES: Final = 128  # docs: cloudfront/edge-functions-choosing; not on other pages
TASK_RETRIES_DEFAULT: Final = 3  # docs: step-functions/concepts-error-handling; MaxAttempts of a retrier
TASK_RETRY_INTERVAL_DEFAULT_SECONDS: Final = 1  # the same; IntervalSeconds
TASK_BACKOFF_RATE_DEFAULT: Final = 2  # the same; BackoffRate
