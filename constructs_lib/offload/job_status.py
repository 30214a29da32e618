"""How a job is: what its last event in the history of Step Functions means."""

from constructs_lib.offload.templates import FAILED, escaped

WORK_STATE = "Work"
"""Name of the state that invokes the worker, by its ARN: only it has events named ``LambdaFunction...``."""
ACCEPTED = """\
#set($context.responseOverride.header.Location = "$context.path/$id")
{"jobId": "$id", "status": "queued"}"""
NO_SUCH_JOB = '{"message": "no such job"}'

# The worker has not been invoked, or an attempt failed and the next one waits for its time.
_WAITING = (
    "ExecutionStarted",
    "ExecutionRedriven",
    "LambdaFunctionScheduled",
    "LambdaFunctionScheduleFailed",
    "LambdaFunctionStartFailed",
    "LambdaFunctionFailed",
    "LambdaFunctionTimedOut",
)
_ENDED = ("ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")
_ERRORS = "\n".join(
    f"#set($given = $input.path('$.events[0].e{ended[1:]}EventDetails.error'))\n"
    "#if($given && $given != '')\n#set($error = $given)\n#end"
    for ended in _ENDED
)


def _any_of(types: tuple[str, ...]) -> str:
    return " || ".join(f"$type == '{each}'" for each in types)


# While the outcome is kept and told, the job still runs: its outcome is not certain before the execution has ended.
STATUS = f"""\
#set($id = {escaped("$input.params('id')")})
#set($type = $input.path('$.events[0].type'))
#if(!$type || $type == '')
#set($context.responseOverride.status = 500)
{FAILED}
#elseif($type == 'ExecutionSucceeded')
{{"jobId": "$id", "status": "succeeded", "result": $input.path('$.events[0].executionSucceededEventDetails.output')}}
#elseif({_any_of(_ENDED)})
#set($error = $type)
{_ERRORS}
{{"jobId": "$id", "status": "failed", "error": "{escaped("$error")}"}}
#elseif({_any_of(_WAITING)})
{{"jobId": "$id", "status": "queued"}}
#elseif($type == 'TaskStateEntered' && $input.path('$.events[0].stateEnteredEventDetails.name') == '{WORK_STATE}')
{{"jobId": "$id", "status": "queued"}}
#else
{{"jobId": "$id", "status": "running"}}
#end"""
