"""Unread is personal: how far each person has looked, in the order of arrival."""

from django.db.models import BigIntegerField, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Membership
from converge import bulk
from inbox.models import Conversation, Message, ReadMark

COUNTED_MAX = 100


def floor(membership: Membership) -> int:
    """What had arrived before a person joined is not unread for them."""
    mark, _ = ReadMark.objects.get_or_create(
        workspace_id=membership.workspace_id,
        user_id=membership.user_id,
        conversation=None,
        defaults={"seq": _newest_before(membership)},
    )
    return mark.seq


def with_seen(conversations, membership: Membership):
    """Annotate `seen_seq`: the place up to which this person has looked."""
    mark = ReadMark.objects.filter(
        user_id=membership.user_id, conversation=OuterRef("id")
    ).values("seq")
    base = Value(floor(membership), output_field=BigIntegerField())
    return conversations.annotate(seen_seq=Coalesce(Subquery(mark), base))


def count_unread(membership: Membership) -> int:
    """Open conversations with something new, up to a hundred: the badge's number."""
    own = Conversation.objects.filter(
        workspace_id=membership.workspace_id, state=Conversation.OPEN
    )
    unread = with_seen(own, membership).filter(last_inbound_seq__gt=F("seen_seq"))
    return unread.values("id")[:COUNTED_MAX].count()


def count_messages(seen: dict[int, int]) -> dict[int, int]:
    """Conversation id → how many received messages are after its `seen` place."""
    rows = [{"id": pk, "seq": seq} for pk, seq in seen.items()]
    return dict(bulk.fetch(COUNT, [COUNTED_MAX, bulk.to_json(rows)])) if rows else {}


COUNT = """
SELECT r.id, (
  SELECT count(*) FROM (
    SELECT 1 FROM inbox_message m
    WHERE m.conversation_id = r.id AND m.direction = 'in' AND m.seq > r.seq
    LIMIT %s) AS new)
FROM jsonb_to_recordset(%s::jsonb) AS r(id bigint, seq bigint)
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
