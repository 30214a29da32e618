"""The corrections: one departure from AWS a module, each with ``apply()`` that replaces functions of ministack.

Fact ids such as A2 or F6 in the docstrings name the documented behaviour that a correction follows.
"""

from importlib import import_module

ORDER = (
    "transport",
    "asynchronous",
    "custom_resources",
    "cloudformation",
    "metric_math",
    "sns",
    "events",
    "push_sources",
    "alarms",
    "stream_mappings",
    "error_types",
    "task_roles",
    "warm_workers",
    "invocation_logs",
    "response_streams",
    "queue_mappings",
    "message_moves",
    "batch_permissions",
    "record_permissions",
    "service_integrations",
    "distributed_map",
    "firehose",
    "gateway_errors",
    "callers",
    "web_sockets",
)
"""Modules of this package, in the order in which they are applied."""


def apply(leave_out: frozenset[str] = frozenset()) -> None:
    """Apply every correction but those named in ``leave_out``.

    Raises
    ------
    ValueError
        If ``leave_out`` names what is no correction.
    """
    if unknown := leave_out - set(ORDER):
        raise ValueError(f"expected corrections among {', '.join(ORDER)}; found {', '.join(sorted(unknown))}")
    for name in ORDER:
        if name not in leave_out:
            import_module(f"{__name__}.{name}").apply()
