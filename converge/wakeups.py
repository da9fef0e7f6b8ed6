"""Waiting for work: a LISTEN connection that wakes at once, and a poll as the net under it."""

import contextlib
import logging
import signal
import threading

import psycopg
from django.conf import settings

logger = logging.getLogger(__name__)


class Wakeups:
    """`wait` returns when somebody notified `channel`, or after `poll` seconds."""

    def __init__(self, channel: str, poll: float):
        self.channel, self.poll = channel, poll
        self.connection: psycopg.Connection | None = None

    def wait(self, poll: float | None = None) -> None:
        patience = self.poll if poll is None else poll
        try:
            connection = self._listen()
            for _ in connection.notifies(timeout=patience, stop_after=1):
                pass
        except psycopg.Error as error:
            logger.warning("wake-ups lost", extra={"error": type(error).__name__})
            self.close()
            threading.Event().wait(patience)

    def close(self) -> None:
        if self.connection is not None:
            with contextlib.suppress(psycopg.Error):
                self.connection.close()
        self.connection = None

    def _listen(self) -> psycopg.Connection:
        if self.connection is None:
            self.connection = psycopg.connect(
                settings.LISTEN_DATABASE_URL, autocommit=True, connect_timeout=3
            )
            self.connection.execute(f"LISTEN {self.channel}")
        return self.connection


def until_told_to_stop():
    """A flag that SIGTERM and SIGINT raise: the loop ends after its round."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
