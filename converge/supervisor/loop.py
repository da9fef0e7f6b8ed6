"""The loop that does as the verdict says, and the good order of the end."""

import logging
import os
import signal
import subprocess
import threading
import time
from dataclasses import asdict
from pathlib import Path

from converge.processes import Process
from converge.supervisor.child import Child
from converge.supervisor.note import Note
from converge.supervisor.pulse import Pulse
from converge.supervisor.verdict import Action, Kind, verdict

logger = logging.getLogger(__name__)

TICK = 0.25
STOP_PATIENCE = 30.0
# Whoever started us was killed, and the database may have gone with it.
ORPHAN_PATIENCE = 5.0


class Supervisor:
    def __init__(
        self,
        kinds: tuple[Kind, ...],
        pulse: Pulse,
        note: Note,
        folder: Path,
    ):
        self.children = [Child(kind) for kind in kinds]
        self.pulse = pulse
        self.note = note
        self.folder = folder
        self._stopping = threading.Event()
        self._parent = os.getppid()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        self.note.end_leftovers()
        self.pulse.start()
        looked_at = time.monotonic()
        while not self._stopping.wait(TICK):
            now = time.monotonic()
            self.look(now - looked_at)
            looked_at = now
        self.stop()

    def look(self, elapsed: float) -> None:
        database_answers = self.pulse.is_answered()
        for child in self.children:
            child.notice_death()
            if database_answers:
                child.notice_beat(self.pulse.beats.get(child.kind.name), elapsed)
            else:
                child.forgive_silence()
            self._act(child, verdict(child.facts(database_answers=database_answers)))
        status = self._status()
        if status["ready"] and not self.pulse.status.get("ready"):
            self.note.write(self._living(), is_ready=True)
        self.pulse.status = status

    def stop(self) -> None:
        for child in self.children:
            child.terminate()
        is_orphan = os.getppid() != self._parent
        deadline = time.monotonic() + (ORPHAN_PATIENCE if is_orphan else STOP_PATIENCE)
        for child in self.children:
            if child.popen is not None:
                self._await_end(child, deadline - time.monotonic())
            child.kill()
        self.note.forget()

    def _act(self, child: Child, action: Action) -> None:
        if action is Action.KILL:
            logger.error(
                "child wedged",
                extra={"child": child.kind.name, "silent_for": round(child.silent_for)},
            )
            child.kill()
        if action is not Action.LEAVE:
            child.start(self.folder, self._environment_for(child))
            self.note.write(self._living())
            logger.info(
                "child started",
                extra={"child": child.kind.name, "pid": child.process.pid},
            )

    def _environment_for(self, child: Child) -> dict[str, str]:
        # manage.py sets the role only where none is set, and ours is "worker".
        return os.environ | self.note.mark | {"CONVERGE_ROLE": child.kind.name}

    def _living(self) -> list[Process]:
        return [child.process for child in self.children if child.popen is not None]

    def _await_end(self, child: Child, patience: float) -> None:
        try:
            child.popen.wait(max(patience, 0))
        except subprocess.TimeoutExpired:
            logger.warning("child killed at stop", extra={"child": child.kind.name})

    def _status(self) -> dict:
        return {
            "ready": all(child.has_beaten for child in self.children),
            "children": {
                child.kind.name: asdict(child.process) | {"starts": child.starts}
                for child in self.children
                if child.process
            },
        }
