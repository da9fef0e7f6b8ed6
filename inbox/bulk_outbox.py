"""The outbox for many at once: what broadcasts hand over, again, and take back.

The same rules as `inbox.outbox.queue`: the gate is asked for each, under the lock of its
conversation, and a refusal writes nothing. Only this module and `outbox` make messages.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from business_numbers.models import Number
from converge import bulk, clock
from inbox.apply import tell
from inbox.arrivals import open_conversations
from inbox.facts import Ask, FactBook
from inbox.gate import Allow, Decision, Facts, Sender, decide
from inbox.models import Conversation, Message
from inbox.outbox import BROADCAST_PRIORITY, Draught, describe, wake
from inbox.states import State


class Stand:
    """How the broadcast stands at this moment: rule 12 of the gate."""

    def __init__(self, *, is_paused: bool = False, is_cancelled: bool = False):
        self.is_paused, self.is_cancelled = is_paused, is_cancelled

    def on(self, facts: Facts) -> Facts:
        return replace(
            facts,
            broadcast_paused=self.is_paused,
            broadcast_cancelled=self.is_cancelled,
        )


@transaction.atomic
def queue_many(
    number: Number, draughts: dict[int, Draught], stand: Stand, author=None
) -> dict[int, Decision]:
    """Queue one message for each contact, as the gate allows; the decisions.

    Conversations made for it are closed: only a customer's message opens one.
    """
    opened = open_conversations(
        {(contact, number) for contact in draughts}, set(), state=Conversation.CLOSED
    )
    conversations = _load(sorted(opened.values()), number)
    by_contact = {c.contact_id: c for c in conversations}
    asks = {
        contact: Ask(
            by_contact[contact],
            Sender.BROADCAST,
            draught.kind,
            draught.template,
            draught.values,
        )
        for contact, draught in draughts.items()
    }
    decisions = _decide(asks, stand)
    now = clock.now()
    rows = [
        _row(by_contact[contact], draughts[contact], decision, author, now)
        for contact, decision in decisions.items()
        if isinstance(decision, Allow)
    ]
    bulk.insert(Message, rows)
    _touch([row["conversation_id"] for row in rows])
    if rows:
        wake()
    return decisions


@transaction.atomic
def queue_many_again(
    number: Number, messages: list, stand: Stand
) -> dict[object, Decision]:
    """Another attempt for messages that failed, as the gate allows; the decisions.

    Left out is what is neither failed nor taken back: it arrived, or is on its way.
    """
    known = dict(
        Message.objects.filter(id__in=messages).values_list("id", "conversation_id")
    )
    lock(known.values())
    conversations = {c.id: c for c in _load(sorted(set(known.values())), number)}
    ready = Message.objects.filter(
        id__in=messages, state__in=[State.FAILED, State.CANCELLED]
    ).select_related("template")
    asks = {
        m.id: Ask(
            conversations[m.conversation_id],
            Sender.RETRY,
            m.kind,
            m.template,
            message=m.id,
        )
        for m in ready
    }
    decisions = _decide(asks, stand)
    now = clock.now()
    bulk.update(
        Message,
        [
            {
                "id": pk,
                "due_at": now,
                "decision": describe(decision, now) | {"since": now.isoformat()},
            }
            for pk, decision in decisions.items()
            if isinstance(decision, Allow)
        ],
        "state = 'queued', due_at = r.due_at, decision = r.decision,"
        " dismissed_at = NULL, error_code = NULL, error_text = ''",
    )
    wake()
    return decisions


@transaction.atomic
def take_back(messages: list) -> list:
    """Out of the queue what has not left; those ids. What was never tried is deleted,
    what was is again what its newest attempt says."""
    known = dict(
        Message.objects.filter(id__in=messages).values_list("id", "conversation_id")
    )
    lock(known.values())
    gone = bulk.fetch(FORGET, [list(known)])
    again = bulk.fetch(STAND_BACK, [list(known)])
    _touch([known[pk] for (pk,) in gone])
    taken = [pk for (pk,) in gone + again]
    tell({known[pk] for pk in taken})
    return taken


FORGET = """
DELETE FROM inbox_message m WHERE m.id = ANY(%s::uuid[]) AND m.tries = 0
  AND (m.state = 'queued' OR m.state = 'failed' AND m.error_code IS NULL)
RETURNING m.id
"""
STAND_BACK = """
UPDATE inbox_message m SET state = a.state, error_code = a.error_code
FROM inbox_attempt a
WHERE m.id = ANY(%s::uuid[]) AND m.state = 'queued' AND m.tries > 0
  AND a.message_id = m.id AND a.n = m.tries
RETURNING m.id
"""


def lock(conversations) -> None:
    bulk.fetch(LOCK, [sorted(set(conversations))])


LOCK = """
SELECT id FROM inbox_conversation WHERE id = ANY(%s::bigint[])
ORDER BY id FOR NO KEY UPDATE
"""


def _load(ids: list[int], number: Number) -> list[Conversation]:
    found = list(Conversation.objects.filter(id__in=ids).select_related("contact"))
    for conversation in found:
        conversation.number = number
    return found


def _decide(asks: dict, stand: Stand) -> dict:
    """One answer each; whoever is allowed takes a place of the tier, so that the next
    one sees it taken (it is reserved for good when it leaves)."""
    book, decisions = FactBook(list(asks.values())), {}
    for key, ask in asks.items():
        facts = stand.on(book.facts(ask))
        decisions[key] = decide(facts)
        if isinstance(decisions[key], Allow):
            book.reserve_tier(facts, ask.conversation)
    return decisions


def _row(conversation, draught: Draught, decision, author, now: datetime) -> dict:
    return {
        "id": draught.id,
        "workspace_id": conversation.workspace_id,
        "conversation_id": conversation.id,
        "contact_id": conversation.contact_id,
        "number_id": conversation.number_id,
        "direction": Message.OUT,
        "origin": Message.BROADCAST,
        "author_id": author.id if author else None,
        "kind": draught.kind,
        "body": draught.body,
        "payload": {"content": draught.content, "shown": draught.shown},
        "wamid": "",
        "reply_to": "",
        "template_id": draught.template.id,
        "at": now,
        "seq": 0,
        "created_at": now,
        "state": State.QUEUED,
        "decision": describe(decision, now),
        "error_text": "",
        "priority": BROADCAST_PRIORITY,
        "generation": conversation.generation,
        "due_at": now,
        "tries": 0,
    }


def _touch(conversations: list[int]) -> None:
    """Their rows in the list show what is newest now."""
    if conversations:
        bulk.execute(TOUCH, [sorted(set(conversations))])


TOUCH = """
UPDATE inbox_conversation c SET
  last_at = COALESCE(m.at, c.opened_at), last_seq = COALESCE(m.seq, 0),
  last_kind = COALESCE(m.kind, ''), last_text = COALESCE(left(m.body, 160), ''),
  last_origin = COALESCE(m.origin, ''), last_author_id = m.author_id
FROM unnest(%s::bigint[]) AS w(id)
LEFT JOIN LATERAL (
  SELECT m.at, m.seq, m.kind, m.body, m.origin, m.author_id FROM inbox_message m
  WHERE m.conversation_id = w.id ORDER BY m.at DESC, m.seq DESC, m.id DESC LIMIT 1
) AS m ON true
WHERE c.id = w.id
"""
