"""Properties that CloudFormation sets on AWS and ministack drops.

``DeadLetterConfig`` (F1) and ``ReservedConcurrentExecutions`` (A9, W6) of a function, ``Targets`` of a target group
(Y3), the batch size of a stream's mapping, 100 by default (section 3.1), and what a method of a REST API validates:
``RequestValidatorId``, and the validator itself.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import alb, apigateway_v1, lambda_svc
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]


def apply() -> None:
    """Let these types set what they drop, on creation and on update."""
    _afterwards("AWS::Lambda::Function", _function)
    _afterwards("AWS::ElasticLoadBalancingV2::TargetGroup", _target_group)
    _afterwards("AWS::Lambda::EventSourceMapping", _mapping)
    _afterwards("AWS::ApiGateway::RequestValidator", _validator)
    _afterwards("AWS::ApiGateway::Method", _method)


def _afterwards(kind: str, complete: Callable[[str, Properties], None]) -> None:
    handler = provisioners._RESOURCE_HANDLERS[kind]
    create, update = handler["create"], handler["update"]

    def created(logical_id: str, properties: Properties, *rest: Any) -> Any:
        result = create(logical_id, properties, *rest)
        complete(result[0], properties)
        return result

    def updated(physical_id: str, old: Properties, new: Properties, *rest: Any, **more: Any) -> Any:
        result = update(physical_id, old, new, *rest, **more)
        complete(result[0], new)
        return result

    handler.update(create=created, update=updated)


def _function(name: str, properties: Properties) -> None:
    function = lambda_svc._functions[name]
    reserved = properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    function["config"]["DeadLetterConfig"] = properties.get("DeadLetterConfig") or {}


def _target_group(arn: str, properties: Properties) -> None:
    alb._targets[arn] = [dict(target) for target in properties.get("Targets", [])]


def _mapping(uuid: str, properties: Properties) -> None:
    mapping = lambda_svc._esms[uuid]
    if "BatchSize" not in properties and ":sqs:" not in mapping["EventSourceArn"]:
        mapping["BatchSize"] = 100


def _validator(validator: str, properties: Properties) -> None:
    apigateway_v1._request_validators.setdefault(properties["RestApiId"], {})[validator] = {
        "id": validator,
        "name": properties.get("Name", ""),
        "validateRequestBody": bool(properties.get("ValidateRequestBody")),
        "validateRequestParameters": bool(properties.get("ValidateRequestParameters")),
    }


def _method(_: str, properties: Properties) -> None:
    resource = apigateway_v1._resources[properties["RestApiId"]][properties["ResourceId"]]
    method = resource["resourceMethods"][properties["HttpMethod"]]
    method["requestValidatorId"] = properties.get("RequestValidatorId")
