"""From a recipient to the outbox and back, many at a time, under the broadcast's lock.

The gate is asked again for each, with the facts of this moment: who opted out after the
audience was made is left out here.
"""

from datetime import datetime, timedelta

from broadcasts import filling
from broadcasts.models import Broadcast, Recipient
from converge import bulk, clock
from inbox import bulk_outbox, turns
from inbox.bulk_outbox import Stand
from inbox.gate import Allow, Refuse, Wait
from inbox.reasons import Reason
from inbox.template_draughts import template_draught

# Waits of the whole number; who is next waits as well.
OF_THE_NUMBER = frozenset({Reason.TIER, Reason.SLOWED, Reason.RESTRICTED})
# Refusals that are nobody's own: everybody stays where they are.
OF_EVERYBODY = frozenset({
    Reason.DRAFT, Reason.DEREGISTERED, Reason.RETIRED, Reason.BANNED,
    Reason.TEMPLATE_MISSING, Reason.TEMPLATE_STATUS, Reason.BROADCAST_CANCELLED,
})  # fmt: skip
RESTS_FOR = timedelta(minutes=1)


def lock(pk: int, *, skip_locked: bool = False) -> Broadcast | None:
    return (
        Broadcast.objects.select_for_update(
            of=("self",), skip_locked=skip_locked, no_key=True
        )
        .select_related(
            "workspace", "template", "number__account__portfolio", "number__pace"
        )
        .filter(id=pk)
        .first()
    )


def hand_over(broadcast: Broadcast, most: int) -> int:
    """The next recipients into the outbox; how many went there."""
    turns.share()
    due = list(
        Recipient.objects.filter(
            broadcast=broadcast, state=Recipient.WAITING, due_at__lte=clock.now()
        )
        .select_related("contact", "row")
        .order_by("due_at", "id")[: max(0, most)]
    )
    due = _without_absorbed(due)
    stand = Stand(
        is_paused=broadcast.state in (Broadcast.PAUSED, Broadcast.HELD),
        is_cancelled=broadcast.state == Broadcast.CANCELLED,
    )
    first = [r for r in due if r.message_id is None]
    again = [r for r in due if r.message_id is not None]
    return _first_try(broadcast, first, stand) + _next_try(broadcast, again, stand)


def _without_absorbed(due: list[Recipient]) -> list[Recipient]:
    """Whoever became part of somebody who is a recipient too gets it there."""
    absorbed = [r.id for r in due if r.contact.merged_into_id]
    if absorbed:
        Recipient.objects.filter(id__in=absorbed).update(
            state=Recipient.SKIPPED, reason="TWICE", due_at=None
        )
    return [r for r in due if not r.contact.merged_into_id]


def _first_try(broadcast: Broadcast, due: list[Recipient], stand: Stand) -> int:
    if not due:
        return 0
    draughts = {r.contact_id: draught(broadcast, r) for r in due}
    decisions = bulk_outbox.queue_many(
        broadcast.number, draughts, stand, broadcast.started_by
    )
    rows = [
        {"id": r.id, "message_id": draughts[r.contact_id].id}
        for r in due
        if isinstance(decisions[r.contact_id], Allow)
    ]
    bulk.update(
        Recipient,
        [row | {"given_at": clock.now()} for row in rows],
        "state = 'given', message_id = r.message_id, given_at = r.given_at",
    )
    _follow(broadcast, [(r, decisions[r.contact_id]) for r in due], Recipient.SKIPPED)
    return len(rows)


def _next_try(broadcast: Broadcast, due: list[Recipient], stand: Stand) -> int:
    if not due:
        return 0
    decisions = bulk_outbox.queue_many_again(
        broadcast.number, [r.message_id for r in due], stand
    )
    # Without an answer: it arrived meanwhile, or is under way after all.
    given = [r.id for r in due if isinstance(decisions.get(r.message_id), Allow | None)]
    Recipient.objects.filter(id__in=given).update(
        state=Recipient.GIVEN, given_at=clock.now()
    )
    answered = [(r, decisions[r.message_id]) for r in due if r.message_id in decisions]
    _follow(broadcast, answered, Recipient.ENDED)
    return len(given)


def _follow(broadcast: Broadcast, decided: list, end: str) -> None:
    """What a refusal or a wait means for the person, or for the whole number."""
    rows = []
    for recipient, decision in decided:
        if isinstance(decision, Wait) and decision.reason in OF_THE_NUMBER:
            rest(broadcast, decision.until, decision.reason.name)
        elif isinstance(decision, Refuse) and decision.reason not in OF_EVERYBODY:
            rows.append(
                {
                    "id": recipient.id,
                    "reason": decision.reason.name,
                    "detail": decision.detail[:200],
                }
            )
    bulk.update(
        Recipient,
        rows,
        f"state = '{end}', reason = r.reason, detail = r.detail, due_at = NULL",
    )


def draught(broadcast: Broadcast, recipient: Recipient):
    row = recipient.row.values if recipient.row else None
    values = filling.fill(
        broadcast.template, broadcast.variables, recipient.contact, row
    )
    return template_draught(broadcast.template, values)


def rest(broadcast: Broadcast, until: datetime, reason: str) -> None:
    """The whole number waits; looked at again each minute, because limits rise."""
    broadcast.rests_until = min(until, clock.now() + RESTS_FOR)
    broadcast.rests_for = reason
    broadcast.save(update_fields=["rests_until", "rests_for"])


def end_waiting(broadcast: Broadcast) -> None:
    """Nobody waits for it any more, not for a second chance either."""
    Recipient.objects.filter(broadcast=broadcast, state=Recipient.WAITING).update(
        state=Recipient.STOPPED, due_at=None
    )


def take_all_back(broadcast: Broadcast) -> int:
    """Everything of it that has not left; those people wait here again."""
    rows = bulk.fetch(QUEUED, [broadcast.id, broadcast.number_id])
    return take_back(broadcast, dict(rows))


QUEUED = """
SELECT m.id, m.due_at FROM inbox_message m
JOIN broadcasts_recipient r ON r.message_id = m.id AND r.broadcast_id = %s
WHERE m.number_id = %s AND m.priority = 2 AND m.state = 'queued'
"""


def take_back(broadcast: Broadcast, due_at: dict) -> int:
    """Out of the outbox, back among those who wait until `due_at`; how many."""
    taken = bulk_outbox.take_back(list(due_at))
    now = clock.now()
    rows = [{"message_id": pk, "due_at": due_at[pk] or now} for pk in taken]
    if rows:
        bulk.execute(RETURN, [bulk.to_json(rows), broadcast.id])
    return len(taken)


# A message that was never tried is gone by now; one that was, stays for its next try.
RETURN = """
UPDATE broadcasts_recipient r SET state = 'waiting', due_at = w.due_at,
  message_id = (SELECT m.id FROM inbox_message m WHERE m.id = w.message_id)
FROM jsonb_to_recordset(%s::jsonb) AS w(message_id uuid, due_at timestamptz)
WHERE r.broadcast_id = %s AND r.message_id = w.message_id
"""
