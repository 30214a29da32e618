"""Integrations of a REST API with AWS services, with no code of ours between the two."""

from typing import NamedTuple

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_wildcard
from constructs_lib.offload.templates import FAILED, THROTTLED, TOO_LARGE, escaped, refused

_JSON = "application/json"
_STEP_FUNCTIONS_ERROR = "$.__type"
_SQS_ERROR = "$.Error.Code"


class _Answer(NamedTuple):
    status: str
    template: str


def api_role(scope: Construct) -> iam.Role:
    """Return a role for API Gateway to call services with."""
    return iam.Role(scope, "ApiRole", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"))


def send_message(queue: sqs.IQueue, role: iam.Role) -> apigateway.AwsIntegration:
    """Put the request's body on a queue as it is; answer 202 with the message's id."""
    role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn]))
    if queue.encryption_master_key is not None:
        queue.encryption_master_key.grant(role, "kms:Decrypt", "kms:GenerateDataKey")
    bad = '{"message": "the body is too large for a message, or has characters that none may have"}'
    return _integration(
        "sqs",
        role,
        path=f"{Aws.ACCOUNT_ID}/{queue.queue_name}",
        content_type="application/x-www-form-urlencoded",
        request="Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
        success=_Answer("202", '{"messageId": "$input.path(\'$.SendMessageResponse.SendMessageResult.MessageId\')"}'),
        refusal=_Answer("400", refused(_SQS_ERROR, ["InvalidParameterValue", "InvalidMessageContents"], bad)),
    )


def start_execution(machine: stepfunctions.IStateMachine, role: iam.Role, answer: str) -> apigateway.AwsIntegration:
    """Start a state machine with the request's body as input; answer 202.

    Parameters
    ----------
    answer
        The template of the answer, in which ``$id`` is the execution's name.
    """
    role.add_to_policy(iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn]))
    bad = '{"message": "the body is too large for a state machine, or no input for one"}'
    return _integration(
        "states",
        role,
        action="StartExecution",
        content_type="application/x-amz-json-1.0",
        request=f'{{"stateMachineArn": "{machine.state_machine_arn}", "input": "{escaped("$input.body")}"}}',
        success=_Answer(
            "202", "#set($parts = $input.path('$.executionArn').split(':'))\n#set($id = $parts[7])\n" + answer
        ),
        refusal=_Answer("400", refused(_STEP_FUNCTIONS_ERROR, ["InvalidExecutionInput", "ValidationException"], bad)),
    )


def last_event(
    machine: stepfunctions.StateMachine, role: iam.Role, answer: str, missing: str
) -> apigateway.AwsIntegration:
    """Ask for the last event of the execution that the path parameter ``id`` names; answer 200, or 404 without one.

    The description of an execution would only say that it is running. The history may be asked for more often, too
    (AWS: step-functions/service-quotas).

    Parameters
    ----------
    answer, missing
        The templates of the two answers. The event is ``$.events[0]``.
    """
    executions = Stack.of(machine).format_arn(
        service="states",
        resource="execution",
        resource_name=machine.state_machine_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    role.add_to_policy(iam.PolicyStatement(actions=["states:GetExecutionHistory"], resources=[f"{executions}:*"]))
    acknowledge_wildcard(role, "Executions get their names when they start", f"{executions}:*")
    name = escaped("$input.params('id')")
    last = '"reverseOrder": true, "maxResults": 1, "includeExecutionData": true'
    # What is too long for an ARN is refused as ValidationException.
    no_execution = ["ExecutionDoesNotExist", "InvalidArn", "ValidationException"]
    return _integration(
        "states",
        role,
        action="GetExecutionHistory",
        content_type="application/x-amz-json-1.0",
        request=f'{{"executionArn": "{executions}:{name}", {last}}}',
        success=_Answer("200", answer),
        refusal=_Answer("404", refused(_STEP_FUNCTIONS_ERROR, no_execution, missing)),
    )


def method_responses(*statuses: str) -> list[apigateway.MethodResponse]:
    """Return what a method must declare to answer with these statuses, and with the errors of every integration."""
    every = dict.fromkeys((*statuses, "400", "413", "429", "500"))
    return [apigateway.MethodResponse(status_code=status) for status in every]


def _integration(
    service: str,
    role: iam.Role,
    *,
    content_type: str,
    request: str,
    success: _Answer,
    refusal: _Answer,
    path: str | None = None,
    action: str | None = None,
) -> apigateway.AwsIntegration:
    # API Gateway keeps one response for a status, and one of them, without a pattern, for all that fit none.
    answers = {
        "2\\d{2}": success,
        "40\\d": refusal,
        "413": _Answer("413", TOO_LARGE),
        "429": _Answer("429", THROTTLED),
        None: _Answer("500", FAILED),
    }
    responses = [
        apigateway.IntegrationResponse(
            status_code=answer.status, selection_pattern=pattern, response_templates={_JSON: answer.template}
        )
        for pattern, answer in answers.items()
    ]
    return apigateway.AwsIntegration(
        service=service,
        path=path,
        action=action,
        options=apigateway.IntegrationOptions(
            credentials_role=role,
            passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
            request_parameters={"integration.request.header.Content-Type": f"'{content_type}'"},
            request_templates={_JSON: request},
            integration_responses=responses,
        ),
    )
