"""AWS IoT rule to a function."""

from typing import Unpack

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from constructs import Construct

from constructs_lib.asynchronous.delivered import DeliveredPattern
from constructs_lib.asynchronous.pattern import ExecutionOptions
from constructs_lib.types import AnyFunction, AnyQueue


class IotToLambda(DeliveredPattern):
    """A rule that hands messages of devices to a function, asynchronously.

    Messages arrive at least once and in no order: the handler must bear seeing one twice. What the handler returns is
    dropped, unless there is an ``on_success`` destination; a handler that cannot do the work must raise.

    Where a failed event goes
        *delivery*: the error action of the rule sends the message, in base64, with what failed and why, to
        ``dead_letter_queue`` (AWS: iot/rule-error-handling). What it cannot send is lost, and counted in
        ``ErrorActionFailure`` of the rule (AWS: iot/metrics_dimensions). *execution*: after the retries of Lambda the
        event goes to ``on_failure``. By default both are the failure queue beneath the function, which an alarm
        watches.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Owned, alias, version, or imported with its role.
    sql
        Which messages the function gets, and what of them, such as ``SELECT * FROM 'doors/+/opened'``.
    aws_iot_sql_version
        How AWS IoT reads ``sql``. Default: ``2016-03-23``, which AWS recommends (AWS: iot/iot-rule-sql-version).
    dead_letter_queue
        A standard queue for messages that could not be delivered. Default: ``failure_queue``, or a new one if that is
        none or is of another stack.
    options
        ``on_failure``, ``on_success``, ``retry_attempts``, ``max_event_age`` and ``alarm_topic`` of
        ``ExecutionOptions``.

    Attributes
    ----------
    rule : iot.CfnTopicRule
        The rule.
    role : iam.Role
        With which the error action fills the queue; it may do nothing else.
    dead_letter_queue
        Where messages wait that could not be delivered. The others are those of ``AsynchronousPattern``.

    Raises
    ------
    ValueError
        If ``dead_letter_queue`` is FIFO, if ``alarm_topic`` stands in the stack of this pattern but what it watches in
        another, and as ``AsynchronousPattern`` does.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        sql: str,
        aws_iot_sql_version: str = "2016-03-23",
        dead_letter_queue: AnyQueue | None = None,
        **options: Unpack[ExecutionOptions],
    ) -> None:
        super().__init__(scope, id, function=function, **options)
        account = Stack.of(self).account
        service = iam.ServicePrincipal("iot.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": account}})
        self.role = iam.Role(self, "Role", assumed_by=service)
        queue = self._catch_failed_deliveries(dead_letter_queue, self.role, options.get("alarm_topic"))
        self.role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn]))
        self.rule = iot.CfnTopicRule(
            self,
            "Rule",
            topic_rule_payload=iot.CfnTopicRule.TopicRulePayloadProperty(
                sql=sql,
                aws_iot_sql_version=aws_iot_sql_version,
                actions=[
                    iot.CfnTopicRule.ActionProperty(
                        lambda_=iot.CfnTopicRule.LambdaActionProperty(function_arn=function.function_arn)
                    )
                ],
                error_action=iot.CfnTopicRule.ActionProperty(
                    sqs=iot.CfnTopicRule.SqsActionProperty(queue_url=queue.queue_url, role_arn=self.role.role_arn)
                ),
            ),
        )
        self.rule.node.add_dependency(self.role)
        function.add_permission(
            "Permission",
            scope=self,
            principal=iam.ServicePrincipal("iot.amazonaws.com"),
            source_arn=self.rule.attr_arn,
            source_account=account,
        )
