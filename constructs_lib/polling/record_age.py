"""How old a record may become before Lambda gives it up, and how that goes with the time for which a stream has it."""

from typing import cast

from aws_cdk import Annotations, Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.facts import STREAM_RECORD_AGE_MAX_SECONDS, STREAM_RETENTION_DEFAULT_SECONDS
from constructs_lib.timeouts import known_seconds

# For how long what is given up can still be read, where a mapping may begin with old records: it passes over those that
# have less time left.
_READABLE_SECONDS = 3600


def default_age(kept_seconds: float | None, *, begins_new: bool) -> Duration:
    """Return the age at which records are given up unless the user says so.

    Parameters
    ----------
    kept_seconds
        For how long the stream keeps its records; ``None`` if that is not known.
    begins_new
        Whether the mapping begins with new records, so that a limit passes over none that it was to begin with.
    """
    if begins_new:
        seconds = (kept_seconds or STREAM_RETENTION_DEFAULT_SECONDS) / 2
    elif kept_seconds is None:
        seconds = STREAM_RECORD_AGE_MAX_SECONDS
    else:
        seconds = kept_seconds - _READABLE_SECONDS
    return Duration.seconds(min(seconds, STREAM_RECORD_AGE_MAX_SECONDS))


def longest_wait_seconds(given: Duration | None, limit: Duration, kept_seconds: float | None) -> float:
    """Return how old a record becomes before it is given up or expires, whichever comes first.

    Parameters
    ----------
    given
        The limit that the user set. A default tells nothing of a stream of which nothing is known.
    limit
        The limit of the mapping.
    kept_seconds
        For how long the stream keeps its records; ``None`` if that is not known.
    """
    expiry = STREAM_RETENTION_DEFAULT_SECONDS if kept_seconds is None and given is None else kept_seconds
    found = [seconds for seconds in (known_seconds(limit), expiry) if seconds is not None]
    return min(found, default=STREAM_RETENTION_DEFAULT_SECONDS)


def warn_of_age(
    pattern: Construct, source: IConstruct, given: Duration | None, kept_seconds: float | None, *, begins_new: bool
) -> None:
    """Warn of records that expire before the limit, and of old ones that the default limit passes over."""
    if kept_seconds is None:
        return
    kept = f"{source.node.path} keeps records for {kept_seconds:g} s"
    seconds = None if given is None else known_seconds(given)
    if seconds is not None and seconds >= kept_seconds:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:maxRecordAge",
            f"{kept}, and max_record_age is {seconds:g} s: records that wait that long expire, and reach no failure "
            "target; let it be shorter",
        )
    if given is None and not begins_new and kept_seconds > STREAM_RECORD_AGE_MAX_SECONDS:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:oldRecords",
            f"{kept}, and Lambda gives up those older than {STREAM_RECORD_AGE_MAX_SECONDS} s, the longest limit that "
            "it has: such records are passed over, and their positions go to on_failure. To work through them, too, "
            "set maximum_record_age_in_seconds = -1 on the resource beneath mapping until it has caught up; then "
            "acknowledge this warning",
        )


def limit_record_age(mapping: lambda_.EventSourceMapping, age: Duration | None) -> None:
    """Set the age limit on a mapping: CDK's class measures it even if it is a token."""
    if age is not None:
        resource = cast(lambda_.CfnEventSourceMapping, mapping.node.default_child)
        resource.maximum_record_age_in_seconds = age.to_seconds()
