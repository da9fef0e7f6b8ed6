"""Tells webhooks: claims what is due, calls, writes down what became of it.

One process at a time does it for the installation. A webhook has a few calls under way
and no more; one that keeps failing is asked alone, rests in between, and is switched
off after days. So a slow one holds up nobody but itself.
"""

import logging
import queue
import threading
import time
from dataclasses import dataclass

from django.core.cache import cache

from converge import bulk, outward
from converge.fields import SealError
from converge.outward import NotCalled, Patience, Request, Target
from inbox import outgoing, outgoing_bodies, outgoing_results
from inbox.models import OutgoingDelivery
from inbox.outgoing_results import RESTS_FROM, Result

logger = logging.getLogger(__name__)

THREADS, PER_WEBHOOK = 16, 4
CONNECT, READ, WITHIN = 3.0, 10.0, 10.0
# For names that do not resolve and answers that trickle in: then it counts as failed.
ABANDON_AFTER = 15.0
LEASE = 60
BUSY_FOR, LINGER, LOOK_EVERY = 20.0, 1.5, 0.25
TURN, TURN_LASTS = "telling-webhooks", 90


@dataclass(frozen=True)
class Job:
    """One call, with nothing left to ask the database for."""

    delivery: int
    url: str
    body: bytes
    headers: dict
    webhook: object


class Crew:
    """Calls under way, each in a thread of its own that touches no database."""

    def __init__(self):
        self.under_way: dict[int, tuple[Job, float]] = {}
        self.done: queue.SimpleQueue = queue.SimpleQueue()

    def begin(self, job: Job) -> None:
        self.under_way[job.delivery] = (job, time.monotonic())
        # A daemon: one that hangs must not keep its process from ending.
        threading.Thread(target=self._run, args=(job,), daemon=True).start()

    def ended(self, patience: float) -> list[Result]:
        """Those with an answer, and those that had time enough."""
        results = self._answered(patience)
        now = time.monotonic()
        for job, begun in list(self.under_way.values()):
            if now - begun > ABANDON_AFTER:
                del self.under_way[job.delivery]
                spent = ABANDON_AFTER * 1000
                results.append(Result(job.delivery, None, int(spent), outward.LATE))
        return results

    def busy(self) -> dict[str, int]:
        """Webhook → its calls under way."""
        found: dict[str, int] = {}
        for job, _ in self.under_way.values():
            found[str(job.webhook)] = found.get(str(job.webhook), 0) + 1
        return found

    def _answered(self, patience: float) -> list[Result]:
        results = []
        try:
            while True:
                result = self.done.get(timeout=0 if results else patience)
                # Abandoned before: it was counted as failed and will be tried again.
                if self.under_way.pop(result.delivery, None):
                    results.append(result)
        except queue.Empty:
            return results

    def _run(self, job: Job) -> None:
        begun, status, problem = time.monotonic(), None, ""
        try:
            status = post(outward.resolve(job.url), job)
        except NotCalled as error:
            problem = str(error)
        except Exception:
            # Whatever their server brings about must not end the telling of others.
            logger.exception("webhook call broke", extra={"delivery": job.delivery})
            problem = "It could not be called."
        spent = int((time.monotonic() - begun) * 1000)
        self.done.put(Result(job.delivery, status, spent, problem))


def post(target: Target, job: Job) -> int:
    patience = Patience(CONNECT, READ, time.monotonic() + WITHIN)
    request = Request("POST", job.body, job.headers, wants_text=False)
    return outward.ask(target, request, patience).status


def tell_due(busy_for: float = BUSY_FOR, linger: float = LINGER) -> int:
    """Everything that is due, for a while; how many calls were made."""
    if not cache.add(TURN, 1, TURN_LASTS):
        return 0  # somebody else is at it
    ends = time.monotonic() + busy_for
    try:
        return _work(Crew(), ends, linger)
    finally:
        cache.delete(TURN)
        if time.monotonic() > ends:
            outgoing.wake()  # there may be more; other tasks come in between


def _work(crew: Crew, ends: float, linger: float) -> int:
    seen, made = time.monotonic(), 0
    while crew.under_way or time.monotonic() < min(ends, seen + linger):
        jobs = claim(crew) if time.monotonic() < ends else []
        for job in jobs:
            crew.begin(job)
        results = crew.ended(LOOK_EVERY)
        outgoing_results.record(results)
        made += len(jobs)
        if jobs or results:
            seen = time.monotonic()
    return made


def claim(crew: Crew) -> list[Job]:
    """What may be called now, counted as a try before it is made."""
    free = THREADS - len(crew.under_way)
    if free <= 0:
        return []
    params = [RESTS_FROM, PER_WEBHOOK, bulk.to_json([crew.busy()]), free, LEASE]
    ids = [pk for (pk,) in bulk.fetch(CLAIM, params)]
    found = outgoing_bodies.load(ids) if ids else []
    return [job for delivery in found if (job := _ready(delivery))]


# In random order, so that nobody is always last when there are more than threads.
CLAIM = """
WITH ready AS (
  SELECT w.id, CASE WHEN w.failures >= %s THEN 1 ELSE %s END
    - COALESCE((busy.calls ->> w.id::text)::int, 0) AS room
  FROM inbox_outgoingwebhook w
  CROSS JOIN (SELECT %s::jsonb -> 0 AS calls) AS busy
  WHERE w.off_at IS NULL
    AND (w.rests_until IS NULL OR w.rests_until <= converge_now())
  ORDER BY random()),
due AS (
  SELECT first.id FROM ready CROSS JOIN LATERAL (
    SELECT d.id FROM inbox_outgoingdelivery d
    WHERE d.webhook_id = ready.id AND d.state = 'waiting' AND d.due_at <= converge_now()
      AND (d.lease_until IS NULL OR d.lease_until < clock_timestamp())
    ORDER BY d.due_at, d.id LIMIT GREATEST(ready.room, 0)
    FOR UPDATE SKIP LOCKED) AS first
  LIMIT %s)
UPDATE inbox_outgoingdelivery d SET tries = d.tries + 1,
  lease_until = clock_timestamp() + make_interval(secs => %s)
FROM due WHERE d.id = due.id RETURNING d.id
"""


def _ready(delivery: OutgoingDelivery) -> Job | None:
    """None, and a failed try, when it cannot be made ready: that stops no other."""
    try:
        return _job(delivery)
    except SealError:
        problem = "Its secret cannot be read any more. Make a new one."
    except Exception:
        logger.exception("webhook call not ready", extra={"delivery": delivery.id})
        problem = "Converge could not make this call ready."
    outgoing_results.record([Result(delivery.id, None, 0, problem)])
    return None


def _job(delivery: OutgoingDelivery) -> Job:
    webhook, at = delivery.webhook, int(time.time())
    sent = outgoing_bodies.body(delivery)
    signed = outgoing_bodies.signature(webhook.secret.open(), at, sent)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Converge-Event": delivery.kind,
        "Converge-Event-Id": str(delivery.event),
        "Converge-Signature": f"t={at},v1={signed}",
    }
    return Job(delivery.id, webhook.url, sent, headers, webhook.id)
