"""Is a port free, and if not, who holds it?"""

import errno
import socket
from pathlib import Path

from converge.processes import PROC
from converge.start.problems import StartProblem

LISTENING = "0A"


def require_free(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise StartProblem(
                f"This user may not use port {port}; choose one above 1023:"
                f" make run {variable}=18{port % 1000:03d}"
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise StartProblem(
                f"Port {port} is taken by {find_holder(port)}. Stop it, or use another"
                f" port: make run {variable}={port + 10}"
            ) from None


def find_holder(port: int) -> str:
    inodes = _listening_inodes(port)
    for entry in PROC.iterdir():
        if entry.name.isdigit() and _holds_socket(entry, inodes):
            return f"{_command_of(entry)} (process {entry.name})"
    return "another program"


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("tcp", "tcp6"):
        path = PROC / "net" / table
        for line in path.read_text().splitlines()[1:] if path.exists() else []:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    return inodes


def _holds_socket(process: Path, inodes: set[str]) -> bool:
    try:
        return any(str(fd.readlink()) in inodes for fd in (process / "fd").iterdir())
    except OSError:
        return False  # another user's process, or one that has just gone


def _command_of(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "a program"
    return " ".join(words).strip()[:120]
