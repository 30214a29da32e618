"""Every call counts as one over TLS: AWS's endpoints are, while the emulator's is plain HTTP on the loopback device.

Otherwise the policies of queues, topics and buckets that refuse plain HTTP (``enforce_ssl`` of CDK) refuse every call.
"""

from typing import Any

from ministack.core import iam_evaluator


def apply() -> None:
    """Let the condition key ``aws:SecureTransport`` always be true."""
    resolve = iam_evaluator._resolve_condition_key

    def over_tls(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    iam_evaluator._resolve_condition_key = over_tls
