"""What webhooks outside are told: written down in the transaction in which it happens.

One row for each webhook that listens, so nothing that was committed is forgotten and
nothing that was rolled back is told. A `source` makes the same thing be told once.
"""

import json
import time
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django_q.tasks import async_task

from converge import bulk
from inbox.models import OutgoingWebhook

RECEIVED, MOVED = "message.received", "message.status"
ASSIGNED, CLOSED = "conversation.assigned", "conversation.closed"
HANDED_OVER = "conversation.human_handoff"
OPTED_OUT = "contact.opted_out"
TEST = "test"
# What a webhook may listen to, with the words its page says it in.
EVENTS = {
    RECEIVED: "A customer wrote",
    MOVED: "A message was sent, delivered, read, or failed",
    ASSIGNED: "A conversation was assigned, or is nobody’s again",
    CLOSED: "A conversation was closed",
    HANDED_OVER: "A person took over from automation, or gave back",
    OPTED_OUT: "A customer opted out",
}
TASK = "inbox.tasks.tell_outside"
WAKE_EVERY = 1.0  # seconds; the task looks for longer than that before it ends

_woken_at = [0.0]


def listened(numbers):
    """Numbers that know whether a webhook of their workspace listens: `is_listened`.

    Asked with the query that loads them anyway, so whoever has no webhook pays nothing.
    """
    listening = OutgoingWebhook.objects.filter(
        workspace=OuterRef("workspace"), off_at=None
    )
    return numbers.annotate(is_listened=Exists(listening))


def received(messages: Iterable) -> None:
    """Customers' messages that are new."""
    _write(RECEIVED, FROM_MESSAGES, list(messages), SOURCE_RECEIVED)


def moved(messages: Iterable) -> None:
    """Messages of ours, each with the state it has now. What a broadcast left out before
    its first try is no message, and is not told."""
    _write(MOVED, f"{FROM_MESSAGES} AND {WORTH_TELLING}", list(messages), SOURCE_MOVED)


def about(conversations: Iterable[int], kind: str, **facts) -> None:
    """Something the team did with conversations."""
    _write(kind, FROM_CONVERSATIONS, list(conversations), NO_SOURCE, facts)


def assigned(conversation, *, by) -> None:
    to = conversation.assignee
    about(
        [conversation.id],
        ASSIGNED,
        assignee=to.email if to else None,
        by=by.email if by else None,
    )


def reassigned(conversations: Iterable[int], *, by) -> None:
    """Many at once, each to whom it belongs now."""
    facts = {"by": by.email if by else None}
    _write(ASSIGNED, FROM_ASSIGNED, list(conversations), NO_SOURCE, facts)


def opted_out(contacts: Iterable[int], *, scope: str, how: str) -> None:
    facts = {"scope": scope, "how": how}
    _write(OPTED_OUT, FROM_CONTACTS, list(contacts), NO_SOURCE, facts)


def test(webhook: OutgoingWebhook) -> None:
    """One that says nothing but that it arrived; to this webhook, whatever it listens to."""
    facts = json.dumps({"message": "It works."})
    bulk.execute(TEST_ROW, [facts, webhook.id])
    wake()


def wake() -> None:
    """Have the rows sent soon after they are committed; a schedule finds them anyway."""
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    now = time.monotonic()
    if now - _woken_at[0] > WAKE_EVERY:
        _woken_at[0] = now
        async_task(TASK)


def _write(kind: str, of: str, ids: list, source: str, facts: dict | None = None):
    if not ids:
        return
    query = WRITE.format(of=of, source=source)
    if bulk.execute(query, [kind, json.dumps(facts or {}), kind, ids]):
        wake()


WRITE = """
INSERT INTO inbox_outgoingdelivery (workspace_id, webhook_id, event, kind, at,
  conversation_id, contact_id, message_id, data, source, state, tries, due_at, problem)
SELECT w.workspace_id, w.id, gen_random_uuid(), %s, converge_now(),
  o.conversation_id, o.contact_id, o.message_id,
  %s::jsonb || o.facts || CASE WHEN o.state IS NULL THEN '{{}}'
    ELSE jsonb_build_object('state', o.state) END,
  {source}, 'waiting', 0, converge_now(), ''
FROM inbox_outgoingwebhook w JOIN ({of}) AS o ON o.workspace_id = w.workspace_id
WHERE w.off_at IS NULL AND w.events ? %s AND o.id = ANY(%s)
FOR KEY SHARE OF w  -- one that is deleted at this moment is left out, and breaks nothing
ON CONFLICT DO NOTHING
"""
FROM_MESSAGES = """
SELECT m.id, m.workspace_id, m.conversation_id, m.contact_id, m.id AS message_id,
  m.tries, m.state, '{}'::jsonb AS facts FROM inbox_message m WHERE true"""
FROM_CONVERSATIONS = """
SELECT c.id, c.workspace_id, c.id AS conversation_id, c.contact_id,
  NULL::uuid AS message_id, c.state, '{}'::jsonb AS facts FROM inbox_conversation c"""
FROM_ASSIGNED = """
SELECT c.id, c.workspace_id, c.id AS conversation_id, c.contact_id,
  NULL::uuid AS message_id, c.state, jsonb_build_object('assignee', u.email) AS facts
FROM inbox_conversation c LEFT JOIN accounts_user u ON u.id = c.assignee_id"""
FROM_CONTACTS = """
SELECT c.id, c.workspace_id, NULL::bigint AS conversation_id, c.id AS contact_id,
  NULL::uuid AS message_id, NULL AS state, '{}'::jsonb AS facts FROM inbox_contact c"""
WORTH_TELLING = """
  m.direction = 'out' AND m.state NOT IN ('queued', 'sending')
  AND NOT (m.origin = 'broadcast' AND m.tries = 0)"""
SOURCE_RECEIVED = "'received/' || o.id"
SOURCE_MOVED = "o.id || '/' || o.tries || '/' || o.state"
NO_SOURCE = "''"
TEST_ROW = f"""
INSERT INTO inbox_outgoingdelivery (workspace_id, webhook_id, event, kind, at, data,
  source, state, tries, due_at, problem)
SELECT w.workspace_id, w.id, gen_random_uuid(), '{TEST}', converge_now(), %s::jsonb,
  '', 'waiting', 0, converge_now(), '' FROM inbox_outgoingwebhook w WHERE w.id = %s
"""
