"""Bounded polling, and a look at which processes work in a folder."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

from converge import processes

PATIENCE = 120.0


def wait_until(condition: Callable[[], object]) -> None:
    """The patience is a guard against hanging, far above what is usual."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def processes_in(*folders: Path) -> list[str]:
    """What runs in these folders or below them."""
    found = []
    for entry in processes.PROC.iterdir():
        process = processes.find(int(entry.name)) if entry.name.isdigit() else None
        folder = processes.working_folder(process) if process else None
        if folder and any(folder.is_relative_to(f.resolve()) for f in folders):
            found.append((entry / "cmdline").read_bytes().decode(errors="replace"))
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
