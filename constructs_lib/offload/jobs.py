"""A job API: long work behind an API, with a status to ask for."""

from typing import Unpack

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue, acknowledge_wildcard
from constructs_lib.alarms import WatchedAlarm
from constructs_lib.checks import check_function, check_kinds, check_range
from constructs_lib.failure import FailureQueue, watch
from constructs_lib.grants import allow_sending
from constructs_lib.offload.integrations import api_role, last_event, method_responses, start_execution
from constructs_lib.offload.job_states import job_states
from constructs_lib.offload.job_status import ACCEPTED, NO_SUCH_JOB, STATUS
from constructs_lib.offload.sqs import add_post
from constructs_lib.offload.stacks import check_stacks
from constructs_lib.rest_apis import RestApiOptions, rest_api, root_of, watch_rest_api
from constructs_lib.target_keys import warn_of_key
from constructs_lib.types import AnyFunction, AnyRestApi, AnyTopic


class JobApi(Construct):
    """An API for work that takes longer than a client waits: start a job, ask how it is, hear when it is done.

    - ``POST /jobs`` with a JSON object answers 202 with ``{"jobId": "...", "status": "queued"}`` and ``Location``; 400
      or 413 if the body does not fit the schema or is over 256 KiB.
    - ``GET /jobs/{id}`` answers ``queued`` until the handler is invoked, and while a failed or throttled attempt waits
      for the next; ``running``; ``succeeded`` with the ``result``; or ``failed`` with the ``error``. 404 if there is no
      such job. Step Functions keeps that for 90 days, and tells it 20 times a second in an account and Region, 400
      times at once (AWS: step-functions/service-quotas).
    - Either answers 429 if Step Functions throttles: the client may try again.
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
        Default: 2. Throttling and errors of the Lambda service are retried 12 times besides, after random waits: for
        14 minutes on average, half an hour at most.
    topic
        Hears of every job that is done; standard. Default: a new one, TLS only.
    api
        An owned or imported REST API to add to. Default: a new one.
    alarm_topic
        Notified by the alarms of the failure queue, the executions and the API; of an imported API there is none.
        Default: they notify nobody.
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
        If a number is out of its range, if ``topic`` is FIFO, or if a setting of a new API comes with ``api``. If the
        stack of ``api`` is not that of the pattern, but that of something that the pattern needs, too.
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
        check_kinds(self, topic=topic, api=api, alarm_topic=alarm_topic)
        check_range(self, "retry_attempts", retry_attempts, 0, 10)
        if topic is not None and topic.fifo:
            raise ValueError(
                f"{self.node.path}: expected topic to be a standard topic, got the FIFO {topic.node.path}; jobs run "
                "side by side, and have no order to keep: use a standard one"
            )
        check_stacks(
            self,
            api,
            Stack.of(self),
            function=function.function_arn,
            topic=topic.topic_arn if topic else None,
            alarm_topic=alarm_topic.topic_arn if alarm_topic else None,
        )
        self.function = function
        self.topic = topic or sns.Topic(self, "Topic", enforce_ssl=True)
        self.failure_queue = FailureQueue(self, "FailureQueue", alarm_topic=alarm_topic)
        self.state_machine = self._make_state_machine(retry_attempts)
        self.api = rest_api(self, api, None, options)
        jobs = root_of(self, self.api).resource_for_path(path)
        role = api_role(self)
        add_post(self, jobs, start_execution(self.state_machine, role, ACCEPTED), request_schema)
        jobs.add_resource("{id}").add_method(
            "GET",
            last_event(self.state_machine, role, STATUS, NO_SUCH_JOB),
            request_parameters={"method.request.path.id": True},
            method_responses=method_responses("200", "404"),
        )
        acknowledge_no_dead_letter_queue(function, "Step Functions invokes synchronously, which uses no such queue")
        self.alarms = [
            watch(self.failure_queue, None),
            *watch_rest_api(self, self.api, alarm_topic, watches_more=True),
            *self._watch_executions(alarm_topic),
        ]

    def _make_state_machine(self, retry_attempts: int) -> stepfunctions.StateMachine:
        machine = stepfunctions.StateMachine(
            self,
            "StateMachine",
            definition_body=stepfunctions.DefinitionBody.from_chainable(
                job_states(self, self.function, self.failure_queue, self.topic, retry_attempts)
            ),
            tracing_enabled=True,
            logs=stepfunctions.LogOptions(
                destination=logs.LogGroup(self, "StateMachineLog", retention=logs.RetentionDays.ONE_MONTH),
                level=stepfunctions.LogLevel.ALL,
            ),
        )
        allow_sending(machine, self.topic.master_key)
        warn_of_key(
            self,
            "lambda-invocation-constructs:jobTopicKey",
            self.topic,
            self.topic.master_key,
            sender="the state machine's role",
            loss="jobs are done, but nobody is told",
        )
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
