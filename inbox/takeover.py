"""Human takeover: while it is on, no automation starts, wakes or sends in a conversation.

Only a person ends it. Every change raises the generation, so that what automation had
planned before is stale.
"""

from accounts.models import User
from converge import bulk, clock
from inbox import outgoing
from inbox.models import Conversation, Event, Message
from inbox.states import State


def turn_on(conversation: Conversation, *, by: User | None, reason: str) -> bool:
    """Call with the conversation locked. True when it was off."""
    if conversation.takeover:
        return False
    _switch(conversation, is_on=True, by=by, reason=reason)
    cancel_bot(conversation)
    return True


def turn_off(conversation: Conversation, *, by: User) -> bool:
    if not conversation.takeover:
        return False
    _switch(conversation, is_on=False, by=by, reason="")
    return True


def cancel_bot(conversation: Conversation) -> int:
    """Bot messages that have not left are taken back; how many."""
    return cancel_bots([conversation.id])


def cancel_bots(conversations: list[int]) -> int:
    taken_back = [pk for (pk,) in bulk.fetch(TAKE_BACK, [conversations])]
    outgoing.moved(taken_back)
    return len(taken_back)


TAKE_BACK = f"""
UPDATE inbox_message SET state = '{State.CANCELLED}',
  error_text = 'A teammate took over.'
WHERE conversation_id = ANY(%s) AND state = '{State.QUEUED}' AND origin = '{Message.FLOW}'
  AND NOT decision ? 'by_hand'
RETURNING id
"""


def _switch(conversation, *, is_on: bool, by: User | None, reason: str) -> None:
    conversation.takeover = is_on
    conversation.takeover_at = clock.now()
    conversation.takeover_by = by
    conversation.takeover_reason = reason
    conversation.generation += 1
    conversation.save(
        update_fields=[
            "takeover", "takeover_at", "takeover_by", "takeover_reason", "generation",
        ]
    )  # fmt: skip
    Event.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        at=conversation.takeover_at,
        kind="takeover_on" if is_on else "takeover_off",
        actor=by,
        data={"reason": reason} if reason else {},
    )
    outgoing.about(
        [conversation.id],
        outgoing.HANDED_OVER,
        humanHandoff=is_on,
        by=by.email if by else None,
    )
