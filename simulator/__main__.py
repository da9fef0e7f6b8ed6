"""`python -m simulator`: listen until interrupted, then leave cleanly."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys

import uvloop

from simulator.application import Application
from simulator.options import Options, read_options
from simulator.server import Connection, listen
from simulator.state import Simulator


async def run(options: Options) -> None:
    sim = Simulator(options)
    connections: set[Connection] = set()
    server = await listen(Application(sim), options.host, options.port, connections)
    if not options.quiet:
        sys.stdout.write(
            f"Simulated Meta at {options.base_url}  "
            f"(phone: {options.base_url}/phone/  control: {options.base_url}/control/)\n"
            f"webhooks go to {options.product}\n"
        )
        sys.stdout.flush()
    await _wait_for_signal()
    server.close()
    for connection in list(connections):
        connection.transport.abort()
    await sim.close()


async def _wait_for_signal() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


def main() -> None:
    # Messages and people live long and form no circles: looking through all of them
    # again and again would only stop the world for hundreds of milliseconds.
    gc.set_threshold(100_000, 50, 1_000_000)
    logging.basicConfig(level=logging.WARNING, format="simulator: %(message)s")
    options = read_options()
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(run(options))


if __name__ == "__main__":
    try:
        main()
    except OSError as problem:
        sys.exit(f"simulator: {problem}")
