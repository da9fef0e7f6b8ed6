"""What the launcher and the supervisor need to know about processes (Linux's /proc).

A process is named by its id *and* its start time, so a recycled id is never taken for
the process we knew.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Process:
    pid: int
    started: int
    """Clock ticks after boot, field 22 of /proc/<pid>/stat."""


@dataclass(frozen=True)
class _Stat:
    pid: int
    state: str
    parent: int
    session: int
    started: int


def find(pid: int) -> Process | None:
    """The living process with this id; a zombie counts as dead."""
    stat = _stat(pid)
    if stat is None or stat.state in "ZX":
        return None
    return Process(pid, stat.started)


def own() -> Process:
    return Process(os.getpid(), _stat(os.getpid()).started)


def is_alive(process: Process) -> bool:
    return find(process.pid) == process


def await_death(process: Process, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while is_alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def working_folder(process: Process) -> Path | None:
    try:
        return (PROC / str(process.pid) / "cwd").readlink()
    except OSError:
        return None


def environment(process: Process) -> dict[str, str]:
    """The one it was started with; empty when we may not look."""
    try:
        entries = (PROC / str(process.pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return {}
    return dict(os.fsdecode(e).split("=", 1) for e in entries if b"=" in e)


def session_members(session: int) -> list[Process]:
    return [
        Process(stat.pid, stat.started)
        for stat in _all_stats()
        if stat.session == session and stat.state not in "ZX"
    ]


def kill_session(session: int) -> None:
    """SIGKILL every process of a session, also those forked while we look."""
    for _ in range(10):
        members = session_members(session)
        if not members:
            return
        for member in members:
            send(member, signal.SIGKILL)


def send(process: Process, signal_number: int) -> None:
    if is_alive(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal_number)


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends this signal when the starting process dies.

    It also fires when the *thread* that started the child ends, so start children
    from the main thread. A child that changes its user must do so before this runs
    (subprocess does): the kernel forgets the wish when credentials change.
    """
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        # The parent may have died between the fork and the line above.
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def _all_stats() -> Iterator[_Stat]:
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            if stat is not None:
                yield stat


def _stat(pid: int) -> _Stat | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name in parentheses may hold anything, parentheses too.
    fields = text[text.rindex(")") + 2 :].split()
    return _Stat(pid, fields[0], int(fields[1]), int(fields[3]), int(fields[19]))
