"""Serves ministack in this process, which leads a process group of its own, and ends with all its workers."""

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import lambda_runtime

_GRACE_SECONDS = 0.5
_END_SECONDS = 5


def serve(port: int, *, stop_at_end_of_input: bool) -> None:
    """Serve until SIGTERM or SIGINT, then stop the workers. Says ``ready <url>`` on standard output.

    With ``stop_at_end_of_input`` it also stops when standard input ends: a pipe does when its writer is gone, however
    that ended. What is in flight is not waited for, so that threads of it may still run: end the process with
    ``os._exit``. If stopping takes more than five seconds, it kills its process group.
    """
    if os.getpid() != os.getpgrp():
        with contextlib.suppress(PermissionError):  # a session's leader leads its group already
            os.setpgid(0, 0)
    loop = asyncio.new_event_loop()  # asyncio.run would wait for invocations and stacks in flight
    try:
        loop.run_until_complete(_serve(port, stop_at_end_of_input))
    finally:
        end_workers()


def end_workers() -> None:
    """End the environments of functions, and what the functions have started."""
    lambda_runtime.reset()
    signal.signal(signal.SIGTERM, lambda *_: None)  # not SIG_IGN, which processes that start meanwhile would inherit
    os.killpg(os.getpgrp(), signal.SIGTERM)


async def _serve(port: int, stop_at_end_of_input: bool) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        last_resort = threading.Timer(_END_SECONDS, os.killpg, (os.getpgrp(), signal.SIGKILL))
        last_resort.daemon = True
        last_resort.start()
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    if stop_at_end_of_input:
        threading.Thread(target=_at_end_of_input, args=(end,), daemon=True).start()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = _GRACE_SECONDS
    config.accesslog = None
    announcement = asyncio.create_task(_announce(port))
    serving = asyncio.create_task(hypercorn_serve(ministack.app, config, shutdown_trigger=stop.wait))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((serving, stopped), return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait((serving,), timeout=2 * _GRACE_SECONDS)  # a request in flight may hold up hypercorn longer
    finally:
        announcement.cancel()
    if not stop.is_set():
        await serving  # to raise why it has ended


def _at_end_of_input(end: Callable[[], None]) -> None:
    """Wait in a thread: a loop that watches an input which has ended would be told so without end."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    end()


async def _announce(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            print(f"ready http://127.0.0.1:{port}", flush=True)
            return
        await asyncio.sleep(0.02)
