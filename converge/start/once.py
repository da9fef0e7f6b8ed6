"""One running copy a checkout: a lock, and a note of what it started.

The note lets the next start end what a killed one left behind.
"""

import fcntl
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from converge.processes import Process, is_alive, kill_session
from converge.start import output
from converge.start.problems import StartProblem


class Once:
    def __init__(self, folder: Path):
        self._path = folder / "run.json"
        self._lock_path = folder / "run.lock"

    def __enter__(self) -> "Once":
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = self._lock_path.open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise StartProblem(
                f"Converge is already running at {self._read().get('url', '…')}"
            ) from None
        self._end_leftovers()
        return self

    def __exit__(self, *_exception) -> None:
        self._path.unlink(missing_ok=True)
        self._lock.close()

    def note(self, url: str, children: Iterable[Process]) -> None:
        state = {"url": url, "children": [asdict(child) for child in children]}
        unfinished = self._path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(state))
        unfinished.rename(self._path)

    def _read(self) -> dict:
        try:
            return json.loads(self._path.read_text())
        except FileNotFoundError:
            return {}

    def _end_leftovers(self) -> None:
        for entry in self._read().get("children", []):
            child = Process(**entry)
            if is_alive(child):
                output.say(f"ending process {child.pid}, left by an earlier start")
                kill_session(child.pid)
