"""``python -m emulator --port N [--data DIR]``: serve on 127.0.0.1 until SIGTERM or SIGINT.

``EMULATOR_LEAVE_OUT="asynchronous sns"`` leaves out corrections, to see what ministack does without them.
"""

import argparse
import os
import socket
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version

MINISTACK = "1.5.33"
"""The only version that the corrections were written for: they replace its private functions."""

ENVIRONMENT = {
    "AUTH": "true",  # execution roles are enforced, so that a missing grant shows
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "SFN_WAIT_SCALE": "0.01",
    "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
    "LOG_LEVEL": "INFO",
}
"""Settings of ministack; a variable that is set already wins."""

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
"""Instead of the caller's: functions inherit the environment and must never reach AWS itself."""


def main() -> int:
    """Check the ground, then serve; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", help="folder for its files; kept at exit (default: a temporary one, removed)")
    parser.add_argument("--stop-at-end-of-input", action="store_true", help="so that it ends with who started it")
    arguments = parser.parse_args()
    if (found := _ministack()) != MINISTACK:
        return _refuse(f"expected ministack {MINISTACK}, for which the corrections are written; found {found}")
    if problem := _taken(arguments.port):
        return _refuse(f"cannot listen on 127.0.0.1:{arguments.port}: {problem}; give another --port")

    with tempfile.TemporaryDirectory(prefix="emulator-", ignore_cleanup_errors=True) as temporary:
        data = os.path.abspath(arguments.data or temporary)
        os.makedirs(data, exist_ok=True)
        fixed = {"GATEWAY_PORT": str(arguments.port), "TMPDIR": data, "S3_DATA_DIR": os.path.join(data, "s3")}
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update({**ENVIRONMENT, **os.environ, **CREDENTIALS, **fixed})
        tempfile.tempdir = None  # it is worked out anew from TMPDIR
        from emulator import corrections, server  # ministack reads its environment when it is imported

        corrections.apply(frozenset(os.environ.get("EMULATOR_LEAVE_OUT", "").split()))
        server.serve(arguments.port, stop_at_end_of_input=arguments.stop_at_end_of_input)
    server.end_workers()  # those that retries have started meanwhile
    return 0


def _ministack() -> str:
    try:
        return version("ministack")
    except PackageNotFoundError:
        return "none"


def _taken(port: int) -> str | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            return str(error)
    return None


def _refuse(message: str) -> int:
    print(f"emulator: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # threads of ministack do not end by themselves
