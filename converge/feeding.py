"""A thread of the deliver process that lets feeders fill the outbox.

Beside the sending loop and not in it, so that making ready the next hundreds of messages
never delays a person's reply.
"""

import logging
import threading

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

EVERY = 0.25
STOPS_WITHIN = 10.0


class Feeding:
    """Begins at once; ends with the process's own sign to stop."""

    def __init__(self, feeders, stop: threading.Event):
        self.feeders, self.is_stopping = feeders, stop
        self.thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.thread.join(STOPS_WITHIN)

    def _run(self) -> None:
        while not self.is_stopping.is_set():
            if not sum(self._feed(feeder) for feeder in self.feeders):
                self.is_stopping.wait(EVERY)
        connection.close()

    def _feed(self, feeder) -> int:
        try:
            return feeder()
        except DatabaseError as error:
            logger.warning("not fed", extra={"error": type(error).__name__})
        except Exception:
            # One broken broadcast must not end the feeding of the others for good.
            logger.exception("feeding broke")
        connection.close()
        return 0
