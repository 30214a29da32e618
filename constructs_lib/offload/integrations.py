"""Integrations of a REST API with AWS services, with no code of ours between the two."""

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_wildcard

_JSON = "application/json"
_FAILED = '{"message": "the service failed, try again"}'


def api_role(scope: Construct) -> iam.Role:
    """Return a role for API Gateway to call services with."""
    return iam.Role(scope, "ApiRole", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"))


def send_message(queue: sqs.IQueue, role: iam.Role) -> apigateway.AwsIntegration:
    """Put the request's body on a queue as it is; answer 202 with the message's id."""
    role.add_to_policy(iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn]))
    if queue.encryption_master_key is not None:
        queue.encryption_master_key.grant(role, "kms:Decrypt", "kms:GenerateDataKey")
    return _integration(
        "sqs",
        role,
        path=f"{Aws.ACCOUNT_ID}/{queue.queue_name}",
        content_type="application/x-www-form-urlencoded",
        request="Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
        success=("202", '{"messageId": "$input.path(\'$.SendMessageResponse.SendMessageResult.MessageId\')"}'),
    )


def start_execution(machine: stepfunctions.IStateMachine, role: iam.Role, answer: str) -> apigateway.AwsIntegration:
    """Start a state machine with the request's body as input; answer 202.

    Parameters
    ----------
    answer
        The template of the answer, in which ``$id`` is the execution's name.
    """
    role.add_to_policy(iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine.state_machine_arn]))
    # escapeJavaScript escapes single quotes, too, which JSON does not know.
    body = '$util.escapeJavaScript($input.body).replaceAll("\\\\\'", "\'")'
    return _integration(
        "states",
        role,
        action="StartExecution",
        content_type="application/x-amz-json-1.0",
        request=f'{{"stateMachineArn": "{machine.state_machine_arn}", "input": "{body}"}}',
        success=("202", "#set($parts = $input.path('$.executionArn').split(':'))\n#set($id = $parts[7])\n" + answer),
    )


def describe_execution(
    machine: stepfunctions.StateMachine, role: iam.Role, answer: str, missing: str
) -> apigateway.AwsIntegration:
    """Describe the execution that the path parameter ``id`` names; answer 200, or 404 if there is none.

    Parameters
    ----------
    answer, missing
        The templates of the two answers.
    """
    executions = Stack.of(machine).format_arn(
        service="states",
        resource="execution",
        resource_name=machine.state_machine_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    role.add_to_policy(iam.PolicyStatement(actions=["states:DescribeExecution"], resources=[f"{executions}:*"]))
    acknowledge_wildcard(role, "Executions get their names when they start", f"{executions}:*")
    return _integration(
        "states",
        role,
        action="DescribeExecution",
        content_type="application/x-amz-json-1.0",
        request=f'{{"executionArn": "{executions}:$util.escapeJavaScript($input.params(\'id\'))"}}',
        success=("200", answer),
        # Step Functions answers 400 to throttled and denied calls, too: those are no answer about the job.
        refused=(
            "404",
            "#set($type = $input.path('$.__type'))\n"
            "#if($type && ($type.contains('ExecutionDoesNotExist') || $type.contains('InvalidArn')))\n"
            f"{missing}\n#else\n#set($context.responseOverride.status = 500)\n{_FAILED}\n#end",
        ),
    )


def method_responses(*statuses: str) -> list[apigateway.MethodResponse]:
    """Return what a method must declare to answer with these statuses, and with the errors of every integration."""
    return [apigateway.MethodResponse(status_code=status) for status in (*statuses, "400", "500")]


def _integration(
    service: str,
    role: iam.Role,
    *,
    content_type: str,
    request: str,
    success: tuple[str, str],
    path: str | None = None,
    action: str | None = None,
    refused: tuple[str, str] = ("500", _FAILED),
) -> apigateway.AwsIntegration:
    # The request was validated before: what the service still refuses is throttled or denied, and not the client's.
    outcomes = ((None, success), ("4\\d{2}", refused), ("5\\d{2}", ("500", _FAILED)))
    responses = [
        apigateway.IntegrationResponse(
            status_code=status, selection_pattern=pattern, response_templates={_JSON: template}
        )
        for pattern, (status, template) in outcomes
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
