"""The supervisor's note about its children, in a file.

Orphans of a killed supervisor go on working, and two generations at work at once is
what nobody wants to reason about. So the next supervisor kills those it finds noted,
and never a stranger that got a recycled process id.
"""

import json
import signal
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from converge import processes
from converge.processes import Process

MARK = "CONVERGE_WORKER_FILE"


class AlreadyRunning(Exception):
    """Another supervisor with the same file lives."""


class Note:
    def __init__(self, path: Path):
        self.path = path.absolute()

    @property
    def mark(self) -> dict[str, str]:
        """The variable every child carries, so that its orphans can be told from strangers."""
        return {MARK: str(self.path)}

    def end_leftovers(self) -> None:
        recorded = self._read()
        if recorded:
            supervisor = Process(**recorded["supervisor"])
            if processes.is_alive(supervisor):
                raise AlreadyRunning(
                    f"A worker is already running here (process {supervisor.pid})."
                )
            for entry in recorded["children"]:
                self._end_session(Process(**entry))
        self.write(())

    def write(self, children: Iterable[Process], *, is_ready: bool = False) -> None:
        recorded = {
            "ready": is_ready,
            "supervisor": asdict(processes.own()),
            "children": [asdict(child) for child in children],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(self.path.name + ".unfinished")
        unfinished.write_text(json.dumps(recorded))
        unfinished.replace(self.path)

    def says_ready(self, supervisor: Process) -> bool:
        """Has this very supervisor heard from all its children?"""
        recorded = self._read()
        is_same = recorded.get("supervisor") == asdict(supervisor)
        return is_same and recorded["ready"]

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)

    def _read(self) -> dict:
        try:
            return json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}

    def _end_session(self, leader: Process) -> None:
        """The leader is known by its start time, its orphans by our mark."""
        if processes.is_alive(leader):
            processes.kill_session(leader.pid)
        for orphan in processes.session_members(leader.pid):
            if processes.environment(orphan).get(MARK) == str(self.path):
                processes.send(orphan, signal.SIGKILL)
