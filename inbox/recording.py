"""What became of a call, written down: by attempt, in one transaction a batch.

A status webhook may have been here first; a rank never falls. Locks are taken as
everywhere: conversations, sorted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from business_numbers import refusals, tokens
from business_numbers.errors import Verdict
from business_numbers.graph import GraphError
from business_numbers.models import BusinessAccount, Number, Pace
from converge import bulk, clock
from inbox import outgoing, pacing, statuses, tier
from inbox.apply import tell
from inbox.claims import Job
from inbox.models import Attachment, Attempt, Message
from inbox.outbox import wake
from inbox.states import RANKS, State

NOT_BEGUN = "not begun"
HELD = "held_for_quality_assessment"
REAUTHORISE_EVERY, REAUTHORISE_TRIES = timedelta(seconds=30), 4


@dataclass
class Ending:
    """One attempt's end: its state, and when to try again (None: not by itself)."""

    job: Job
    state: State
    wamid: str = ""
    code: int | None = None
    error: dict = field(default_factory=dict)
    again_at: datetime | None = None
    verdict: Verdict | None = None


def record(results: Iterable) -> None:
    results = list(results)
    if not results:
        return
    jobs = {result.job.attempt: result.job for result in results}
    with transaction.atomic():
        bulk.fetch(LOCK, [sorted({job.conversation for job in jobs.values()})])
        now = clock.now()
        tries = dict(
            Message.objects.filter(
                id__in=[j.message for j in jobs.values()]
            ).values_list("id", "tries")
        )
        endings = [end(result, now, tries[result.job.message]) for result in results]
        _absorb_echoes(endings)
        _write(endings)
        _remember_files(results)
        tell({job.conversation for job in jobs.values()})
    _tell_numbers(endings)


LOCK = """
SELECT id FROM inbox_conversation WHERE id = ANY(%s::bigint[])
ORDER BY id FOR NO KEY UPDATE
"""


def end(result, now: datetime, tries: int) -> Ending:
    """What a result means. Pure but for the clock it is given."""
    job = result.job
    if not result.was_begun:
        return Ending(job, State.CANCELLED, error={"title": NOT_BEGUN}, again_at=now)
    if result.error:
        return _failure(job, result.error, now, tries)
    wamid, status = _accepted(result.answer)
    if not wamid and not _has_no_id(job, result.answer):
        return Ending(job, State.UNKNOWN, error={"title": "an answer without an id"})
    return Ending(job, State.HELD if status == HELD else State.SENT, wamid=wamid)


def _accepted(answer: dict) -> tuple[str, str]:
    if isinstance(answer.get("message_id"), str):
        return answer["message_id"], ""  # Instagram
    messages = answer.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else {}
    first = first if isinstance(first, dict) else {}
    return str(first.get("id") or ""), str(first.get("message_status") or "")


def _has_no_id(job: Job, answer: dict) -> bool:
    """Instagram says of a reaction only who got it."""
    is_reaction = job.kind == "reaction" and not job.is_whatsapp
    return is_reaction and bool(answer.get("recipient_id"))


def _failure(job: Job, error: GraphError, now: datetime, tries: int) -> Ending:
    ending = Ending(
        job,
        State.UNKNOWN if error.is_uncertain else State.FAILED,
        code=error.code,
        error={
            "code": error.code,
            "subcode": error.subcode,
            "title": error.title,
            "details": error.details,
            "trace": error.trace,
        },
        verdict=error.meaning.verdict,
    )
    wait = _wait(error, tries)
    ending.again_at = now + wait if wait is not None else None
    return ending


def _wait(error: GraphError, tries: int):
    """How long until the queue tries again by itself, or None."""
    match error.meaning.verdict:
        case Verdict.SLOW:
            return pacing.slow_for(1, error.retry_after)
        case Verdict.PAIR:
            return pacing.pair_backoff(tries)
        case Verdict.SOON:
            return pacing.soon(tries)
        case Verdict.REAUTHORISE:
            # A dead token makes the gate hold the number; other causes get few tries.
            return REAUTHORISE_EVERY if tries <= REAUTHORISE_TRIES else None
    return None


def _write(endings: list[Ending]) -> None:
    now = clock.now()
    bulk.execute(
        SAVE,
        [bulk.to_json([_row(e, now) for e in endings]), bulk.to_json([RANKS])],
    )
    listened = statuses.settle_messages({e.job.message for e in endings})
    again = [e for e in endings if e.again_at]
    bulk.update(
        Message,
        [
            {"id": e.job.message, "due_at": e.again_at, "error_code": e.code}
            for e in again
        ],
        "state = CASE WHEN t.state IN ('delivered', 'read', 'played', 'sent')"
        " THEN t.state ELSE 'queued' END, due_at = r.due_at, lease_until = NULL",
    )
    outgoing.moved(listened)


def _row(ending: Ending, now: datetime) -> dict:
    is_sent = ending.state in (State.SENT, State.HELD)
    return {
        "id": ending.job.attempt,
        "state": ending.state,
        "wamid": ending.wamid,
        "error_code": ending.code,
        "error": ending.error,
        "sent_at": now if is_sent else None,
        "failed_at": now if ending.state is State.FAILED else None,
        # Certainly not sent: true even if a sweep said unknown meanwhile.
        "is_certain": ending.state is State.CANCELLED,
    }


SAVE = """
UPDATE inbox_attempt t SET
  wamid = CASE WHEN t.wamid = '' THEN r.wamid ELSE t.wamid END,
  sent_at = COALESCE(t.sent_at, r.sent_at),
  failed_at = COALESCE(t.failed_at, r.failed_at),
  error_code = CASE WHEN rises THEN r.error_code ELSE t.error_code END,
  error = CASE WHEN rises THEN r.error ELSE t.error END,
  state = CASE WHEN rises THEN r.state ELSE t.state END
FROM (
  SELECT r.*, r.is_certain OR (ranks.rank ->> r.state)::int > (ranks.rank ->> a.state)::int
    AS rises
  FROM jsonb_to_recordset(%s::jsonb) AS r(
    id uuid, state text, wamid text, error_code integer, error jsonb,
    sent_at timestamptz, failed_at timestamptz, is_certain boolean)
  JOIN inbox_attempt a ON a.id = r.id
  CROSS JOIN (SELECT %s::jsonb -> 0 AS rank) AS ranks
) AS r
WHERE t.id = r.id
"""


def _remember_files(results: list) -> None:
    """What Meta was handed need not be handed over again."""
    for result in results:
        if result.media_id:
            Attachment.objects.filter(id=result.job.upload.id).update(
                media_id=result.media_id
            )


def _absorb_echoes(endings: list[Ending]) -> None:
    """An echo that came before this answer was taken for a message sent elsewhere."""
    for e in endings:
        if e.wamid and not e.job.is_whatsapp:
            Message.objects.filter(
                number=e.job.number, wamid=e.wamid, origin=Message.ELSEWHERE
            ).delete()


def _tell_numbers(endings: list[Ending]) -> None:
    """What a failure says about the whole number or its account."""
    for e in endings:
        if e.state is State.FAILED and e.job.person:
            account = BusinessAccount.objects.get(id=e.job.account)
            tier.release(account.portfolio_id, e.job.person)
    for number in {e.job.number for e in endings if e.verdict is Verdict.SLOW}:
        _slow_down(number, [e for e in endings if e.job.number == number])
    works_again = [e.job for e in endings if e.state is State.SENT and e.job.was_slow]
    for number in {job.number for job in works_again}:
        Pace.objects.filter(number=number, slow_count__gt=0).update(slow_count=0)
    refused = {(e.job.number, e.code) for e in endings if e.code in refusals.FIXES}
    for number, code in sorted(refused):
        refusals.note(Number.objects.get(id=number), code, clock.now())
    lost = {e.job.account: e for e in endings if e.verdict is Verdict.REAUTHORISE}
    for account_id, ending in lost.items():
        account = BusinessAccount.objects.get(id=account_id)
        number = Number.objects.get(id=ending.job.number)
        tokens.refused(account, ending.code, ending.error.get("subcode"), number)


def _slow_down(number: int, endings: list[Ending]) -> None:
    """One step for all that was under way: their refusals are one piece of news."""
    now = clock.now()
    is_rested = Q(slow_until=None) | Q(slow_until__lte=now)
    slowed = Pace.objects.filter(is_rested, number=number)
    if not slowed.update(slow_count=F("slow_count") + 1, slow_until=now):
        return
    pace = Pace.objects.get(number=number)
    pace.slow_until = now + pacing.slow_for(pace.slow_count, None)
    pace.slow_reason = str(next(e.code for e in endings if e.verdict is Verdict.SLOW))
    pace.save(update_fields=["slow_until", "slow_reason"])


def sweep_leases(limit: int = 500) -> int:
    """Sends begun and never recorded: unknown. Never sent again by themselves."""
    with transaction.atomic():
        rows = bulk.fetch(STALE, [limit])
        if not rows:
            return 0
        messages = [message for message, _ in rows]
        Attempt.objects.filter(message__in=messages, state=State.SENDING).update(
            state=State.UNKNOWN, error={"title": "the process sending it died"}
        )
        outgoing.moved(statuses.settle_messages(set(messages)))
        tell({conversation for _, conversation in rows})
        wake()
    return len(rows)


STALE = """
WITH stale AS (
  SELECT id, conversation_id FROM inbox_message
  WHERE state = 'sending' AND lease_until < clock_timestamp() LIMIT %s)
SELECT m.id, m.conversation_id FROM inbox_conversation c
JOIN stale s ON s.conversation_id = c.id
JOIN inbox_message m ON m.id = s.id AND m.state = 'sending'
ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
"""
