"""The calls to Meta: begun on time, made once, recorded in batches.

There is no way from "we do not know" to an automatic repeat. What certainly did not
arrive goes back to the queue as the error table says.
"""

import logging
import queue
import time
from dataclasses import dataclass, replace

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection

from business_numbers import graph
from business_numbers.graph import Grant, GraphError
from business_numbers.models import BusinessAccount
from inbox import pacing, recording
from inbox.claims import Job, Room, claim
from inbox.crew import FOR_PEOPLE, Crew
from inbox.turnstile import Turnstile

logger = logging.getLogger(__name__)

# Claimed ahead of the threads, so that none waits while the next ones are decided. No
# more is claimed than the paces have slots for, so this matters for fast numbers alone.
AHEAD = 16
# While more is under way than there are threads, results are gathered this long after
# the first one: fewer, larger transactions.
GATHER = 0.05
# How much of the slowest round is remembered from one round to the next.
FADING = 0.9
DATABASE_AWAY = 0.25  # seconds until the next try
STOPS_WITHIN = 20.0
GRANT_LASTS = 5.0  # seconds an opened token is kept in this process


@dataclass(frozen=True)
class Result:
    """How a call ended: an answer, an error, or not begun in time. `media_id` is Meta's
    name of a file it was handed, whatever became of the message."""

    job: Job
    answer: dict | None = None
    error: GraphError | None = None
    media_id: str = ""

    @property
    def was_begun(self) -> bool:
        return self.answer is not None or self.error is not None


class Deliverer:
    """Claims, sends in threads and records. One to a process; `turn` is one round."""

    def __init__(self, threads: int):
        self.threads = threads
        self.crew = Crew(threads, self._send)
        self.turnstile = Turnstile(self.crew.add)
        self.results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self.unrecorded: list[Result] = []
        self.under_way: dict = {}
        self.left_at: dict = {}
        self.slowest_round = 0.0
        self.grants: dict = {}
        self.is_stopping = False

    def turn(self, patience: float) -> int:
        """Record what ended, begin what is due; how much was done."""
        begun_at = time.monotonic()
        done = self._record(patience)
        jobs = [] if self.is_stopping else claim(self._room())
        self.under_way |= {job.attempt: job for job in jobs}
        self._begin(jobs)
        took = time.monotonic() - begun_at
        self.slowest_round = max(took, self.slowest_round * FADING)
        return done + len(jobs)

    def stop(self) -> None:
        """Begin nothing more; finish what is under way and record it."""
        self.is_stopping = True
        self.turnstile.stop()
        give_up_at = time.monotonic() + STOPS_WITHIN
        while (self.under_way or self.unrecorded) and time.monotonic() < give_up_at:
            self._record(0.2)
        self.turnstile.close()
        self.crew.close()

    def _begin(self, jobs: list[Job]) -> None:
        """Hand claimed jobs to the turnstile, or back when a token cannot be read."""
        granted = []
        for job in jobs:
            try:
                granted.append((job, self._grant(job)))
            except DatabaseError as error:
                logger.warning("no token", extra={"error": type(error).__name__})
                connection.close()
                self.results.put(Result(job))
        self.turnstile.add(granted)

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
            waiting=self.turnstile.waiting(),
            ahead=pacing.horizon(self.slowest_round),
            left_at=self.left_at,
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

    def _send(self, job: Job, grant: Grant | None) -> None:
        """Runs in a thread: one message, no database."""
        result = Result(job)
        try:
            if self._may_begin(job, grant) and job.upload:
                result = Result(job, media_id=_hand_over(job, grant))
            if self._may_begin(job, grant):
                body = _with_media(job, result.media_id)
                answer = graph.send(grant, job.path, body)
                result = replace(result, answer=answer)
        except GraphError as error:
            result = replace(result, error=error)
        except Exception as error:
            # Ours, not Meta's; whether the call left nobody knows.
            logger.exception("send broke", extra={"attempt": str(job.attempt)})
            result = replace(result, error=graph.network_error(error))
        finally:
            self.turnstile.end(job, has_called=result.was_begun)
            self.results.put(result)

    def _may_begin(self, job: Job, grant: Grant | None) -> bool:
        return bool(grant) and not self.is_stopping and time.monotonic() < job.deadline


def _hand_over(job: Job, grant: Grant) -> str:
    """The file first. If it takes so long that the message may not begin any more, the
    message goes back to the queue and finds its file at Meta."""
    upload = job.upload
    if upload.media_id:
        return upload.media_id
    path = job.path.removesuffix("messages") + "media"
    try:
        with default_storage.open(upload.file) as file:
            return graph.upload(
                grant, path, file, name=upload.name, kind=upload.media_type
            )
    except OSError as error:
        raise GraphError(
            graph.NOT_HANDED_OVER, title="our copy of the file cannot be read"
        ) from error


def _with_media(job: Job, media_id: str) -> bytes:
    if not job.upload:
        return job.body
    return job.body.replace(str(job.upload.id).encode(), media_id.encode())
