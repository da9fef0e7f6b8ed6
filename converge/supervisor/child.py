"""One supervised process and what we have seen of it."""

import logging
import signal
import subprocess
import time
from datetime import datetime
from pathlib import Path

from converge import processes
from converge.supervisor.pulse import Beat
from converge.supervisor.verdict import Facts, Kind

logger = logging.getLogger(__name__)

# A gap between two looks (a sleeping laptop, a paused machine) is not silence.
LONGEST_LOOK = 2.0
LIVED_AT_ONCE = 10.0


class Child:
    def __init__(self, kind: Kind):
        self.kind = kind
        self.popen: subprocess.Popen | None = None
        self.process: processes.Process | None = None
        self.starts = 0
        self.deaths = 0
        self.has_beaten = False
        self.silent_for = 0.0
        self._last_beat: datetime | None = None
        self._changed_at = 0.0

    def start(self, folder: Path, environment: dict[str, str]) -> None:
        self.popen = subprocess.Popen(
            self.kind.command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGTERM),
        )
        self.process = processes.find(self.popen.pid)
        self.starts += 1
        self.has_beaten, self.silent_for, self._last_beat = False, 0.0, None
        self._changed_at = time.monotonic()

    def notice_death(self) -> None:
        """What a dead child left of its session is killed with it."""
        if self.popen is None or self.popen.poll() is None:
            return
        lived_for = time.monotonic() - self._changed_at
        self.deaths = self.deaths + 1 if lived_for < LIVED_AT_ONCE else 0
        self._changed_at = time.monotonic()
        logger.warning(
            "child ended",
            extra={"child": self.kind.name, "exit": self.popen.returncode},
        )
        self.kill()

    def notice_beat(self, beat: Beat | None, elapsed: float) -> None:
        if beat is None or beat.at == self._last_beat:
            self.silent_for += min(elapsed, LONGEST_LOOK)
            return
        self._last_beat, self.silent_for = beat.at, 0.0
        self.has_beaten = beat.heard_at > self._changed_at  # else its predecessor's

    def forgive_silence(self) -> None:
        self.silent_for = 0.0

    def facts(self, *, database_answers: bool) -> Facts:
        return Facts(
            kind=self.kind,
            is_running=self.popen is not None,
            database_answers=database_answers,
            has_beaten=self.has_beaten,
            silent_for=self.silent_for,
            dead_for=time.monotonic() - self._changed_at,
            deaths=self.deaths,
        )

    def terminate(self) -> None:
        """Only the first process: told to all of them, django-q2 hangs in mid-task."""
        if self.popen is not None:
            self.popen.terminate()

    def kill(self) -> None:
        if self.popen is not None:
            processes.kill_session(self.popen.pid)
            self.popen.wait()
            self.popen = None
