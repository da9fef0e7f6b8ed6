"""New things made of a broadcast: a copy, and segments of those who …"""

from broadcasts import outcomes
from broadcasts.models import Broadcast, Segment
from converge import bulk

# word → what the segment is called, and who is in it
SEGMENTS = {
    "unanswered": (
        "read it and did not answer",
        "o.outcome = 'read' AND NOT v.last_inbound_at > r.given_at"
        " OR o.outcome = 'read' AND v.last_inbound_at IS NULL",
    ),
    "answered": ("answered", "v.last_inbound_at > r.given_at AND m.wamid <> ''"),
    "failed": ("did not get it", "o.outcome = 'failed'"),
    "unread": ("got it and did not read it", "o.outcome = 'delivered'"),
}


def make_segment(broadcast: Broadcast, which: str, *, by) -> tuple[Segment, int]:
    said, where = SEGMENTS[which]
    segment = Segment.objects.create(
        workspace=broadcast.workspace,
        name=f"{broadcast.name[:40]}: {said}",
        made_by=by,
    )
    people = bulk.execute(
        MEMBERS.format(where=where),
        outcomes.params(broadcast=broadcast.id, segment=segment.id),
    )
    return segment, people


MEMBERS = (
    """
INSERT INTO broadcasts_segmentmember (workspace_id, segment_id, contact_id)
SELECT r.workspace_id, %(segment)s, r.contact_id FROM broadcasts_recipient r
LEFT JOIN inbox_message m ON m.id = r.message_id
LEFT JOIN inbox_conversation v ON v.id = m.conversation_id
CROSS JOIN LATERAL (SELECT """
    + outcomes.OUTCOME
    + """ AS outcome) AS o
WHERE r.broadcast_id = %(broadcast)s AND ({where})
"""
)


def duplicate(broadcast: Broadcast, *, by) -> Broadcast:
    return Broadcast.objects.create(
        workspace=broadcast.workspace,
        name=f"{broadcast.name[:72]} (copy)",
        number=broadcast.number,
        template=broadcast.template,
        variables=broadcast.variables,
        include=broadcast.include,
        exclude=broadcast.exclude,
        zone=broadcast.zone,
        created_by=by,
    )
