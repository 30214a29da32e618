"""The metrics that a mapping publishes: those that the user wants, and those that the pattern's alarms need."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

_OF_EVERY_SOURCE = (lambda_.MetricType.EVENT_COUNT,)


def mapping_metrics(
    pattern: Construct,
    given: lambda_.MetricsConfig | None,
    needed: lambda_.MetricsConfig | None = None,
    *,
    kafka: bool = False,
) -> lambda_.MetricsConfig | None:
    """Return the metrics of a mapping: what is given, and what its alarms need besides.

    Parameters
    ----------
    pattern
        Whose mapping it is.
    given
        What the user wants.
    needed
        What the pattern's own alarms need.
    kafka
        Whether the source is Kafka, which alone has more than ``EVENT_COUNT`` (AWS: lambda/monitoring-metrics-types).

    Raises
    ------
    ValueError
        If the source does not have one of the metrics.
    """
    if given is None:
        return needed
    foreign = [] if kafka else [metric.name for metric in given.metrics if metric not in _OF_EVERY_SOURCE]
    if foreign:
        raise ValueError(
            f"{pattern.node.path}: expected metrics_config with EVENT_COUNT only, got {', '.join(foreign)}; only "
            "Kafka mappings publish other metrics"
        )
    wanted = [*given.metrics, *(needed.metrics if needed is not None else [])]
    return lambda_.MetricsConfig(metrics=list(dict.fromkeys(wanted)))
