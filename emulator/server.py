"""Serves ministack in this process, which leads a process group of its own, and ends with all its workers."""

import asyncio
import contextlib
import os
import signal
import sys

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import lambda_runtime


def serve(port: int, *, stop_at_end_of_input: bool) -> None:
    """Serve until SIGTERM or SIGINT, then stop the workers. Says ``ready <url>`` on standard output.

    With ``stop_at_end_of_input`` it also stops when standard input ends: a pipe does when its writer is gone, however
    that ended.
    """
    if os.getpid() != os.getpgrp():
        with contextlib.suppress(PermissionError):  # a session's leader leads its group already
            os.setpgid(0, 0)
    try:
        asyncio.run(_serve(port, stop_at_end_of_input))
    finally:
        lambda_runtime.reset()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)  # what a function started itself


async def _serve(port: int, stop_at_end_of_input: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if stop_at_end_of_input:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)  # nobody writes to it
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.accesslog = None
    announcement = asyncio.create_task(_announce(port))
    try:
        await hypercorn_serve(ministack.app, config, shutdown_trigger=stop.wait)
    finally:
        announcement.cancel()


async def _announce(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            print(f"ready http://127.0.0.1:{port}", flush=True)
            return
        await asyncio.sleep(0.02)
