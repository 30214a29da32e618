"""A job API: long work behind an API, with a status to ask for."""

from typing import Unpack

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue, acknowledge_wildcard
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_function, check_kinds, check_range
from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.failure import FailureQueue, watch
from constructs_lib.grants import allow_sending
from constructs_lib.offload.integrations import api_role, describe_execution, method_responses, start_execution
from constructs_lib.offload.sqs import add_post
from constructs_lib.rest_apis import RestApiOptions, rest_api, root_of, watch_rest_api
from constructs_lib.synchronous.state_machine import SERVICE_ERRORS
from constructs_lib.timeouts import function_timeout_seconds
from constructs_lib.types import AnyFunction, AnyRestApi, AnyTopic

_GRACE_SECONDS = 10  # for Step Functions to hear of a function that has timed out
_ACCEPTED = """\
#set($context.responseOverride.header.Location = "$context.path/$id")
{"jobId": "$id", "status": "queued"}"""
_STATUS = """\
#set($id = $util.escapeJavaScript($input.params('id')))
#set($status = $input.path('$.status'))
#if($status == 'RUNNING' || $status == 'PENDING_REDRIVE')
{"jobId": "$id", "status": "running"}
#elseif($status == 'SUCCEEDED')
{"jobId": "$id", "status": "succeeded", "result": $input.path('$.output')}
#else
#set($error = $input.path('$.error'))
#if(!$error || $error == '')
#set($error = $status)
#end
{"jobId": "$id", "status": "failed", "error": "$util.escapeJavaScript($error).replaceAll("\\\\'", "'")"}
#end"""
_NO_SUCH_JOB = '{"message": "no such job"}'


class JobApi(Construct):
    """An API for work that takes longer than a client waits: start a job, ask how it is, hear when it is done.

    - ``POST /jobs`` with a JSON object answers 202 with ``{"jobId": "...", "status": "queued"}`` and ``Location``.
    - ``GET /jobs/{id}`` answers ``running``, ``succeeded`` with the ``result``, or ``failed`` with the ``error``;
      404 if there is no such job. Step Functions keeps that for 90 days.
    - The topic gets ``{"jobId": "...", "status": "succeeded"}`` or ``"failed"``.

    Each job is an execution of a state machine; there is no code between API and service. The handler gets
    ``{"jobId": "...", "input": <the body>}`` and returns the result, up to 256 KiB. It may be invoked again for the
    same job, after an error or without one: ``jobId`` tells. A client that lost the answer starts another job.

    Where a failed event goes
        *delivery*: the client gets an error while the job has not started. *execution*: after the retries the job's id,
        input and error go to the failure queue, which an alarm watches; the topic is told, and ``GET`` answers
        ``failed``. A result over 256 KiB, or an execution that somebody aborts, ends as ``failed`` without the queue;
        alarms watch that, and the execution keeps the input.

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    function
        Does the work. Owned, alias, version or imported.
    path
        Default: ``"jobs"``.
    request_schema
        What a body must be. Default: any JSON object.
    retry_attempts
        How often a failed job is tried again, 0 to 10, ten seconds later and then twice as long each time.
        Default: 2. Throttling and errors of the Lambda service are retried besides, for about half an hour.
    topic
        Hears of every job that is done. Default: a new one, TLS only.
    api
        An owned or imported REST API to add to. Default: a new one.
    alarm_topic
        Notified by the alarms of the API and the failure queue. Default: they notify nobody.
    options
        The settings of a new API: ``RestApiOptions``.

    Attributes
    ----------
    function, topic, api
        What was given or made.
    state_machine : stepfunctions.StateMachine
        One execution a job.
    failure_queue : FailureQueue
        Where failed jobs wait.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If a number is out of its range, or a setting of a new API comes with ``api``.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: AnyFunction,
        path: str = "jobs",
        request_schema: apigateway.JsonSchema | None = None,
        retry_attempts: int = 2,
        topic: AnyTopic | None = None,
        api: AnyRestApi | None = None,
        alarm_topic: AnyTopic | None = None,
        **options: Unpack[RestApiOptions],
    ) -> None:
        super().__init__(scope, id)
        check_function(self, function)
        check_kinds(self, topic=topic, alarm_topic=alarm_topic)
        check_range(self, "retry_attempts", retry_attempts, 0, 10)
        self.function = function
        self.topic = topic or sns.Topic(self, "Topic", enforce_ssl=True)
        self.failure_queue = FailureQueue(self, "FailureQueue", alarm_topic=alarm_topic)
        self.state_machine = self._make_state_machine(retry_attempts)
        self.api = rest_api(self, api, None, options)
        jobs = root_of(self, self.api).resource_for_path(path)
        role = api_role(self)
        add_post(self, jobs, start_execution(self.state_machine, role, _ACCEPTED), request_schema)
        jobs.add_resource("{id}").add_method(
            "GET",
            describe_execution(self.state_machine, role, _STATUS, _NO_SUCH_JOB),
            request_parameters={"method.request.path.id": True},
            method_responses=method_responses("200", "404"),
        )
        acknowledge_no_dead_letter_queue(function, "Step Functions invokes synchronously, which uses no such queue")
        self.alarms = [
            watch(self.failure_queue, None),
            *watch_rest_api(self, self.api, alarm_topic),
            *self._watch_executions(alarm_topic),
        ]

    def _make_state_machine(self, retry_attempts: int) -> stepfunctions.StateMachine:
        machine = stepfunctions.StateMachine(
            self,
            "StateMachine",
            definition_body=stepfunctions.DefinitionBody.from_chainable(self._states(retry_attempts)),
            tracing_enabled=True,
            logs=stepfunctions.LogOptions(
                destination=logs.LogGroup(self, "StateMachineLog", retention=logs.RetentionDays.ONE_MONTH),
                level=stepfunctions.LogLevel.ALL,
            ),
        )
        allow_sending(machine, self.topic.master_key)
        acknowledge(
            machine.role,
            "X-Ray and the delivery of logs have no resources to name: these actions only take *",
            "AwsSolutions-IAM5[Resource::*]",
        )
        acknowledge_wildcard(
            machine.role,
            "Step Functions may invoke any version of this one function",
            f"{self.function.function_arn}:*",
        )
        return machine

    def _states(self, retry_attempts: int) -> stepfunctions.IChainable:
        job_id = stepfunctions.JsonPath.string_at("$$.Execution.Name")
        timeout = function_timeout_seconds(self.function) or FUNCTION_TIMEOUT_MAX_SECONDS
        work = tasks.LambdaInvoke(
            self,
            "Work",
            lambda_function=self.function,
            payload=stepfunctions.TaskInput.from_object(
                {"jobId": job_id, "input": stepfunctions.JsonPath.entire_payload}
            ),
            payload_response_only=True,
            retry_on_service_exceptions=False,  # leaves throttling out
            task_timeout=stepfunctions.Timeout.duration(Duration.seconds(timeout + _GRACE_SECONDS)),
        )
        work.add_retry(
            errors=SERVICE_ERRORS,
            interval=Duration.seconds(2),
            backoff_rate=2,
            max_attempts=12,
            max_delay=Duration.minutes(5),
            jitter_strategy=stepfunctions.JitterType.FULL,
        )
        if retry_attempts:
            work.add_retry(max_attempts=retry_attempts, interval=Duration.seconds(10), backoff_rate=2)
        kept = {"jobId": job_id, "input": stepfunctions.JsonPath.entire_payload}
        keep = tasks.SqsSendMessage(
            self,
            "KeepFailedJob",
            queue=self.failure_queue,
            message_body=stepfunctions.TaskInput.from_object(kept),
            result_path=stepfunctions.JsonPath.DISCARD,
        )
        failed = stepfunctions.Fail(self, "Failed", error_path="$.failure.Error", cause_path="$.failure.Cause")
        tell_failed = self._publish("failed", job_id)
        tell_failed.add_catch(failed, result_path="$.notTold")
        _try_again(keep)
        # What is too large for a message stays in the execution; the job fails all the same, and the topic is told.
        keep.add_catch(tell_failed, result_path="$.notKept")
        work.add_catch(keep.next(tell_failed).next(failed), result_path="$.failure")
        succeeded = stepfunctions.Succeed(self, "Succeeded")
        tell_succeeded = self._publish("succeeded", job_id)
        tell_succeeded.add_catch(succeeded, result_path=stepfunctions.JsonPath.DISCARD)  # the work is done
        return work.next(tell_succeeded).next(succeeded)

    def _watch_executions(self, alarm_topic: AnyTopic | None) -> list[cloudwatch.Alarm]:
        """Watch what no state can catch: a result or body too large for Step Functions, and aborted executions."""
        metrics = {"Failed": self.state_machine.metric_failed, "Aborted": self.state_machine.metric_aborted}
        return [
            WatchedAlarm(
                self,
                f"Executions{name}Alarm",
                metric=metric(period=Duration.minutes(5), statistic="Sum"),
                threshold=1,
                description=f"Jobs of {self.node.path} {name.lower()}: see the failure queue, or else the executions.",
                alarm_topic=alarm_topic,
            )
            for name, metric in metrics.items()
        ]

    def _publish(self, status: str, job_id: str) -> tasks.SnsPublish:
        publish = tasks.SnsPublish(
            self,
            f"Publish{status.capitalize()}",
            topic=self.topic,
            message=stepfunctions.TaskInput.from_object({"jobId": job_id, "status": status}),
            result_path=stepfunctions.JsonPath.DISCARD,
        )
        _try_again(publish)
        return publish


def _try_again(task: stepfunctions.TaskStateBase) -> None:
    task.add_retry(max_attempts=6, interval=Duration.seconds(2), backoff_rate=2)
