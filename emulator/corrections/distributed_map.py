"""A Distributed Map hands items over in batches, runs as its role, and writes what became of them to a bucket.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html (``Items`` and
``BatchInput``), .../input-output-itemreader.html, .../input-output-resultwriter.html (the manifest and its files, and
that the output is then where they are). ministack hands over one item at a time, and returns the results.
"""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from ministack.services import stepfunctions

from emulator import clients

Json = dict[str, Any]


def apply() -> None:
    """Prepare the items before ministack runs the child executions, and keep their results after."""
    run = stepfunctions._run_distributed_map

    def run_in_batches(state: Json, raw: Any, effective: Any, iterator: Json, execution: Json, ctx: Json) -> Any:
        items = _items(state, effective, execution, ctx)
        items = list(_batches(state.get("ItemBatcher"), items, effective, ctx))
        taken_over = ("ItemReader", "ItemBatcher", "ItemSelector", "Parameters", "MaxConcurrencyPath", "ResultWriter")
        inner = {name: value for name, value in state.items() if name not in taken_over}
        if path := state.get("MaxConcurrencyPath"):
            inner["MaxConcurrency"] = stepfunctions._resolve_path_or_ctx(path, effective, ctx)
        if (writer := state.get("ResultWriter")) is None:
            return run({**inner, "ItemsPath": "$"}, raw, items, iterator, execution, ctx)
        output = ("ResultSelector", "ResultPath", "OutputPath")
        bare = {name: value for name, value in inner.items() if name not in output}
        before = set(stepfunctions._map_runs)
        run({**bare, "ItemsPath": "$"}, raw, items, iterator, execution, ctx)
        runs = [found for arn, found in stepfunctions._map_runs.items() if arn not in before]
        (mine,) = (found for found in runs if found["executionArn"] == execution["executionArn"])
        parameters = stepfunctions._resolve_params_obj(writer["Parameters"], effective, ctx)
        result = stepfunctions._apply_result_selector(state, _write(mine["mapRunArn"], parameters, execution))
        result = stepfunctions._apply_result_path(state, raw, result)
        return stepfunctions._apply_output_path(state, result, ctx), stepfunctions._next_or_end(state)

    stepfunctions._run_distributed_map = run_in_batches


def _items(state: Json, effective: Any, execution: Json, ctx: Json) -> list[Any]:
    reader = state.get("ItemReader")
    if reader is None:
        return list(stepfunctions._resolve_path_or_ctx(state.get("ItemsPath", "$"), effective, ctx))
    if reader["Resource"].endswith("s3:listObjectsV2"):
        parameters = stepfunctions._resolve_params_obj(reader["Parameters"], effective, ctx)
        try:
            pages = _client("s3", execution).get_paginator("list_objects_v2").paginate(**parameters)
            for _ in pages:  # ministack reads the bucket without asking whether the role may
                pass
        except ClientError as error:
            raise stepfunctions._ExecutionError("States.ItemReaderFailed", str(error)) from error
    return list(stepfunctions._read_map_items(reader, effective, ctx))


def _batches(batcher: Json | None, items: list[Any], effective: Any, ctx: Json) -> Iterator[Any]:
    if batcher is None:
        yield from items
        return
    given = stepfunctions._resolve_params_obj(batcher.get("BatchInput") or {}, effective, ctx)
    size = int(batcher["MaxItemsPerBatch"])
    for start in range(0, len(items), size):
        yield {**({"BatchInput": given} if given else {}), "Items": items[start : start + size]}


def _write(run: str, parameters: Json, execution: Json) -> Json:
    bucket, prefix = parameters["Bucket"], f"{parameters['Prefix']}/{run.rpartition(':')[2]}"
    children = [child for child in stepfunctions._executions.values() if child.get("mapRunArn") == run]
    files: dict[str, list[Json]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    try:
        client = _client("s3", execution)
        for status in ("FAILED", "SUCCEEDED"):
            found = [_result(child) for child in children if child["status"] == status]
            if found:
                body = json.dumps(found).encode()
                client.put_object(Bucket=bucket, Key=f"{prefix}/{status}_0.json", Body=body)
                files[status].append({"Key": f"{prefix}/{status}_0.json", "Size": len(body)})
        manifest = {"DestinationBucket": bucket, "MapRunArn": run, "ResultFiles": files}
        client.put_object(Bucket=bucket, Key=f"{prefix}/manifest.json", Body=json.dumps(manifest).encode())
    except ClientError as error:
        raise stepfunctions._ExecutionError("States.ResultWriterFailed", str(error)) from error
    return {"MapRunArn": run, "ResultWriterDetails": {"Bucket": bucket, "Key": f"{prefix}/manifest.json"}}


def _result(child: Json) -> Json:
    fields = {"Error": "error", "Cause": "cause", "Input": "input", "Output": "output", "Status": "status"}
    names = {"ExecutionArn": "executionArn", "Name": "name", **fields}
    return {name: child[field] for name, field in names.items() if child.get(field) is not None}


def _client(service: str, execution: Json) -> Any:
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    region, account, _, name = execution["stateMachineArn"].split(":")[3:7]
    caller = {"Role": machine["roleArn"], "FunctionName": "states"}
    caller["FunctionArn"] = f"arn:aws:lambda:{region}:{account}:function:{name}"  # only names the session
    return clients.of_role(service, caller, region)
