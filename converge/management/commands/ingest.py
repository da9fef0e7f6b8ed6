"""Drains stored webhook events; the wiring of who reacts to new messages."""

import logging
import time

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from converge.grouped_writer import WAKE
from converge.heartbeat import beat
from converge.wakeups import Wakeups, until_told_to_stop
from flows import reacting, runs
from inbox.ingest import ingest_once
from inbox.tasks import wake_fetching

logger = logging.getLogger(__name__)

POLL = 0.25
BEAT_EVERY = 1.0
REACTIONS = (wake_fetching, reacting.react)
# Runs woken before the next look at what customers wrote, and how often the net is cast.
WOKEN_AT_ONCE = 25
SWEEP_EVERY = 1.0


class Command(BaseCommand):
    help = "Apply stored webhook events until told to stop."

    def handle(self, **options):
        stop, wakeups = until_told_to_stop(), Wakeups(WAKE, POLL)
        beaten_at = swept_at = 0.0
        while not stop.is_set():
            try:
                done = ingest_once(REACTIONS) + runs.wake_due(WOKEN_AT_ONCE)
                if time.monotonic() - swept_at > SWEEP_EVERY:
                    runs.stop_taken_over()
                    runs.start_tagged()
                    swept_at = time.monotonic()
                if time.monotonic() - beaten_at > BEAT_EVERY:
                    beat("ingest")
                    beaten_at = time.monotonic()
            except DatabaseError as error:
                logger.warning("database away", extra={"error": type(error).__name__})
                connection.close()
                close_old_connections()
                stop.wait(POLL)
                continue
            if not done:
                wakeups.wait()
        wakeups.close()
