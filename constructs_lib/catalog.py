"""One entry for each pattern. The README's table and the conformance tests are made from it."""

from dataclasses import dataclass

from constructs_lib.facts import InvocationModel


@dataclass(frozen=True)
class Pattern:
    """What a pattern promises."""

    name: str
    """The class, as exported by ``constructs_lib``."""
    source: str
    """The AWS service that invokes, in its official name."""
    model: InvocationModel
    delivery: str
    """Where an event ends that the source could not hand to Lambda."""
    execution: str
    """Where an event ends whose handler kept failing."""
    captured_by: str | None
    """The attribute of the construct that holds failed events by default; ``None`` if the model has no such place."""
    wired_in: tuple[str, ...]
    """The resource types, one for each stage that has a place of its own, whose properties name that place."""
    resource_budget: int
    """Most resources of the pattern with defaults, not counting the function with its role, policy and log group, nor
    alarms."""
    emulator_proven: bool = False
    """Whether it has been deployed on an emulator and driven through its source."""


PATTERNS = (
    Pattern(
        name="FunctionUrlToLambda",
        source="Lambda function URL",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error",
        execution="the client, as an error",
        captured_by=None,
        wired_in=(),
        resource_budget=1,
        emulator_proven=True,
    ),
    Pattern(
        name="HttpApiToLambda",
        source="API Gateway HTTP API",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error",
        execution="the client, as an error",
        captured_by=None,
        wired_in=(),
        resource_budget=6,
        emulator_proven=True,
    ),
    Pattern(
        name="LoadBalancerToLambda",
        source="Application Load Balancer",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error",
        execution="the client, as an error",
        captured_by=None,
        wired_in=(),
        resource_budget=3,
        emulator_proven=True,
    ),
    Pattern(
        name="UserPoolToLambda",
        source="Cognito user pool trigger",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error",
        execution="the client, as an error; of a custom sender: `failure_queue`, or `on_failure`",
        captured_by=None,
        wired_in=(),
        resource_budget=2,
        emulator_proven=True,
    ),
    Pattern(
        name="StateMachineToLambda",
        source="Step Functions state machine",
        model=InvocationModel.SYNCHRONOUS,
        delivery="`failure_queue`, through the task's `Catch`",
        execution="`failure_queue`, through the task's `Catch`",
        captured_by="failure_queue",
        wired_in=("AWS::IAM::Policy",),
        resource_budget=6,
        emulator_proven=True,
    ),
    Pattern(
        name="FirehoseToLambda",
        source="Amazon Data Firehose stream",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the bucket, under `error_output_prefix`",
        execution="the bucket, under `error_output_prefix`",
        captured_by=None,
        wired_in=(),
        resource_budget=7,
        emulator_proven=True,
    ),
    Pattern(
        name="WebSocketApiToLambda",
        source="API Gateway WebSocket API",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error message",
        execution="the client, as an error message",
        captured_by=None,
        wired_in=(),
        resource_budget=10,
        emulator_proven=True,
    ),
    Pattern(
        name="CloudFrontToLambda",
        source="CloudFront (Lambda@Edge)",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the viewer, as an error",
        execution="the viewer, as an error",
        captured_by=None,
        wired_in=(),
        resource_budget=1,
    ),
    Pattern(
        name="RestApiToLambda",
        source="API Gateway REST API",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error",
        execution="the client, as an error",
        captured_by=None,
        wired_in=(),
        resource_budget=8,
        emulator_proven=True,
    ),
    Pattern(
        name="S3ToLambda",
        source="S3 bucket notification",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="nowhere: S3 retries, but has no dead-letter queue",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=10,
        emulator_proven=True,
    ),
    Pattern(
        name="EventBridgeToLambda",
        source="EventBridge rule",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="`dead_letter_queue`: by default `failure_queue`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig", "AWS::Events::Rule"),
        resource_budget=5,
        emulator_proven=True,
    ),
    Pattern(
        name="SnsToLambda",
        source="SNS topic",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="`dead_letter_queue`: by default `failure_queue`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig", "AWS::SNS::Subscription"),
        resource_budget=7,
        emulator_proven=True,
    ),
    Pattern(
        name="ScheduleToLambda",
        source="EventBridge Scheduler",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="`dead_letter_queue`: by default `failure_queue`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig", "AWS::Scheduler::Schedule"),
        resource_budget=6,
        emulator_proven=True,
    ),
    Pattern(
        name="IotToLambda",
        source="IoT rule",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="error action to `dead_letter_queue`: by default `failure_queue`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=7,
        emulator_proven=True,
    ),
    Pattern(
        name="S3EventBridgeToLambda",
        source="S3 through EventBridge",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="`dead_letter_queue`: by default `failure_queue`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig", "AWS::Events::Rule"),
        resource_budget=7,
        emulator_proven=True,
    ),
    Pattern(
        name="AsyncInvocation",
        source="Direct invocation with `InvocationType=Event`",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="the caller, as an error",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=3,
        emulator_proven=True,
    ),
    Pattern(
        name="LogsToLambda",
        source="CloudWatch Logs subscription filter",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="nowhere: CloudWatch Logs retries for 24 hours, but has no dead-letter queue",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=6,
        emulator_proven=True,
    ),
    Pattern(
        name="AlarmToLambda",
        source="CloudWatch alarm",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="nowhere: CloudWatch tries until Lambda takes it, but has no dead-letter queue",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=4,
        emulator_proven=True,
    ),
    Pattern(
        name="SesToLambda",
        source="SES receipt rule",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="nowhere: SES has no dead-letter queue",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=6,
    ),
    Pattern(
        name="ConfigRuleToLambda",
        source="AWS Config rule",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="nowhere: Config has no dead-letter queue",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=5,
    ),
    Pattern(
        name="CustomResourceToLambda",
        source="CloudFormation custom resource",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="the stack, as an error",
        execution="the stack, as an error",
        captured_by=None,
        wired_in=(),
        resource_budget=1,
        emulator_proven=True,
    ),
    Pattern(
        name="RestApiToLambdaAsync",
        source="API Gateway REST API, asynchronously",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="the client, as an error",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig",),
        resource_budget=11,
        emulator_proven=True,
    ),
    Pattern(
        name="CodeCommitToLambda",
        source="CodeCommit repository, through EventBridge",
        model=InvocationModel.ASYNCHRONOUS,
        delivery="`dead_letter_queue`: by default `failure_queue`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventInvokeConfig", "AWS::Events::Rule"),
        resource_budget=6,
    ),
    Pattern(
        name="SqsToLambda",
        source="SQS queue",
        model=InvocationModel.POLL,
        delivery="the queue, until its retention ends, if Lambda cannot poll it; if throttled: its `dead_letter_queue`",
        execution="`dead_letter_queue` of the queue",
        captured_by="dead_letter_queue",
        wired_in=("AWS::SQS::Queue",),
        resource_budget=5,
        emulator_proven=True,
    ),
    Pattern(
        name="KinesisToLambda",
        source="Kinesis data stream",
        model=InvocationModel.POLL,
        delivery="the stream, until its retention ends, if Lambda cannot poll it; if throttled: `failure_queue`, or "
        "`on_failure`, after `max_record_age`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventSourceMapping",),
        resource_budget=4,
        emulator_proven=True,
    ),
    Pattern(
        name="DynamoDbToLambda",
        source="DynamoDB stream",
        model=InvocationModel.POLL,
        delivery="the stream, until its retention ends, if Lambda cannot poll it; if throttled: `failure_queue`, or "
        "`on_failure`, after `max_record_age`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventSourceMapping",),
        resource_budget=4,
        emulator_proven=True,
    ),
    Pattern(
        name="MskToLambda",
        source="Amazon MSK",
        model=InvocationModel.POLL,
        delivery="`failure_queue`, or `on_failure`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventSourceMapping",),
        resource_budget=4,
    ),
    Pattern(
        name="KafkaToLambda",
        source="Self-managed Apache Kafka",
        model=InvocationModel.POLL,
        delivery="`failure_queue`, or `on_failure`",
        execution="`failure_queue`, or `on_failure`",
        captured_by="failure_queue",
        wired_in=("AWS::Lambda::EventSourceMapping",),
        resource_budget=3,
    ),
    Pattern(
        name="MqToLambda",
        source="Amazon MQ",
        model=InvocationModel.POLL,
        delivery="nowhere: the broker delivers again until the message expires",
        execution="nowhere: Lambda has no failure target for Amazon MQ; dead-letter in the broker",
        captured_by=None,
        wired_in=(),
        resource_budget=1,
    ),
    Pattern(
        name="DocumentDbToLambda",
        source="DocumentDB change stream",
        model=InvocationModel.POLL,
        delivery="nowhere: Lambda retries until the change stream no longer keeps the change",
        execution="nowhere: Lambda has no failure target for DocumentDB",
        captured_by=None,
        wired_in=(),
        resource_budget=1,
    ),
    Pattern(
        name="RestApiToSqsToLambda",
        source="API Gateway REST API, through an SQS queue",
        model=InvocationModel.POLL,
        delivery="the client, as an error; once on the queue, as of `SqsToLambda`",
        execution="`dead_letter_queue` of the queue",
        captured_by="dead_letter_queue",
        wired_in=("AWS::SQS::Queue",),
        resource_budget=14,
        emulator_proven=True,
    ),
    Pattern(
        name="RestApiToStateMachine",
        source="API Gateway REST API, through Step Functions",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error",
        execution="the execution, which Step Functions keeps for 90 days",
        captured_by=None,
        wired_in=(),
        resource_budget=9,
        emulator_proven=True,
    ),
    Pattern(
        name="JobApi",
        source="API Gateway REST API, through Step Functions",
        model=InvocationModel.SYNCHRONOUS,
        delivery="the client, as an error",
        execution="`failure_queue`, and the execution",
        captured_by="failure_queue",
        wired_in=("AWS::StepFunctions::StateMachine",),
        resource_budget=20,
        emulator_proven=True,
    ),
)


def model_of(pattern: object) -> InvocationModel:
    """Return the invocation model of a pattern, or of a class derived from one.

    Raises
    ------
    TypeError
        If it is no pattern of the catalog.
    """
    models = {entry.name: entry.model for entry in PATTERNS}
    for base in type(pattern).__mro__:
        if base.__name__ in models:
            return models[base.__name__]
    raise TypeError(f"expected a pattern of this library, got {pattern!r}; pass one such as S3ToLambda(...)")
