"""What customers just wrote, seen by flows: called after every batch of new messages.

A fixed number of statements a batch: runs under way are nudged, new ones are written down
with the constraints deciding, and the ingest process walks them on afterwards.
"""

import logging
import uuid

from django.db import DatabaseError, transaction
from django.db.models import Q

from converge import bulk, clock
from flows.hearing import heard, payload_of
from flows.hours import is_open
from flows.late import answer_late
from flows.listening import listeners
from flows.messages import read_choice
from flows.models import FlowSettings, Run
from flows.runs import begin
from flows.triggers import Ears, Listener
from inbox import outbox
from inbox.arrivals import Arrived
from inbox.models import Message

logger = logging.getLogger(__name__)

SILENT_KINDS = frozenset({"system", "unsupported"})
LOOKED_AT = (
    "workspace_id", "conversation_id", "kind", "body", "payload", "at", "seq",
    "number__kind",
)  # fmt: skip


def react(arrived: list[Arrived]) -> None:
    """Runs that are under way hear it; else it may start one. Safe twice.

    A defect here must not stop the inbox: only an outage goes up.
    """
    try:
        _react(arrived)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("flows did not react")


def _react(arrived: list[Arrived]) -> None:
    if not arrived:
        return
    bulk.execute(NUDGE, [sorted({a.conversation for a in arrived})])
    found = listeners({a.workspace for a in arrived})
    fresh = _fresh(arrived, found)
    late = [m for m in fresh if read_choice(payload_of(m))]
    for message in late:
        _press_late(message)
    others = [m for m in fresh if m not in late and m.workspace_id in found]
    _begin(_choose(others, found))


def _fresh(arrived: list[Arrived], found: dict) -> list[Message]:
    """What triggers may look at, in thread order; presses also where no flow is live."""
    fresh = [a for a in arrived if a.is_fresh]
    wanted = [a.message for a in fresh if a.workspace in found]
    rest = [a.message for a in fresh if a.workspace not in found]
    rows = Message.objects.filter(
        Q(id__in=wanted) | Q(id__in=rest, kind="interactive")
    ).exclude(kind__in=SILENT_KINDS)
    return list(rows.select_related("number").only(*LOOKED_AT).order_by("at", "seq"))


# Runs are locked in order; one that is just walking on is waited for, and looks again.
NUDGE = """
UPDATE flows_run SET is_nudged = true WHERE id IN (
  SELECT id FROM flows_run WHERE state = 'alive' AND conversation_id = ANY(%s)
  ORDER BY id FOR NO KEY UPDATE)
"""


def _choose(fresh: list[Message], found: dict) -> list[tuple[Message, Listener]]:
    """The flow each message may start, in thread order."""
    firsts, outside = _first_ones(fresh, found), _outside_hours(found)
    chosen = []
    for message in fresh:
        seen = heard(
            message,
            message.number.kind,
            is_first=message.id in firsts,
            is_outside_hours=message.workspace_id in outside,
        )
        listener = found[message.workspace_id].winner(seen)
        if listener:
            chosen.append((message, listener))
    return chosen


def _begin(chosen: list[tuple[Message, Listener]]) -> None:
    rows = [
        {
            "conversation_id": message.conversation_id,
            "flow_id": listener.flow,
            "version_id": listener.version,
            "is_beside": listener.is_beside,
            "began_with": str(message.id),
            "heard_at": message.at,
            "heard_seq": message.seq,
        }
        for message, listener in chosen
    ]
    if rows:
        bulk.execute(BEGIN, [bulk.to_json(rows)])


# One run a message for ever, one alive a conversation: the unique constraints decide.
BEGIN = """
INSERT INTO flows_run (
  public_id, workspace_id, flow_id, version_id, conversation_id, contact_id, began_with,
  is_beside, generation, state, node, waits_for, is_nudged, tries, steps_count,
  steps_at_once, variables, heard_at, heard_seq, reason, detail, started_at)
SELECT gen_random_uuid(), c.workspace_id, r.flow_id, r.version_id, c.id, c.contact_id,
  r.began_with, r.is_beside, c.generation, 'alive', 0, 'start', true, 0, 0, 0,
  '{}', r.heard_at, r.heard_seq, '', '', converge_now()
FROM jsonb_to_recordset(%s::jsonb) AS r(
  conversation_id bigint, flow_id bigint, version_id bigint, is_beside boolean,
  began_with text, heard_at timestamptz, heard_seq bigint)
JOIN inbox_conversation c ON c.id = r.conversation_id
WHERE NOT c.takeover AND (r.is_beside OR NOT EXISTS (
  SELECT 1 FROM flows_heard h WHERE h.message = r.began_with::uuid))
ORDER BY c.id, r.heard_at, r.heard_seq
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def _press_late(message: Message) -> None:
    """A button of ours: its run may wait for it (then it hears it), or not any more."""
    conversation = outbox.lock(message.conversation_id)
    if not conversation.takeover and not _is_awaited(message):
        answer_late(conversation, message, begin)


def _is_awaited(message: Message) -> bool:
    owner, node, _ = read_choice(payload_of(message))
    return Run.objects.filter(
        public_id=uuid.UUID(owner),
        conversation=message.conversation_id,
        state=Run.ALIVE,
        node=node,
    ).exists()


def _first_ones(messages: list[Message], found: dict) -> set:
    """Messages with nothing of the customer before them; asked only if a flow wants it."""
    needing = [m.id for m in messages if "first" in found[m.workspace_id].kinds]
    return {pk for (pk,) in bulk.fetch(FIRST, [needing])} if needing else set()


FIRST = """
SELECT m.id FROM inbox_message m WHERE m.id = ANY(%s::uuid[]) AND NOT EXISTS (
  SELECT 1 FROM inbox_message e WHERE e.conversation_id = m.conversation_id
    AND e.direction = 'in' AND (e.at, e.seq) < (m.at, m.seq))
"""


def _outside_hours(found: dict[int, Ears]) -> set[int]:
    needing = {workspace for workspace, ears in found.items() if "hours" in ears.kinds}
    if not needing:
        return set()
    now = clock.now()
    rows = FlowSettings.objects.filter(workspace__in=needing).select_related(
        "workspace"
    )
    return {
        s.workspace_id for s in rows if not is_open(s.hours, s.workspace.time_zone, now)
    }
