"""Stacks may have alarms on metric math, which CloudFormation makes on AWS; ministack refuses them with their stack.

As its alarms ignore dimensions, none can be relied on anyway: such an alarm is made as one on its first metric.
"""

from typing import Any

from ministack.services.cloudformation import provisioners


def apply() -> None:
    """Let an alarm of several metrics be made."""
    record = provisioners._cw_metric_alarm_record

    def of_first_metric(name: str, properties: dict[str, Any]) -> Any:
        metrics = properties.get("Metrics") or []
        stats = [metric["MetricStat"] for metric in metrics if metric.get("MetricStat")]
        if not stats:
            return record(name, properties)
        first = stats[0]
        rest = {key: value for key, value in properties.items() if key != "Metrics"}
        return record(name, {**rest, **first["Metric"], "Statistic": first["Stat"], "Period": first["Period"]})

    provisioners._cw_metric_alarm_record = of_first_metric
