"""Received messages → rows: a fixed number of statements, whatever the batch's size.

Idempotent by (number, wamid) and commutative by Meta's time, so a batch may come twice,
in pieces, or in any order.
"""

import uuid
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from business_numbers.models import Number
from business_numbers.webhook_facts import Inbound
from converge import bulk, clock
from inbox import amendments, outgoing, past
from inbox.models import Attachment, Conversation, Message
from inbox.placed import Placed
from inbox.states import State

# Older than this at receipt: nothing is triggered and nobody is alarmed.
FRESH = timedelta(hours=1)
# What Meta's system messages and our guesses about reactions do not open: the window.
OPENS_NO_WINDOW = frozenset({"system", "request_welcome"})


@dataclass(frozen=True)
class Arrived:
    """A new message of a customer, for whoever reacts to it after the batch."""

    workspace: int
    conversation: int
    message: uuid.UUID
    at: datetime
    is_fresh: bool
    has_opened: bool = False  # the conversation was closed, asleep or new


def open_conversations(
    pairs: set[tuple[int, Number]],
    others: set[int],
    *,
    state: str = Conversation.OPEN,
    closed: Set = frozenset(),
) -> dict:
    """Lock the conversations of (contact, number) pairs, made as needed, and `others`.

    New ones are in `state`, and those in `closed` are closed. Gives (contact, number id) → conversation id. Every writer takes these locks first,
    all at once and in this order, so batches never deadlock.
    """
    now = clock.now()
    wanted = sorted(
        (contact, number.id, number.workspace_id) for contact, number in pairs
    )
    shut = {(contact, number.id) for contact, number in closed}
    new = [_new_conversation(*row, now) | {"state": state} for row in wanted]
    for row in new:
        if (row["contact_id"], row["number_id"]) in shut:
            row["state"] = Conversation.CLOSED
    bulk.insert(Conversation, new)
    rows = [{"contact_id": c, "number_id": n} for c, n, _ in wanted]
    found = bulk.fetch(LOCK, [bulk.to_json(rows), sorted(others)])
    return {(contact, number): pk for contact, number, pk in found}


LOCK = """
SELECT c.contact_id, c.number_id, c.id FROM inbox_conversation c
WHERE c.id IN (
  SELECT w.id FROM jsonb_to_recordset(%s::jsonb) AS r(contact_id bigint, number_id bigint)
    JOIN inbox_conversation w USING (contact_id, number_id)
  UNION SELECT unnest(%s::bigint[]))
ORDER BY c.id FOR NO KEY UPDATE OF c
"""


def store(placed: list[Placed], conversations: dict) -> list[Arrived]:
    """Insert what is new of `placed` inbound messages and bring their rows up to date."""
    placed = sorted(placed, key=past.is_placeholder)
    rows = {}
    for p in placed:
        row = _message(p, conversations[p.contact, p.number.id])
        rows.setdefault((p.number.id, p.fact.wamid), row)
    new = {pk for (pk,) in bulk.insert(Message, list(rows.values()))}
    fresh = [(p, row) for p, row in _with_rows(placed, rows) if row["id"] in new]
    _store_attachments(fresh + past.fill_placeholders(placed, rows, new))
    opened = _touch_conversations(fresh)
    amendments.apply_parked([row for _, row in fresh])
    return [
        Arrived(
            p.number.workspace_id,
            row["conversation_id"],
            row["id"],
            p.fact.at,
            p.received_at - p.fact.at <= FRESH,
            row["conversation_id"] in opened,
        )
        for p, row in fresh
        if not p.fact.is_echo and p.is_now
    ]


def stored_before(items: list, *, without: set) -> list[Arrived]:
    """Messages of events that were tried before: whoever reacts may have died then."""
    wanted = {
        (i.fact.target, i.fact.wamid): i.received_at
        for i in items
        if isinstance(i.fact, Inbound) and not (i.fact.is_echo or i.fact.is_past)
    }
    if not wanted:
        return []
    found = (
        Message.objects.filter(
            number__in=Number.objects.in_use().filter(
                meta_id__in={t for t, _ in wanted}
            ),
            wamid__in={wamid for _, wamid in wanted},
            direction=Message.IN,
        )
        .exclude(wamid="")
        .select_related("number")
    )
    return [
        Arrived(
            m.workspace_id,
            m.conversation_id,
            m.id,
            m.at,
            wanted[m.number.meta_id, m.wamid] - m.at <= FRESH,
        )
        for m in found
        if m.id not in without and (m.number.meta_id, m.wamid) in wanted
    ]


def _with_rows(placed: list[Placed], rows: dict):
    seen = set()
    for p in placed:
        key = (p.number.id, p.fact.wamid)
        if key not in seen:
            seen.add(key)
            yield p, rows[key]


def _new_conversation(contact: int, number: int, workspace: int, now) -> dict:
    return {
        "public_id": uuid.uuid4(),
        "workspace_id": workspace,
        "contact_id": contact,
        "number_id": number,
        "state": Conversation.OPEN,
        "last_inbound_seq": 0,
        "opened_at": now,
        "takeover": False,
        "takeover_reason": "",
        "generation": 0,
        "last_at": now,
        "last_seq": 0,
        "last_kind": "",
        "last_text": "",
        "last_origin": "",
        "version": 0,
    }


def _message(p: Placed, conversation: int) -> dict:
    fact = p.fact
    return {
        "id": uuid.uuid4(),
        "workspace_id": p.number.workspace_id,
        "conversation_id": conversation,
        "contact_id": p.contact,
        "number_id": p.number.id,
        "direction": Message.OUT if fact.is_echo else Message.IN,
        "origin": _origin(p),
        "kind": fact.kind,
        "body": fact.body,
        "payload": fact.payload,
        "wamid": fact.wamid,
        "reply_to": fact.reply_to[:200],
        "at": fact.at,
        # Nobody has to read what was said before: its place is before everything else.
        "seq": p.seq if p.is_now else 0,
        "created_at": p.received_at,
        "state": past.state_of(fact) if fact.is_echo else State.RECEIVED,
        "decision": {},
        "error_text": "",
        "priority": 0,
        "generation": 0,
        "tries": 0,
    }


def _origin(p: Placed) -> str:
    if not p.fact.is_echo:
        return Message.CUSTOMER
    return Message.PHONE_APP if p.number.is_whatsapp else Message.ELSEWHERE


def _store_attachments(fresh) -> None:
    now = clock.now()
    rows = [
        {
            "id": uuid.uuid4(),
            "workspace_id": row["workspace_id"],
            "message_id": row["id"],
            "number_id": row["number_id"],
            "position": position,
            "media_id": media.media_id,
            "url": media.url,
            "kind": media.kind,
            "claimed_type": media.claimed_type,
            "media_type": "",
            "name": media.name,
            "sha256": "",
            "file": "",
            "state": Attachment.WAITING if _can_fetch(media) else Attachment.GONE,
            "tries": 0,
            "due_at": now,
            "error": "",
        }
        for p, row in fresh
        for position, media in enumerate(p.fact.media)
    ]
    bulk.insert(Attachment, rows)


def _can_fetch(media) -> bool:
    return bool(media.media_id or media.url)


def _touch_conversations(fresh) -> set[int]:
    """Fold per conversation, then one UPDATE: newest row wins, the window only grows.

    Gives those that were opened.
    """
    folded: dict[int, dict] = {}
    for p, row in fresh:
        at, seq = row["at"], row["seq"]
        f = folded.setdefault(row["conversation_id"], _blank(row["conversation_id"]))
        if f["last_at"] is None or (at, seq) > (f["last_at"], f["last_seq"]):
            f |= {
                "last_at": at,
                "last_seq": seq,
                "last_kind": row["kind"],
                "last_text": row["body"][:160],
                "last_origin": row["origin"],
            }
        if row["direction"] == Message.OUT:
            if p.is_now:
                f["phone_at"] = max(filter(None, (f["phone_at"], at)))
            continue
        if p.is_now:
            f["inbound_seq"] = max(f["inbound_seq"], seq)
            f["first_at"] = min(filter(None, (f["first_at"], at)))
        if p.fact.kind not in OPENS_NO_WINDOW:
            f["inbound_at"] = max(filter(None, (f["inbound_at"], at)))
    rows = [folded[key] for key in sorted(folded)]
    touched = bulk.fetch(TOUCH, [bulk.to_json(rows)]) if rows else []
    listened = {row["conversation_id"] for p, row in fresh if p.number.is_listened}
    taken_over = [pk for pk, is_news, _ in touched if is_news and pk in listened]
    outgoing.about(taken_over, outgoing.HANDED_OVER, humanHandoff=True, by=None)
    return {pk for pk, _, has_opened in touched if has_opened}


def _blank(conversation: int) -> dict:
    return {
        "id": conversation,
        "last_at": None,
        "last_seq": 0,
        "last_kind": "",
        "last_text": "",
        "last_origin": "",
        "inbound_at": None,
        "inbound_seq": 0,
        "first_at": None,
        "phone_at": None,
    }


# Only a customer's message opens or reopens; a reply typed on the phone takes over.
TOUCH = f"""
UPDATE inbox_conversation t SET
  version = t.version + 1,
  last_inbound_at = GREATEST(t.last_inbound_at, r.inbound_at),
  last_inbound_seq = GREATEST(t.last_inbound_seq, r.inbound_seq),
  waiting_since = CASE
    WHEN r.first_at IS NULL THEN t.waiting_since
    WHEN t.last_reply_at >= r.inbound_at THEN t.waiting_since
    ELSE LEAST(t.waiting_since, r.first_at) END,
  state = CASE WHEN r.first_at IS NULL THEN t.state ELSE 'open' END,
  snoozed_until = CASE WHEN r.first_at IS NULL THEN t.snoozed_until END,
  opened_at = CASE WHEN r.first_at IS NOT NULL AND (t.state = 'closed' OR t.last_kind = '')
    THEN r.first_at ELSE t.opened_at END,
  takeover = t.takeover OR r.phone_at IS NOT NULL,
  takeover_at = CASE WHEN NOT t.takeover AND r.phone_at IS NOT NULL
    THEN r.phone_at ELSE t.takeover_at END,
  takeover_reason = CASE WHEN NOT t.takeover AND r.phone_at IS NOT NULL
    THEN '{Conversation.BY_PHONE}' ELSE t.takeover_reason END,
  generation = t.generation + (r.phone_at IS NOT NULL)::int,
  last_at = CASE WHEN n.is_newer THEN r.last_at ELSE t.last_at END,
  last_seq = CASE WHEN n.is_newer THEN r.last_seq ELSE t.last_seq END,
  last_kind = CASE WHEN n.is_newer THEN r.last_kind ELSE t.last_kind END,
  last_text = CASE WHEN n.is_newer THEN r.last_text ELSE t.last_text END,
  last_origin = CASE WHEN n.is_newer THEN r.last_origin ELSE t.last_origin END,
  last_author_id = CASE WHEN n.is_newer THEN NULL ELSE t.last_author_id END
FROM jsonb_to_recordset(%s::jsonb) AS r(
  id bigint, last_at timestamptz, last_seq bigint, last_kind text, last_text text,
  last_origin text, inbound_at timestamptz, inbound_seq bigint, first_at timestamptz,
  phone_at timestamptz)
CROSS JOIN LATERAL (
  SELECT c.last_kind = '' OR (r.last_at, r.last_seq) > (c.last_at, c.last_seq)
    AS is_newer, c.last_kind = '' OR c.state <> 'open' AS was_over
  FROM inbox_conversation c WHERE c.id = r.id) AS n
WHERE t.id = r.id
RETURNING t.id, COALESCE(t.takeover_at = r.phone_at, false),
  n.was_over AND r.first_at IS NOT NULL
"""
