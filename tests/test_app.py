"""The example app, without the requirements of its functions: those are bundled by ``make synth``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk.assertions import Match, Template

import app as example
from tests.helpers import only, resources

ROOT = Path(__file__).parents[1]

Stacks = tuple[example.OrderApiStack, example.ThumbnailStack, example.JobStack]


@pytest.fixture
def stacks() -> Stacks:
    unbundled = App(context={"aws:cdk:bundling-stacks": []})
    return (
        example.OrderApiStack(unbundled, "OrderApi"),
        example.ThumbnailStack(unbundled, "Thumbnails"),
        example.JobStack(unbundled, "Jobs"),
    )


def test_each_alarm_notifies_its_stacks_topic(stacks: Stacks) -> None:
    for stack in stacks:
        topic = stack.resolve(stack.alarms.topic_arn)
        alarms = resources(stack, "AWS::CloudWatch::Alarm")
        assert alarms
        assert all(alarm["AlarmActions"] == [topic] for alarm in alarms.values())


def test_the_thumbnail_function_reads_one_bucket_and_writes_the_other(stacks: Stacks) -> None:
    _, thumbnails, _ = stacks
    template = Template.from_stack(thumbnails)
    for action, bucket in (("s3:GetObject", thumbnails.uploads.bucket), ("s3:PutObject", thumbnails.thumbnails)):
        objects = thumbnails.resolve(bucket.arn_for_objects("*"))
        statement = Match.object_like({"Action": action, "Effect": "Allow", "Resource": objects})
        template.has_resource_properties(
            "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([statement])}}
        )
    function = next(f for f in resources(thumbnails, "AWS::Lambda::Function").values() if "Environment" in f)
    bucket_name = thumbnails.resolve(thumbnails.thumbnails.bucket_name)
    assert function["Environment"] == {"Variables": {"THUMBNAIL_BUCKET": bucket_name}}


def test_a_job_is_hidden_for_six_times_the_workers_timeout(stacks: Stacks) -> None:
    *_, jobs = stacks
    hidden = [queue.get("VisibilityTimeout") for queue in resources(jobs, "AWS::SQS::Queue").values()]
    assert sorted(hidden, key=str) == [180, None]
    assert only(jobs, "AWS::Lambda::Function")["Timeout"] == 30


@pytest.mark.parametrize("program", ["app.py", "examples/first_app.py"])
def test_the_programs_synthesize_with_the_checks_on(program: str, tmp_path: Path) -> None:
    context = json.dumps({"aws:cdk:bundling-stacks": []})
    run = subprocess.run(
        [sys.executable, str(ROOT / program)],
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": context},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "manifest.json").exists()
