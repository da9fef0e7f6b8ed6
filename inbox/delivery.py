"""The calls to Meta: begun on time, made once, recorded in batches.

There is no way from "we do not know" to an automatic repeat. What certainly did not
arrive goes back to the queue as the error table says.
"""

import logging
import queue
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from business_numbers import graph
from business_numbers.graph import Grant, GraphError
from business_numbers.models import BusinessAccount
from inbox import recording
from inbox.claims import Job, Room, claim

logger = logging.getLogger(__name__)

FOR_PEOPLE = 4  # one thread in four is kept for people's replies
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
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self.results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self.under_way: dict = {}
        self.grants: dict = {}
        self.is_stopping = False

    def turn(self, patience: float) -> int:
        """Record what ended, begin what is due; how much was done."""
        done = self._collect(patience)
        recording.record(done)
        jobs = [] if self.is_stopping else claim(self._room())
        for job in jobs:
            self.under_way[job.attempt] = job
            self.pool.submit(self._send, job, self._grant(job))
        return len(done) + len(jobs)

    def stop(self) -> None:
        """Begin nothing more; finish what is under way and record it."""
        self.is_stopping = True
        while self.under_way:
            recording.record(self._collect(0.2))
        self.pool.shutdown()

    def _room(self) -> Room:
        in_flight: dict[int, int] = {}
        for job in self.under_way.values():
            in_flight[job.number] = in_flight.get(job.number, 0) + 1
        automation = sum(job.priority > 0 for job in self.under_way.values())
        kept = self.threads // FOR_PEOPLE
        return Room(
            free=self.threads - len(self.under_way),
            automation=self.threads - kept - automation,
            in_flight=in_flight,
        )

    def _collect(self, patience: float) -> list[Result]:
        """Everything that ended, waiting at most `patience` seconds for the first."""
        done = []
        try:
            if self.under_way and patience:
                done.append(self.results.get(timeout=patience))
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

    def _send(self, job: Job, grant: Grant | None) -> None:
        """Runs in a thread: one call, no database."""
        time.sleep(max(0.0, job.starts_at - time.monotonic()))
        result = Result(job)
        try:
            if grant and not self.is_stopping and time.monotonic() < job.deadline:
                answer = graph.call(grant, "POST", job.path, data=job.body)
                result = Result(job, answer=answer)
        except GraphError as error:
            result = Result(job, error=error)
        except Exception as error:
            # Ours, not Meta's; whether the call left nobody knows.
            logger.exception("send broke", extra={"attempt": str(job.attempt)})
            result = Result(job, error=graph.network_error(error))
        finally:
            self.results.put(result)
