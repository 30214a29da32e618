"""Parameter types that accept CDK's own classes under mypy and pyright alike.

pyright does not take a concrete jsii class for its interface (aws/jsii#1919), so each alias names both.
"""

from typing import Literal, TypeAlias

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_certificatemanager as acm
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
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

AnyFunction: TypeAlias = lambda_.Function | lambda_.Alias | lambda_.Version | lambda_.IFunction
AnyGrantable: TypeAlias = iam.Role | iam.IRole | iam.User | iam.Group | iam.PrincipalBase | AnyFunction | iam.IGrantable
AnyQueue: TypeAlias = sqs.Queue | sqs.IQueue
AnyTopic: TypeAlias = sns.Topic | sns.ITopic
AnyAlarm: TypeAlias = cloudwatch.Alarm | cloudwatch.CompositeAlarm | cloudwatch.IAlarm
AnyEventBus: TypeAlias = events.EventBus | events.IEventBus
AnyBucket: TypeAlias = s3.Bucket | s3.IBucket
AnyKey: TypeAlias = kms.Key | kms.IKey
AnyStream: TypeAlias = kinesis.Stream | kinesis.IStream
AnyStreamConsumer: TypeAlias = kinesis.StreamConsumer | kinesis.IStreamConsumer
AnyTable: TypeAlias = dynamodb.Table | dynamodb.TableV2 | dynamodb.ITable
AnySecret: TypeAlias = secretsmanager.Secret | secretsmanager.ISecret
AnyDocumentDbCluster: TypeAlias = docdb.DatabaseCluster | docdb.IDatabaseCluster
AnySubnet: TypeAlias = ec2.Subnet | ec2.ISubnet
AnySecurityGroup: TypeAlias = ec2.SecurityGroup | ec2.ISecurityGroup
AnySchemaRegistry: TypeAlias = (
    event_sources.GlueSchemaRegistry | event_sources.ConfluentSchemaRegistry | lambda_.ISchemaRegistry
)
# The schema has these three more (AWS::Lambda::EventSourceMapping.SourceAccessConfiguration).
AnyKafkaAuthentication: TypeAlias = (
    event_sources.AuthenticationMethod | Literal["OAUTHBEARER_AUTH", "IAM_AUTH", "IAM_OAUTHBEARER_AUTH"]
)
AnyBatchFailureTarget: TypeAlias = AnyQueue | AnyTopic | AnyBucket
AnyLogGroup: TypeAlias = logs.LogGroup | logs.ILogGroup
AnyFilterPattern: TypeAlias = logs.JsonPattern | logs.SpaceDelimitedTextPattern | logs.IFilterPattern
AnyRestApi: TypeAlias = apigateway.RestApi | apigateway.IRestApi
AnyRepository: TypeAlias = codecommit.Repository | codecommit.IRepository
AnyReceiptRuleSet: TypeAlias = ses.ReceiptRuleSet | ses.IReceiptRuleSet
AnyDestination: TypeAlias = (
    destinations.SqsDestination
    | destinations.SnsDestination
    | destinations.LambdaDestination
    | destinations.EventBridgeDestination
    | destinations.S3Destination
    | lambda_.IDestination
)
AnyAuthorizer: TypeAlias = (
    apigateway.CognitoUserPoolsAuthorizer
    | apigateway.RequestAuthorizer
    | apigateway.TokenAuthorizer
    | apigateway.IAuthorizer
)
AnyStateMachine: TypeAlias = stepfunctions.StateMachine | stepfunctions.IStateMachine
AnyHttpApi: TypeAlias = apigatewayv2.HttpApi | apigatewayv2.IHttpApi
AnyHttpAuthorizer: TypeAlias = (
    authorizers.HttpIamAuthorizer
    | authorizers.HttpJwtAuthorizer
    | authorizers.HttpLambdaAuthorizer
    | authorizers.HttpUserPoolAuthorizer
    | apigatewayv2.HttpNoneAuthorizer
    | apigatewayv2.IHttpRouteAuthorizer
)
AnyListener: TypeAlias = elbv2.ApplicationListener | elbv2.IApplicationListener
AnyListenerCertificate: TypeAlias = (
    acm.Certificate | acm.ICertificate | elbv2.ListenerCertificate | elbv2.IListenerCertificate
)
AnyLoadBalancer: TypeAlias = elbv2.ApplicationLoadBalancer | elbv2.IApplicationLoadBalancer
AnyWebSocketApi: TypeAlias = apigatewayv2.WebSocketApi | apigatewayv2.IWebSocketApi
AnyWebSocketAuthorizer: TypeAlias = (
    authorizers.WebSocketIamAuthorizer
    | authorizers.WebSocketLambdaAuthorizer
    | apigatewayv2.WebSocketNoneAuthorizer
    | apigatewayv2.IWebSocketRouteAuthorizer
)
