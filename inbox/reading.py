"""Unread is personal: how far each person has looked, in the order of arrival."""

from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import BigIntegerField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Membership
from converge import bulk
from inbox.models import Conversation, Message, ReadMark

COUNTED_MAX = 100
FLOOR_KEPT_FOR = 3600


def floor(membership: Membership) -> int:
    """What had arrived before a person joined is not unread for them. Never changes."""
    key, kept = f"floor-{membership.pk}", caches["process"]
    seq = kept.get(key)
    if seq is None:
        seq = _find_floor(membership)
        kept.set(key, seq, FLOOR_KEPT_FOR)
    return seq


def _find_floor(membership: Membership) -> int:
    own = {
        "workspace_id": membership.workspace_id,
        "user_id": membership.user_id,
        "conversation": None,
    }
    mark = ReadMark.objects.filter(**own).first()
    if mark is None:
        defaults = {"seq": _newest_before(membership)}
        mark, _ = ReadMark.objects.get_or_create(**own, defaults=defaults)
    return mark.seq


def with_seen(conversations, membership: Membership):
    """Annotate `seen_seq`: the place up to which this person has looked."""
    mark = ReadMark.objects.filter(
        user_id=membership.user_id, conversation=OuterRef("id")
    ).values("seq")
    base = Value(floor(membership), output_field=BigIntegerField())
    return conversations.annotate(seen_seq=Coalesce(Subquery(mark), base))


@dataclass(frozen=True)
class Counts:
    """Of open conversations, each up to a hundred."""

    mine: int
    unassigned: int
    unread: int


def count(membership: Membership) -> Counts:
    """What is mine, what is nobody's, and what has something new for this person."""
    workspace, user = membership.workspace_id, membership.user_id
    most = COUNTED_MAX
    params = [workspace, user, most, workspace, most]
    params += [user, workspace, floor(membership), most]
    return Counts(*bulk.fetch(COUNTS, params)[0])


COUNTS = """
SELECT
  (SELECT count(*) FROM (SELECT 1 FROM inbox_conversation c
    WHERE c.workspace_id = %s AND c.assignee_id = %s AND c.state = 'open'
    LIMIT %s) AS mine),
  (SELECT count(*) FROM (SELECT 1 FROM inbox_conversation c
    WHERE c.workspace_id = %s AND c.assignee_id IS NULL AND c.state = 'open'
    LIMIT %s) AS unassigned),
  (SELECT count(*) FROM (SELECT 1 FROM inbox_conversation c
    LEFT JOIN inbox_readmark r ON r.conversation_id = c.id AND r.user_id = %s
    WHERE c.workspace_id = %s AND c.state = 'open'
      AND c.last_inbound_seq > COALESCE(r.seq, %s)
    LIMIT %s) AS unread)
"""


def mark_read(membership: Membership, conversation: Conversation, seq: int) -> bool:
    """Looked up to `seq`; never back. True when that is news."""
    return _set_mark(
        membership, conversation, seq, "WHERE inbox_readmark.seq < excluded.seq"
    )


def mark_unread(membership: Membership, conversation: Conversation) -> bool:
    """As if the customer's newest message had not been seen."""
    newest = Message.objects.filter(
        conversation=conversation, direction=Message.IN
    ).aggregate(Max("seq"))["seq__max"]
    return newest is not None and _set_mark(membership, conversation, newest - 1, "")


def _set_mark(membership, conversation, seq: int, condition: str) -> bool:
    changed = bulk.execute(
        "INSERT INTO inbox_readmark (workspace_id, user_id, conversation_id, seq, at)"
        " VALUES (%s, %s, %s, %s, clock_timestamp())"
        " ON CONFLICT (user_id, workspace_id, conversation_id) DO UPDATE"
        f" SET seq = excluded.seq, at = excluded.at {condition}",
        [conversation.workspace_id, membership.user_id, conversation.id, seq],
    )
    return bool(changed)


def _newest_before(membership: Membership) -> int:
    newest = Message.objects.filter(
        workspace_id=membership.workspace_id,
        direction=Message.IN,
        created_at__lt=membership.joined_at,
    ).aggregate(Max("seq"))["seq__max"]
    return newest or 0
