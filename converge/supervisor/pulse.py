"""The supervisor's talk with the database, in a thread of its own.

A database that hangs may hold up this thread; it must never hold up the loop that
starts and stops the children.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import Error, connection

from converge.heartbeat import beat

logger = logging.getLogger(__name__)

CLUSTER = "qcluster"
EVERY = 1.0
ASK_EVERY = 5.0
ASK_AGAIN_AFTER = 15.0
STALE_AFTER = 5.0
EVERY_AT_START = 0.2
# A name may carry its machine, as in ingest@alpha; then only our own machine's counts.
READ = """
    SELECT split_part(name, '@', 1), beat_at,
           extract(epoch FROM clock_timestamp() - beat_at)::float
    FROM converge_heartbeat WHERE split_part(name, '@', 2) IN ('', %s)
"""


@dataclass(frozen=True)
class Beat:
    at: datetime
    heard_at: float
    """The same moment on this machine's monotonic clock."""


def read_beats() -> dict[str, Beat]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [socket.gethostname()])
        now = time.monotonic()
        return {name: Beat(at, now - age) for name, at, age in cursor.fetchall()}


class Pulse:
    """`ask_for_sign` enqueues the task by which the job cluster shows that it lives."""

    def __init__(self, ask_for_sign: Callable[[], None]):
        self.ask_for_sign = ask_for_sign
        self.beats: dict[str, Beat] = {}
        self.status: dict = {}
        self._answered_at = float("-inf")
        self._asked_at = float("-inf")

    def start(self) -> None:
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def is_answered(self) -> bool:
        return time.monotonic() - self._answered_at < STALE_AFTER

    def _run(self) -> None:
        while True:
            try:
                self.take()
            except Error as error:
                logger.warning("database away", extra={"error": str(error)})
                connection.close()
            except Exception:  # the broker's; silence is forgiven meanwhile
                logger.exception("pulse failed")
            time.sleep(EVERY if self.status.get("ready") else EVERY_AT_START)

    def take(self) -> None:
        """Read everybody's heartbeat, leave our own, ask the cluster for one."""
        self.beats = read_beats()
        beat("worker", **self.status)
        self._ask_when_due()
        self._answered_at = time.monotonic()

    def _ask_when_due(self) -> None:
        """Seldom while nobody answers: a cluster that is down must not find thousands."""
        last = self.beats.get(CLUSTER)
        was_answered = last is not None and last.heard_at > self._asked_at
        due_after = ASK_EVERY if was_answered else ASK_AGAIN_AFTER
        if time.monotonic() - self._asked_at >= due_after:
            self.ask_for_sign()
            self._asked_at = time.monotonic()
