"""The schema registry of a Kafka mapping, which the poller reads as the function."""

import json
from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge
from constructs_lib.types import AnyFunction, AnySchemaRegistry

_SCHEMAS = ":schema/${registryName}/*"  # as the policy of CDK's GlueSchemaRegistry names them


def use_registry(
    pattern: Construct, mapping: lambda_.EventSourceMapping, function: AnyFunction, registry: AnySchemaRegistry
) -> None:
    """Set a registry on a Kafka mapping, and let the function read it and the secret it is reached with.

    CDK's own way would grant this in the function's stack, which may not name what stands in the pattern's.
    """
    reader = _reader(pattern, function)
    bound = registry.bind(mapping, cast(lambda_.IFunction, reader))
    if reader.role is not None:
        _acknowledge_schemas(reader.role)
    resource = cast(lambda_.CfnEventSourceMapping, mapping.node.default_child)
    managed = resource.event_source_arn is not None
    source = "AmazonManagedKafkaEventSourceConfig" if managed else "SelfManagedKafkaEventSourceConfig"
    config = {
        "SchemaRegistryURI": bound.schema_registry_uri,
        "EventRecordFormat": bound.event_record_format.value,
        "SchemaValidationConfigs": [{"Attribute": found.attribute.value} for found in bound.schema_validation_configs],
    }
    if bound.access_configs:
        config["AccessConfigs"] = [{"Type": found.type.type, "URI": found.uri} for found in bound.access_configs]
    resource.add_property_override(f"{source}.SchemaRegistryConfig", config)
    if reader is not function:
        mapping.node.add_dependency(cast(Construct, reader.node.scope))


def _reader(pattern: Construct, function: AnyFunction) -> AnyFunction:
    """Return what to grant to: for a function of another stack, one with a policy beneath the pattern."""
    if function.role is None or function.stack is Stack.of(pattern):
        return function
    scope = Construct(pattern, "SchemaRegistry")
    role = iam.Role.from_role_arn(scope, "Role", function.role.role_arn)
    return lambda_.Function.from_function_attributes(scope, "Reader", function_arn=function.function_arn, role=role)


def _acknowledge_schemas(role: IConstruct) -> None:
    for policy in role.node.find_all():
        if isinstance(policy, iam.CfnPolicy):
            for statement in Stack.of(policy).resolve(policy.policy_document)["Statement"]:
                resources = statement["Resource"]
                for resource in resources if isinstance(resources, list) else [resources]:
                    if isinstance(resource, dict) and _SCHEMAS in str(resource.get("Fn::Sub")):
                        found = json.dumps(resource["Fn::Sub"], separators=(",", ":"))
                        reason = "Which schemas of its registry the records name is not known beforehand"
                        acknowledge(policy, reason, f"AwsSolutions-IAM5[Resource::{found}]")
