"""Drains the outbox: claims, sends, records, and sweeps what was left behind."""

import logging
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from broadcasts.feeder import feed
from converge.feeding import Feeding
from converge.heartbeat import beat
from converge.wakeups import Wakeups, until_told_to_stop
from inbox.delivery import Deliverer
from inbox.outbox import WAKE
from inbox.recording import sweep_leases

logger = logging.getLogger(__name__)

# Who fills the outbox with what they hold back themselves (lower steps know none).
FEEDERS = (feed,)
POLL = 0.25
SWEEP_EVERY = 1.0
BUSY_PATIENCE = 0.02


class Command(BaseCommand):
    help = "Send what is due until told to stop; then finish what is under way."

    def handle(self, **options):
        stop, wakeups = until_told_to_stop(), Wakeups(WAKE, POLL)
        deliverer = Deliverer(settings.DELIVER_THREADS)
        feeding = Feeding(FEEDERS, stop)
        swept_at = 0.0
        while not stop.is_set():
            try:
                done = deliverer.turn(BUSY_PATIENCE)
                if time.monotonic() - swept_at > SWEEP_EVERY:
                    sweep_leases()
                    beat("deliver", under_way=len(deliverer.under_way))
                    swept_at = time.monotonic()
            except DatabaseError as error:
                logger.warning("database away", extra={"error": type(error).__name__})
                connection.close()
                close_old_connections()
                stop.wait(POLL)
                continue
            if not done and not deliverer.under_way:
                wakeups.wait()
        feeding.stop()
        deliverer.stop()
        wakeups.close()
