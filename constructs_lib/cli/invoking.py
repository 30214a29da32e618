"""Runs ``lambda-invocations invoke``."""

import argparse
import json
import sys
from pathlib import Path

from constructs_lib.cli.account import account_of
from constructs_lib.cli.errors import INTERRUPTED, UsageError, say
from constructs_lib.cli.response import Kept, Response, ResponseFile, standard_output
from constructs_lib.nag.reports.places import plain
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.invocation.answer import Answer
from constructs_lib.operations.invocation.call import invoke
from constructs_lib.operations.invocation.description import as_json, describe, response_as_json
from constructs_lib.operations.invocation.json_text import check_json
from constructs_lib.operations.invocation.request import InvocationType
from constructs_lib.operations.invocation.streaming import IncompleteError, stream


def run_invoke(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if options.output == "-":  # as for other commands
        options.output = None
    _check(options)
    payload = _payload(options)
    try:
        answer = _run(options, payload)
    except KeyboardInterrupt:
        where = "" if options.output is None else f"; {options.output} has a part of its response, or none"
        say(f"stopped; the function may have run, or still run: check what it did before invoking it again{where}")
        return INTERRUPTED
    return Exit.FAILED if answer.error else Exit.DONE


def _run(options: argparse.Namespace, payload: bytes | None) -> Answer:
    if options.output is not None:
        with ResponseFile(Path(options.output)) as file:
            answer = _invoke(options, payload, file)
        _tell(options, answer, {})
    elif options.json:
        kept = Kept()
        answer = _invoke(options, payload, kept)
        _tell(options, answer, response_as_json(bytes(kept.content)))
    else:
        response = standard_output()
        answer = _invoke(options, payload, response)
        response.end()
        _tell(options, answer, {})
    return answer


def _check(options: argparse.Namespace) -> None:
    if options.payload is not None and options.payload_file is not None:
        raise UsageError("expected one payload, found PAYLOAD and --payload-file; leave one of them out")
    if options.asynchronous or options.dry_run:
        how = "--async" if options.asynchronous else "--dry-run"
        for name in ("tail", "output"):
            if getattr(options, name):
                raise UsageError(
                    f"expected no --{name} with {how}, as nothing comes back from the function, found it; leave it out"
                )


def _payload(options: argparse.Namespace) -> bytes | None:
    if options.payload_file not in (None, "-"):
        return Path(options.payload_file).read_bytes()
    if "-" in (options.payload, options.payload_file):
        return _standard_input()
    if options.payload is None:
        return None
    payload: bytes = options.payload.encode(errors="surrogatepass")
    try:
        check_json(payload, "PAYLOAD")
    except OperationError as error:
        raise UsageError(f"{error}; a file is given with --payload-file FILE") from error
    return payload


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise UsageError("expected a payload in standard input, found a closed one; use --payload-file FILE")
    return sys.stdin.buffer.read()


def _invoke(options: argparse.Namespace, payload: bytes | None, response: Response) -> Answer:
    account = account_of(options)
    given = {
        "qualifier": options.qualifier,
        "client_context": options.client_context,
        "tenant_id": options.tenant_id,
    }
    if options.stream:
        try:
            return stream(account, options.function, payload, into=response.write, **given)
        except IncompleteError as error:
            raise OperationError(f"{error}. {response.where} has what came", error.code) from error
    how = InvocationType.REQUEST_RESPONSE
    if options.asynchronous:
        how = InvocationType.EVENT
    elif options.dry_run:
        how = InvocationType.DRY_RUN
    answer = invoke(account, options.function, payload, invocation_type=how, **given)
    response.write(answer.payload)
    return answer


def _tell(options: argparse.Namespace, answer: Answer, response: dict[str, object]) -> None:
    is_part = options.stream and answer.error is not None and answer.payload_size > 0
    if options.json:
        where = {} if options.output is None else {"output": options.output}
        size = {"response_bytes": answer.payload_size, "response_is_part": is_part}
        print(json.dumps({**as_json(answer, log=options.tail), **size, **where, **response}, indent=2))
        return
    if options.tail and answer.log is not None:
        for line in answer.log.splitlines():
            print(plain(line), file=sys.stderr)
        print(file=sys.stderr)
    for line in describe(answer):
        print(plain(line), file=sys.stderr)
    if options.output is not None:
        print(f"{'response:':<18} {answer.payload_size:,} bytes in {plain(options.output)}", file=sys.stderr)
    if is_part:
        print("The function failed while it answered: what came before is a part of the response.", file=sys.stderr)
