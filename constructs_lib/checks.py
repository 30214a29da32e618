"""Checks of parameters that several patterns share."""

from constructs import Construct

# jsii checks what CDK's classes are given, but not what ours are; interfaces cannot be tested with isinstance.
_KINDS = {
    "function": ("function_arn", "a function, an alias or a version"),
    "queue": ("queue_arn", "a queue"),
    "dead_letter_queue": ("queue_arn", "a queue"),
    "bucket": ("bucket_arn", "a bucket"),
    "api": ("rest_api_id", "a REST API"),
    "alarm_topic": ("topic_arn", "a topic"),
}


def check_kinds(construct: Construct, **given: object) -> None:
    """Raise ``TypeError`` for a parameter that is not the CDK object that its name asks for; ``None`` passes."""
    for parameter, value in given.items():
        attribute, kind = _KINDS[parameter]
        if value is not None and not hasattr(value, attribute):
            raise TypeError(
                f"{construct.node.path}: expected {parameter} to be {kind} of the CDK, owned or imported, "
                f"got {value!r}; for an existing one, use the class's from_... methods"
            )


def refuse_settings(construct: Construct, given: str, **settings: object) -> None:
    """Raise ``ValueError`` if a setting of what a pattern would make is given together with what replaces it.

    Parameters
    ----------
    construct
        The pattern.
    given
        The parameter that brings the user's own, such as ``queue``.
    settings
        The settings that would then have no effect, by parameter name.
    """
    useless = ", ".join(name for name, value in settings.items() if value is not None)
    if useless:
        raise ValueError(
            f"{construct.node.path}: expected {useless} only for a new {given}, got {given}= as well; "
            f"set {useless} on the {given} that you pass, or leave out {given}="
        )
