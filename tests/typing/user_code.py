"""Calls with every kind of argument that users pass; only checked by mypy and pyright, never run.

Where pyright is told to look away, it is CDK's own signature that refuses CDK's own class (aws/jsii#1919).
"""

from collections.abc import Iterator

from aws_cdk import App, Duration, Stack, Stage, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_docdb as docdb
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import (
    AlarmToLambda,
    AsyncInvocation,
    CodeCommitToLambda,
    DocumentDbToLambda,
    DynamoDbToLambda,
    EventBridgeToLambda,
    FailureQueue,
    FailureRedrive,
    Finding,
    FunctionUrlToLambda,
    HttpApiToLambda,
    KafkaToLambda,
    KinesisToLambda,
    LambdaFunction,
    LambdaInvocationChecks,
    LoadBalancerToLambda,
    LogsToLambda,
    MqToLambda,
    MskToLambda,
    RestApiToLambda,
    RestApiToLambdaAsync,
    Rule,
    S3ToLambda,
    SesToLambda,
    Severity,
    SqsToLambda,
    WebSocketApiToLambda,
    World,
    assert_no_findings,
)

stack = Stack(App(), "Stack")
key = kms.Key(stack, "Key")
imported_key = kms.Key.from_key_arn(stack, "ImportedKey", "arn")
queue = sqs.Queue(stack, "Queue")
topic = sns.Topic(stack, "Topic")

function = LambdaFunction(stack, "A", code="folder", log_group=logs.LogGroup(stack, "Logs"), dead_letter_queue=queue)
LambdaFunction(stack, "B", code=lambda_.Code.from_asset("folder"), dead_letter_queue=topic)
LambdaFunction(stack, "C", code="folder", layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", "arn")])
imported = lambda_.Function.from_function_arn(stack, "ImportedFunction", "arn")
version = function.current_version
alias = function.add_alias("live")

S3ToLambda(stack, "D", function=alias, bucket=s3.Bucket(stack, "Bucket"), alarm_topic=topic)
S3ToLambda(stack, "E", function=version, bucket=s3.Bucket.from_bucket_name(stack, "ImportedBucket", "name"))
S3ToLambda(stack, "F", function=imported, on_failure=destinations.S3Destination(s3.Bucket(stack, "Failures")))
S3ToLambda(
    stack,
    "G",
    function=function,
    on_failure=destinations.SqsDestination(queue),
    on_success=destinations.EventBridgeDestination(events.EventBus(stack, "Bus")),
    alarm_topic=sns.Topic.from_topic_arn(stack, "ImportedTopic", "arn"),
)
S3ToLambda(
    stack,
    "H",
    function=function,
    on_failure=destinations.LambdaDestination(function),  # pyright: ignore[reportArgumentType]
    on_success=destinations.SnsDestination(topic),  # pyright: ignore[reportArgumentType]
)

SqsToLambda(stack, "I", function=alias, queue=queue)
SqsToLambda(stack, "J", function=function, queue=sqs.Queue.from_queue_arn(stack, "ImportedQueue", "arn"))
SqsToLambda(stack, "K", function=function, encryption_key=key, dead_letter_queue=FailureQueue(stack, "Dlq"))
SqsToLambda(stack, "L", function=imported, encryption_key=imported_key, visibility_timeout=Duration.minutes(1))

RestApiToLambda(stack, "M", function=function, api=apigateway.RestApi(stack, "Api"))
RestApiToLambda(stack, "N", function=alias, api=apigateway.RestApi.from_rest_api_id(stack, "ImportedApi", "id"))
RestApiToLambda(stack, "O", function=imported, authorization_type=apigateway.AuthorizationType.NONE)

role = iam.Role(stack, "Role", assumed_by=iam.AccountRootPrincipal())  # pyright: ignore[reportArgumentType]
AsyncInvocation(stack, "AsyncA", function=alias, invokers=[role, function, iam.User(stack, "User")])
AsyncInvocation(stack, "AsyncB", function=function, invokers=[iam.Role.from_role_arn(stack, "ImportedRole", "arn")])
metric = cloudwatch.Metric(namespace="Shop", metric_name="Orders")
alarm = metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
AlarmToLambda(stack, "AlarmA", function=alias, alarm=alarm, states=[cloudwatch.AlarmState.OK], alarm_topic=topic)
CodeCommitToLambda(
    stack, "CommitsA", function=version, repository=codecommit.Repository.from_repository_arn(stack, "R", "arn")
)
LogsToLambda(stack, "LogsA", function=alias, log_group=logs.LogGroup.from_log_group_name(stack, "ImportedLogs", "name"))
LogsToLambda(
    stack,
    "LogsB",
    function=function,
    log_group=logs.LogGroup(stack, "MoreLogs"),
    filter_pattern=logs.FilterPattern.any_term("ERROR"),
)
RestApiToLambdaAsync(stack, "ApiA", function=alias, path="orders", api=apigateway.RestApi(stack, "AsyncApi"))
SesToLambda(stack, "MailA", function=alias, rule_set=ses.ReceiptRuleSet(stack, "RuleSet"), recipients=["shop.example"])

orders = kinesis.Stream(stack, "Orders")
consumer = kinesis.StreamConsumer(stack, "Consumer", stream=orders, stream_consumer_name="orders")
KinesisToLambda(stack, "StreamA", function=alias, stream=orders, on_failure=s3.Bucket(stack, "FailedRecords"))
KinesisToLambda(stack, "StreamB", function=function, consumer=consumer, on_failure=topic, retry_attempts=3)
KinesisToLambda(
    stack,
    "StreamC",
    function=imported,
    stream=kinesis.Stream.from_stream_arn(stack, "ImportedStream", "arn"),
    filters=[lambda_.FilterCriteria.filter({"data": {"kind": ["order"]}})],
)
DynamoDbToLambda(
    stack,
    "StreamD",
    function=version,
    table=dynamodb.Table.from_table_attributes(stack, "ImportedTable", table_arn="arn", table_stream_arn="arn"),
    on_failure=queue,
)
secret = secretsmanager.Secret(stack, "Secret")
pollers = event_sources.ProvisionedPollerConfig(minimum_pollers=2, maximum_pollers=9)
SqsToLambda(stack, "Pollers", function=function, provisioned_poller_config=pollers)
MskToLambda(
    stack,
    "TopicA",
    function=alias,
    cluster_arn="arn",
    topic="orders",
    secret=secret,
    provisioned_poller_config=pollers,
    on_failure="kafka://failed",
    schema_registry_config=event_sources.GlueSchemaRegistry(
        schema_registry_arn="arn", event_record_format=lambda_.EventRecordFormat.JSON, schema_validation_configs=[]
    ),
    metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.KAFKA_METRICS]),
)
KafkaToLambda(
    stack,
    "TopicB",
    function=function,
    bootstrap_servers=["broker.example.com:9092"],
    topic="orders",
    subnets=[ec2.Subnet.from_subnet_id(stack, "Subnet", "subnet-1")],
    security_group=ec2.SecurityGroup.from_security_group_id(stack, "SecurityGroup", "sg-1"),
)
MqToLambda(stack, "BrokerA", function=function, broker_arn="arn", queue_name="orders", secret=secret)
DocumentDbToLambda(
    stack,
    "ClusterA",
    function=function,
    cluster=docdb.DatabaseCluster.from_database_cluster_attributes(stack, "Cluster", cluster_identifier="shop"),
    database_name="shop",
    secret=secret,
)

pattern = events.EventPattern(source=["orders"])
EventBridgeToLambda(stack, "Eb1", function=alias, event_pattern=pattern, event_bus=events.EventBus(stack, "OrderBus"))
EventBridgeToLambda(
    stack,
    "Eb2",
    function=imported,
    event_pattern=pattern,
    event_bus=events.EventBus.from_event_bus_arn(stack, "ImportedBus", "arn"),
    dead_letter_queue=queue,
)

FunctionUrlToLambda(stack, "Url", function=alias, invokers=[function, imported.grant_principal])
HttpApiToLambda(stack, "Http", function=function, authorizer=authorizers.HttpIamAuthorizer())
HttpApiToLambda(stack, "Http2", function=imported, api=apigatewayv2.HttpApi(stack, "HttpApi"))
WebSocketApiToLambda(stack, "Ws", function=function, authorizer=apigatewayv2.WebSocketNoneAuthorizer())
WebSocketApiToLambda(stack, "Ws2", function=alias, api=apigatewayv2.WebSocketApi(stack, "WsApi"), routes=["send"])
listener = elbv2.ApplicationListener.from_lookup(stack, "Listener", listener_arn="arn")
LoadBalancerToLambda(stack, "Lb", function=function, listener=listener)
load_balancer = elbv2.ApplicationLoadBalancer(stack, "LoadBalancer", vpc=ec2.Vpc(stack, "Vpc"))
certificate = elbv2.ListenerCertificate.from_arn("arn")
LoadBalancerToLambda(stack, "Lb2", function=function, load_balancer=load_balancer, certificates=[certificate])
KafkaToLambda(
    stack,
    "Queue2",
    function=function,
    bootstrap_servers=["b:9092"],
    topic="orders",
    secret=secret,
    authentication_method="OAUTHBEARER_AUTH",
    oauth_scope="read",
    consumption_mode="Queue",
)
FailureRedrive(stack, "RedriveA", bucket=s3.Bucket(stack, "RedriveBucket"), prefix="failed/", function=alias)
FailureRedrive(stack, "RedriveB", queue=FailureQueue(stack, "RedriveQueue"), function=imported, stream=orders, rate=0.5)
FailureRedrive(
    stack,
    "RedriveC",
    queue=sqs.Queue.from_queue_arn(stack, "RedriveImported", "arn"),
    source_queue=queue,
    schedule=scheduler.ScheduleExpression.rate(Duration.hours(1)),
    timeout=Duration.hours(1),
    alarm_topic=topic,
).state_machine.grant_start_execution(role)  # pyright: ignore[reportArgumentType]
RestApiToLambda(stack, "Tenants", function=function, tenant_id="method.request.header.X-Tenant")


class NamedQueue(Rule):
    """A rule of a user's own."""

    severity = Severity.WARNING
    description = "The queue has a name."
    fix = "CDK: leave queue_name out."
    source = "https://docs.aws.amazon.com/"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues with a name."""
        for found in world.of_type("AWS::SQS::Queue"):
            if world.properties(found)["QueueName"].present:
                yield self.finding(found, "QueueName", f"queue {found.label} has a name.", severity=Severity.INFO)


app = App()
checks = LambdaInvocationChecks(
    app,
    select=["ApiTimeout"],
    ignore={"NamedQueue"},
    additional_rules=[NamedQueue()],
    fail_on="warning",
    reports=["json"],
)
Validations.of(app).add_plugins(checks)
assert_no_findings(stack, ignore=("ApiTimeout",), fail_on=Severity.ERROR)
assert_no_findings(app, select=["ApiTimeout"], fail_on="warning")
assert_no_findings(Stage(app, "Stage"), additional_rules=[NamedQueue()])
