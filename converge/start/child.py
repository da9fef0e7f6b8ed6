"""One started program: in a session of its own, its output read line by line."""

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from converge import processes
from converge.start import output

AT_ONCE = 10.0
REMEMBERED_LINES = 30


@dataclass
class Child:
    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    patience: float = 10.0
    """Seconds to end after SIGTERM, before the whole session is killed."""
    failures: int = 0
    """Deaths in a row, each within seconds of its start."""
    lines: deque = field(default_factory=lambda: deque(maxlen=REMEMBERED_LINES))
    popen: subprocess.Popen | None = None
    process: processes.Process | None = None
    _started_at: float = 0.0
    _rest: bytes = b""

    def start(self, folder: Path, environment: dict[str, str]) -> None:
        self._started_at = time.monotonic()
        self._rest = b""
        self.popen = subprocess.Popen(
            self.arguments,
            cwd=folder,
            env=environment | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),
        )
        os.set_blocking(self.popen.stdout.fileno(), False)
        self.process = processes.find(self.popen.pid)

    def has_ended(self) -> bool:
        return self.popen is None or self.popen.poll() is not None

    def count_failure(self) -> int:
        died_at_once = time.monotonic() - self._started_at < AT_ONCE
        self.failures = self.failures + 1 if died_at_once else 1
        return self.failures

    def read(self) -> bool:
        """Write out the lines that have come; false at the end of the stream."""
        is_open = True
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.popen.stdout.fileno(), 65536):
                self._rest += chunk
            is_open = False
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            self._take(line)
        return is_open

    def terminate(self) -> None:
        """Only the first process is told; it ends its own children in good order."""
        if not self.has_ended():
            self.popen.terminate()

    def end(self) -> None:
        """Kill whatever is left of the session and take the last words."""
        processes.kill_session(self.popen.pid)
        self.popen.wait()
        self.read()
        if self._rest:
            self._take(self._rest)
        self.popen.stdout.close()

    def _take(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        self.lines.append(text)
        output.write(self.name, text)
