"""The calls to Meta: begun on time, made once, recorded in batches.

There is no way from "we do not know" to an automatic repeat. What certainly did not
arrive goes back to the queue as the error table says.
"""

import logging
import queue
import threading
import time
from dataclasses import dataclass

from django.db import DatabaseError, connection

from business_numbers import graph
from business_numbers.graph import Grant, GraphError
from business_numbers.models import BusinessAccount
from inbox import recording
from inbox.claims import Job, Room, claim
from inbox.crew import FOR_PEOPLE, Crew

logger = logging.getLogger(__name__)

# Claimed ahead of the threads, so that none waits while the next ones are decided. No
# more is claimed than the paces have slots for, so this matters for fast numbers alone.
AHEAD = 16
# While more is under way than there are threads, results are gathered this long after
# the first one: fewer, larger transactions.
GATHER = 0.05
# A thread that woke this much too late (seconds) does not delay the next one.
SLACK = 0.005
DATABASE_AWAY = 0.25  # seconds until the next try
STOPS_WITHIN = 20.0
GRANT_LASTS = 5.0  # seconds an opened token is kept in this process


@dataclass(frozen=True)
class Result:
    """How a call ended: an answer, an error, or not begun in time."""

    job: Job
    answer: dict | None = None
    error: GraphError | None = None

    @property
    def was_begun(self) -> bool:
        return self.answer is not None or self.error is not None


class Deliverer:
    """Claims, sends in threads and records. One to a process; `turn` is one round."""

    def __init__(self, threads: int):
        self.threads = threads
        self.crew = Crew(threads, self._send)
        self.results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self.unrecorded: list[Result] = []
        self.under_way: dict = {}
        self.spacing = threading.Lock()
        self.free_at: dict[int, float] = {}
        self.grants: dict = {}
        self.is_stopping = False

    def turn(self, patience: float) -> int:
        """Record what ended, begin what is due; how much was done."""
        done = self._record(patience)
        jobs = [] if self.is_stopping else claim(self._room())
        self.under_way |= {job.attempt: job for job in jobs}
        for job in jobs:
            self._begin(job)
        return done + len(jobs)

    def stop(self) -> None:
        """Begin nothing more; finish what is under way and record it."""
        self.is_stopping = True
        give_up_at = time.monotonic() + STOPS_WITHIN
        while (self.under_way or self.unrecorded) and time.monotonic() < give_up_at:
            self._record(0.2)
        self.crew.close()

    def _begin(self, job: Job) -> None:
        """Hand a claimed job to a thread, or back when its token cannot be read."""
        try:
            grant = self._grant(job)
        except DatabaseError as error:
            logger.warning("no token", extra={"error": type(error).__name__})
            connection.close()
            self.results.put(Result(job))
            return
        self.crew.add(job, grant)

    def _room(self) -> Room:
        in_flight: dict[int, int] = {}
        for job in self.under_way.values():
            in_flight[job.number] = in_flight.get(job.number, 0) + 1
        automation = sum(job.priority > 0 for job in self.under_way.values())
        kept = self.threads // FOR_PEOPLE
        return Room(
            free=self.threads * AHEAD - len(self.under_way),
            automation=self.threads * AHEAD - kept - automation,
            in_flight=in_flight,
        )

    def _record(self, patience: float) -> int:
        """Write down what ended. While the database is away it is kept, never dropped."""
        self.unrecorded += self._collect(patience)
        try:
            recording.record(self.unrecorded)
        except DatabaseError as error:
            logger.warning("not recorded yet", extra={"error": type(error).__name__})
            connection.close()
            time.sleep(DATABASE_AWAY)
            return 0
        done, self.unrecorded = len(self.unrecorded), []
        return done

    def _collect(self, patience: float) -> list[Result]:
        """Everything that ended, waiting at most `patience` seconds for the first."""
        done = []
        try:
            if self.under_way and patience:
                done.append(self.results.get(timeout=patience))
                if len(self.under_way) > self.threads:
                    time.sleep(GATHER)
            while True:
                done.append(self.results.get_nowait())
        except queue.Empty:
            for result in done:
                self.under_way.pop(result.job.attempt)
            return done

    def _grant(self, job: Job) -> Grant | None:
        """The account's token, opened in memory for a few seconds."""
        kept = self.grants.get(job.account)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        account = BusinessAccount.objects.get(id=job.account)
        grant = Grant.of(account) if account.token else None
        self.grants[job.account] = (time.monotonic() + GRANT_LASTS, grant)
        return grant

    def _wait_for_slot(self, job: Job) -> None:
        """Until the slot, and a gap behind the send of this number that really began
        last: a pause of this process never ends in a burst."""
        while wait := self._take_slot(job):
            time.sleep(wait)

    def _take_slot(self, job: Job) -> float:
        """0.0 when it is this job's turn, else seconds to wait before asking again."""
        with self.spacing:
            now = time.monotonic()
            ready_at = max(job.starts_at, self.free_at.get(job.number, 0.0))
            if now >= ready_at:
                self.free_at[job.number] = max(ready_at, now - SLACK) + job.gap
                return 0.0
            return ready_at - now

    def _send(self, job: Job, grant: Grant | None) -> None:
        """Runs in a thread: one call, no database."""
        self._wait_for_slot(job)
        result = Result(job)
        try:
            if grant and not self.is_stopping and time.monotonic() < job.deadline:
                answer = graph.send(grant, job.path, job.body)
                result = Result(job, answer=answer)
        except GraphError as error:
            result = Result(job, error=error)
        except Exception as error:
            # Ours, not Meta's; whether the call left nobody knows.
            logger.exception("send broke", extra={"attempt": str(job.attempt)})
            result = Result(job, error=graph.network_error(error))
        finally:
            self.results.put(result)
