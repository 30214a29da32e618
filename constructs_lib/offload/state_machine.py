"""REST API that starts a state machine."""

from typing import Unpack

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from constructs_lib.checks import check_kinds
from constructs_lib.offload.integrations import api_role, start_execution
from constructs_lib.offload.sqs import add_post
from constructs_lib.offload.stacks import check_stacks, scope_beside, stack_behind
from constructs_lib.rest_apis import RestApiOptions, rest_api, root_of, watch_rest_api
from constructs_lib.types import AnyRestApi, AnyStateMachine, AnyTopic


class RestApiToStateMachine(Construct):
    """A REST API that starts an execution of a state machine for each valid request and answers 202.

    ``POST`` takes a JSON body, which becomes the input as it is; the answer is ``{"executionId": "..."}``. A body that
    does not fit the schema is answered 400; one that Step Functions does not take, such as one over 256 KiB, 400 or
    413. 429 says that Step Functions throttles: the client may try again. A client that lost the answer sends the
    request again: another execution.

    Where a failed event goes
        *delivery*: the client gets an error while the execution has not started. *execution*: Step Functions keeps
        each standard execution for 90 days, with its input and error; what the state machine does about an error is
        its own affair (``StateMachineToLambda`` and ``JobApi`` make ones that lose nothing).

    Parameters
    ----------
    scope, id
        Where the construct stands in the construct tree.
    state_machine
        Owned or imported; standard, as executions of express ones are not kept.
    path
        Where requests are posted, such as ``"reports"``. Default: at the root.
    request_schema
        What a body must be. Default: any JSON object.
    api
        An owned or imported REST API to add to. Default: a new one.
    alarm_topic
        Notified by the alarm of the API. Default: it notifies nobody.
    options
        The settings of a new API: ``RestApiOptions``.

    Attributes
    ----------
    state_machine, api
        What was given or made.
    alarms : list of cloudwatch.Alarm
        All that watch this pattern.

    Raises
    ------
    ValueError
        If the state machine is express, if a setting of a new API comes with ``api``, if the root of an imported API is
        not known, or if ``alarm_topic`` is of the API's stack and the state machine of another.
    TypeError
        If a parameter is not such a CDK object.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        state_machine: AnyStateMachine,
        path: str | None = None,
        request_schema: apigateway.JsonSchema | None = None,
        api: AnyRestApi | None = None,
        alarm_topic: AnyTopic | None = None,
        **options: Unpack[RestApiOptions],
    ) -> None:
        super().__init__(scope, id)
        check_kinds(self, state_machine=state_machine, api=api, alarm_topic=alarm_topic)
        kind = getattr(state_machine, "state_machine_type", None)
        if kind is stepfunctions.StateMachineType.EXPRESS:
            raise ValueError(
                f"{self.node.path}: expected a standard state machine, got the express {state_machine.node.path}; "
                "nobody keeps the executions of that one: a failed request would be lost"
            )
        called = stack_behind(state_machine.state_machine_arn)
        check_stacks(self, api, called, alarm_topic=alarm_topic.topic_arn if alarm_topic else None)
        self.state_machine = state_machine
        self.api = rest_api(self, api, None, options)
        root = root_of(self, self.api)
        resource = root.resource_for_path(path) if path else root
        add_post(
            self,
            resource,
            # In the stack of the API, which then needs nothing of this one.
            start_execution(state_machine, api_role(scope_beside(self, resource)), '{"executionId": "$id"}'),
            request_schema,
        )
        self.alarms = watch_rest_api(self, self.api, alarm_topic)
