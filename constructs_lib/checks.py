"""Checks of parameters that several patterns share."""

from constructs import Construct


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
