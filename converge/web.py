"""How the web process is started: one uvicorn, told once, for every way to start it."""

import sys


def command(*, host: str, port: int, processes: int = 1) -> list[str]:
    """Streams are cut after five seconds at a stop, or they would hold it up for ever."""
    return [
        *(sys.executable, "-m", "uvicorn", "converge.asgi:application"),
        *("--host", host, "--port", str(port), "--workers", str(processes)),
        *("--timeout-graceful-shutdown", "5", "--timeout-keep-alive", "30"),
        *("--lifespan", "on", "--no-server-header", "--no-access-log"),
        *("--proxy-headers", "--log-level", "warning"),
    ]
