"""A teammate reacts to a customer's message: a send like every other, one for a message.

It takes nothing over and answers nobody. Meta changes or takes back what is there when
another one comes for the same message.
"""

from django.db import transaction

from accounts.models import User
from converge import clock
from inbox import outbox, outgoing
from inbox.emoji import is_emoji
from inbox.gate import Allow
from inbox.models import Conversation, Message, Reaction
from inbox.outbox import Draught, Outcome
from inbox.reactions import WHATSAPP_TAKES_FOR, standing
from inbox.states import ACCEPTED, IN_FLIGHT, TROUBLED, State

REPLACED = "Another reaction took its place before this one was sent."


def problem(target: Message, emoji: str) -> str:
    """Why this cannot be a reaction, in a sentence; empty when it can."""
    if emoji and not is_emoji(emoji):
        return "A reaction is one emoji, and nothing else."
    # Meta describes reactions to what a customer sent, and none to our own messages.
    if target.is_out or not target.wamid or target.deleted_at:
        return (
            "Only a message of the customer's that is still there can get a reaction."
        )
    age = clock.now() - target.at
    if target.number.is_whatsapp and age > WHATSAPP_TAKES_FOR:
        return "WhatsApp takes reactions to messages of the last 30 days only."
    return ""


@transaction.atomic
def react(target: Message, emoji: str, *, author: User, may_send: bool) -> Outcome:
    """Queue the reaction, or with no emoji its removal."""
    conversation = outbox.lock(target.conversation_id)
    here = _ours(target)
    if here and here.message and _is_this(here.message, emoji):
        return Outcome(Allow(), here.message)
    draught = Draught(
        "reaction",
        emoji,
        content={"message_id": target.wamid, "emoji": emoji},
        shown={"was": standing(here)},
        reply_to=target.wamid,
    )
    outcome = outbox.queue(conversation.id, draught, author=author, may_send=may_send)
    if outcome.is_new:
        _replace(conversation, target, outcome.message)
    return outcome


def _ours(target: Message) -> Reaction | None:
    found = Reaction.objects.filter(
        number=target.number_id, target=target.wamid, is_ours=True
    )
    return found.select_related("message", "author").first()


def _is_this(send: Message, emoji: str) -> bool:
    """A second click: it is there already, or on its way."""
    return send.body == emoji and send.state in (*IN_FLIGHT, *ACCEPTED)


def _replace(conversation: Conversation, target: Message, send: Message) -> None:
    """One of ours a message; what waited in the outbox for the same one stays there."""
    earlier = Message.objects.filter(
        conversation=conversation, kind="reaction", reply_to=target.wamid
    ).exclude(id=send.id)
    # Nobody sees these any more, so nobody could put them aside.
    earlier.filter(state__in=TROUBLED, dismissed_at=None).update(dismissed_at=send.at)
    waiting = earlier.filter(state=State.QUEUED)
    replaced = list(waiting.values_list("id", flat=True))
    waiting.update(state=State.CANCELLED, error_text=REPLACED)
    outgoing.moved(replaced)
    Reaction.objects.update_or_create(
        number_id=target.number_id,
        target=target.wamid,
        is_ours=True,
        defaults={
            "workspace_id": target.workspace_id,
            "emoji": send.body,
            "author": send.author,
            "at": send.at,
            "message": send,
        },
    )
