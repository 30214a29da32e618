"""Starts a state machine by schedule."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from constructs_lib.delivery import delivery_dead_letter_queue
from constructs_lib.types import AnyQueue, AnyTopic


def start_by_schedule(
    scope: Construct,
    machine: stepfunctions.StateMachine,
    schedule: scheduler.ScheduleExpression,
    alarm_topic: AnyTopic | None,
) -> tuple[scheduler.Schedule, AnyQueue]:
    """Return the schedule, and the queue for starts that failed, which an alarm watches.

    Parameters
    ----------
    scope
        Where both stand in the construct tree.
    machine
        What is started, with an empty input.
    schedule
        When.
    alarm_topic
        Notified when a start failed.
    """
    stack = Stack.of(scope)
    group = stack.format_arn(service="scheduler", resource="schedule-group", resource_name="default")
    conditions = {"StringEquals": {"aws:SourceAccount": stack.account, "aws:SourceArn": group}}
    role = iam.Role(
        scope, "ScheduleRole", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=conditions)
    )
    queue = delivery_dead_letter_queue(scope, None, None, role, alarm_topic)
    for action, resource in (
        ("sqs:SendMessage", queue.queue_arn),
        ("states:StartExecution", machine.state_machine_arn),
    ):
        role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
    target = targets.StepFunctionsStartExecution(
        machine,
        role=role.without_policy_updates(),
        input=scheduler.ScheduleTargetInput.from_object({}),
        dead_letter_queue=queue,
    )
    made = scheduler.Schedule(scope, "Schedule", schedule=schedule, target=target)
    made.node.add_dependency(role)
    return made, queue
