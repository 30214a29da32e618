"""A bucket can be the on-failure destination, but not the on-success one."""

from collections.abc import Iterator

from constructs_lib.graph.arn import resource_of, service_of
from constructs_lib.graph.failures.asynchronous import all_async_configs
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class SuccessDestinationBucket(Rule):
    """An asynchronous configuration whose on-success destination is a bucket."""

    severity = Severity.ERROR
    description = (
        "The on-success destination of an asynchronous configuration is an S3 bucket. Lambda writes to buckets on "
        "failure only, so that the records of successful events never arrive."
    )
    fix = (
        "CDK: on_success=SqsDestination(results), or a topic, a function or an event bus; S3Destination for on_failure "
        "only. CloudFormation: the same in DestinationConfig.OnSuccess.Destination."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the destinations."""
        for config in world.once(all_async_configs):
            place = config.properties.get("DestinationConfig.OnSuccess.Destination")
            bucket = resource_of(world, place.resource.template, place.value)
            if service_of(place.value) == "s3" or (bucket is not None and bucket.type == "AWS::S3::Bucket"):
                name = f"bucket {bucket.label}" if bucket else "a bucket"
                yield self.finding(
                    place.resource,
                    place.dotted,
                    f"{place.resource.label} names {name} as the on-success destination, but Lambda writes to buckets "
                    "on failure only: no record of a success arrives. Send it to a queue, a topic, a function or an "
                    "event bus.",
                )
