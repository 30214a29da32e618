"""``.venv-constructs/bin/python solutions_constructs.py SOURCE FOLDER ENVIRONMENT HANDLER RUNTIME STACK SHARDS``.

Writes the assembly of a stack with AWS Solutions Constructs and their defaults. They pin a version of aws-cdk-lib,
hence an environment of their own, and this file imports nothing of ours. Without arguments it prints their versions.
"""

import importlib
import json
import sys
from importlib.metadata import version
from typing import Any

PACKAGES = {
    "S3": ("aws_s3_lambda", "S3ToLambda"),
    "SNS": ("aws_sns_lambda", "SnsToLambda"),
    "EventBridge": ("aws_eventbridge_lambda", "EventbridgeToLambda"),
    "SQS": ("aws_sqs_lambda", "SqsToLambda"),
    "Kinesis": ("aws_kinesis_streams_lambda", "KinesisStreamsToLambda"),
    "REST API": ("aws_apigateway_lambda", "ApiGatewayToLambda"),
}


def main() -> None:
    """Do as the arguments say."""
    if len(sys.argv) == 1:
        names = ("aws-solutions-constructs.core", "aws-cdk-lib")
        print(json.dumps({name: version(name) for name in names}))
        return
    source, folder, environment, handler, runtime, stack_name, shards = sys.argv[1:]
    cdk: Any = importlib.import_module("aws_cdk")
    lambda_: Any = importlib.import_module("aws_cdk.aws_lambda")
    app = cdk.App(outdir=folder)
    stack = cdk.Stack(app, stack_name)
    settings: dict[str, Any] = {
        "lambda_function_props": lambda_.FunctionProps(
            code=lambda_.Code.from_asset(handler, exclude=["__pycache__"]),
            handler="index.handler",
            runtime=lambda_.Runtime(runtime, lambda_.RuntimeFamily.PYTHON),
            timeout=cdk.Duration.seconds(1),
            environment={**json.loads(environment), "ANSWER": "whole"},
        )
    }
    if source == "EventBridge":
        settings["event_rule_props"] = {"event_pattern": {"source": ["orders"]}}
    elif source == "Kinesis":  # the same stream for all
        settings["kinesis_stream_props"] = {"shard_count": int(shards)}
    module, name = PACKAGES[source]
    built = getattr(importlib.import_module(f"aws_solutions_constructs.{module}"), name)(stack, "Pattern", **settings)
    for output, value in _outputs(source, built).items():
        cdk.CfnOutput(stack, f"{output}Output", value=value).override_logical_id(output)
    app.synth()


def _outputs(source: str, built: Any) -> dict[str, str]:
    match source:
        case "S3":
            return {"Bucket": built.s3_bucket.bucket_name}
        case "SNS":
            return {"Topic": built.sns_topic.topic_arn}
        case "SQS":
            return {"Queue": built.sqs_queue.queue_url, "Failures": built.dead_letter_queue.queue.queue_url}
        case "Kinesis":
            queue = built.node.find_child("SqsDlqQueue")
            return {"Stream": built.kinesis_stream.stream_name, "Failures": queue.queue_url}
        case "REST API":
            api = built.api_gateway
            return {"Api": api.rest_api_id, "Stage": api.deployment_stage.stage_name}
        case _:
            return {}


if __name__ == "__main__":
    main()
