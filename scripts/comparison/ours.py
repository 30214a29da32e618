"""What our rules find in the labelled templates."""

from functools import cache
from typing import Final

from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.engine import check
from constructs_lib.nag.finding import Finding, Severity
from scripts.comparison.defects import (
    ASYNC_LOST,
    BATCH_SIZE,
    BLOCKED,
    CLAIMS,
    COUNTED_INFORMATION,
    FIFO_TYPES,
    NOTIFICATION,
    OURS,
    PROVISIONED,
    REDRIVE,
    Claim,
)
from scripts.comparison.labels import Case, Found

OUR_CLAIMS: Final = {
    defect: Claim(defect)
    for defects in OURS.values()
    for defect in ([defects] if isinstance(defects, str) else defects.values())
} | {claim.defect: Claim(claim.defect) for claims in CLAIMS.values() for claim in claims.values()}
"""Our rules answer for all that any tool claims, by the name of the defect."""

BEYOND: Final[dict[tuple[str, str], str]] = {
    ("asynchronous/called-by-code.yaml", ASYNC_LOST): "only the code of another function says that it is invoked",
    ("polling/cdk-topic-queue.json", NOTIFICATION): "the rule looks at subscriptions of functions, not of queues",
    ("polling/cdk-msk-defaults.json", BLOCKED): "the rule looks at Kinesis and DynamoDB, not at Kafka",
    ("polling/kafka-retries.yaml", PROVISIONED): "the kind of a source with an unknown ARN is unknown",
    ("polling/cdk-dead-letter-consumer.json", REDRIVE): "only pointed out (info), as the chain has to end somewhere",
    ("polling/fifo-wrong.yaml", FIFO_TYPES): "left to cfn-lint (E3502) and to CDK's own validator, which have it",
    ("polling/fifo-wrong.yaml", BATCH_SIZE): "left to cfn-lint (E3705) and to CDK's own validator, which have it",
}
"""The labelled defects that no rule of ours finds, each with the reason."""


@cache
def findings(case: Case) -> tuple[Found, ...]:
    """Return the defects that our rules report, by name of the defect."""
    return tuple(
        Found(defect_of(one), one.resource.logical_id)
        for one in check(load_app([TemplateFile(case.path)]))
        if one.severity >= Severity.WARNING or one.rule in COUNTED_INFORMATION
    )


def defect_of(finding: Finding) -> str:
    """Return the defect that a finding is about."""
    defect = OURS[finding.rule]
    if isinstance(defect, str):
        return defect
    return defect.get(finding.resource.type) or defect[finding.severity.label]
