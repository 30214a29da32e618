from typing import Any

import pytest

from tests.emulator.bench import ACCOUNT, REGION, Bench

pytestmark = pytest.mark.e2e


def make_alarm(bench: Bench, **actions: Any) -> str:
    bench.clients["cloudwatch"].put_metric_alarm(
        AlarmName=bench.name("alarm"),
        AlarmDescription="too few",
        Namespace="Shop",
        MetricName="Orders",
        Dimensions=[{"Name": "Shop", "Value": "1"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        **actions,
    )
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{bench.name('alarm')}"


def set_state(bench: Bench, state: str) -> None:
    bench.clients["cloudwatch"].set_alarm_state(
        AlarmName=bench.name("alarm"), StateValue=state, StateReason=f"now {state}"
    )


def test_a_function_is_told_of_the_new_state_until_it_succeeds(bench: Bench) -> None:
    function = bench.function("assert before")
    alarm = make_alarm(bench, AlarmActions=[function])
    bench.permit(function, "lambda.alarms.cloudwatch.amazonaws.com", alarm)
    set_state(bench, "ALARM")
    event = bench.wait_for_calls(2)[1]["event"]
    assert (event["source"], event["alarmArn"], event["accountId"]) == ("aws.cloudwatch", alarm, ACCOUNT)
    data = event["alarmData"]
    assert data["alarmName"] == bench.name("alarm")
    assert (data["state"]["value"], data["state"]["reason"]) == ("ALARM", "now ALARM")
    assert data["previousState"]["value"] == "INSUFFICIENT_DATA"
    (metric,) = data["configuration"]["metrics"]
    assert metric["metricStat"]["metric"] == {"namespace": "Shop", "name": "Orders", "dimensions": {"Shop": "1"}}


@pytest.mark.slow_e2e
def test_only_the_actions_of_the_new_state_are_done_once_for_each_change(bench: Bench) -> None:
    function = bench.function("pass")
    bench.permit(function, "lambda.alarms.cloudwatch.amazonaws.com", make_alarm(bench, OKActions=[function]))
    for state in ("ALARM", "OK", "OK"):
        set_state(bench, state)
    (call,) = bench.wait_for_calls(1)
    assert call["event"]["alarmData"]["state"]["value"] == "OK"


@pytest.mark.slow_e2e
def test_actions_that_are_switched_off_are_not_done(bench: Bench) -> None:
    function = bench.function("pass")
    alarm = make_alarm(bench, AlarmActions=[function], OKActions=[function], ActionsEnabled=False)
    bench.permit(function, "lambda.alarms.cloudwatch.amazonaws.com", alarm)
    set_state(bench, "ALARM")
    bench.clients["cloudwatch"].enable_alarm_actions(AlarmNames=[bench.name("alarm")])
    set_state(bench, "OK")
    (call,) = bench.wait_for_calls(1)
    assert call["event"]["alarmData"]["state"]["value"] == "OK"


def test_a_function_that_does_not_permit_the_alarm_is_not_invoked(bench: Bench) -> None:
    told, untold = bench.function("pass", name="told"), bench.function("pass", name="untold")
    alarm = make_alarm(bench, AlarmActions=[untold, told])
    bench.permit(told, "lambda.alarms.cloudwatch.amazonaws.com", alarm)
    bench.permit(untold, "cloudwatch.amazonaws.com", alarm)
    set_state(bench, "ALARM")
    bench.wait_for_calls(1, "told")
    assert bench.calls("untold") == []
