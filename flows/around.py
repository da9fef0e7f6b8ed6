"""What steps may ask about, loaded for many conversations in one query."""

from dataclasses import dataclass
from datetime import datetime

from converge import bulk
from flows.hours import is_open
from flows.walk import World
from inbox.facts import window_of
from inbox.models import Conversation
from inbox.placeholders import values_of
from inbox.window import AUTOMATION_MARGIN


@dataclass(frozen=True)
class Around:
    world: World
    is_switched_off: bool


def look_around(conversations: list[Conversation], now: datetime) -> dict[int, Around]:
    """Conversations come with their contact, number and workspace (outbox.lock)."""
    by_id = {c.id: c for c in conversations}
    rows = bulk.fetch(AROUND, [list(by_id)])
    return {pk: _around(by_id[pk], now, *rest) for pk, *rest in rows}


AROUND = """
SELECT c.id,
  ARRAY(SELECT t.name FROM inbox_contacttag x JOIN inbox_tag t ON t.id = x.tag_id
        WHERE x.contact_id = c.contact_id),
  (SELECT i.value FROM inbox_identity i
   WHERE i.contact_id = c.contact_id AND i.kind = 'wa_id' ORDER BY i.id LIMIT 1),
  coalesce(s.hours, '[]'::jsonb)::text::json, s.stopped_at IS NOT NULL
FROM inbox_conversation c
LEFT JOIN flows_flowsettings s ON s.workspace_id = c.workspace_id
WHERE c.id = ANY(%s::bigint[])
"""


def _around(c: Conversation, now, tags, phone, hours, is_switched_off) -> Around:
    world = World(
        channel=c.number.kind,
        person=values_of(c.contact, phone or ""),
        fields={k: str(v) for k, v in c.contact.fields.items()},
        tags=frozenset(tags),
        is_open_hours=is_open(hours, c.workspace.time_zone, now),
        window_open=window_of(c).is_open(now + AUTOMATION_MARGIN),
    )
    return Around(world, is_switched_off)
