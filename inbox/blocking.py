"""A person shut out: nothing of ours goes to them, and WhatsApp keeps theirs away."""

from django.db import transaction

from business_numbers import graph
from business_numbers.graph import Grant, GraphError
from converge import clock
from inbox.apply import tell
from inbox.models import Conversation, Event, Identity
from inbox.outbox import lock

DONE = {
    True: "Blocked. WhatsApp keeps their messages to this number away.",
    False: "No longer blocked.",
}


def switch(conversation: Conversation, *, is_on: bool, by) -> tuple[bool, str]:
    """Whether anything changed here, and what to say.

    Meta is asked first and outside any transaction. Whatever it says, the block counts
    here: the send decision refuses, and the sentence tells what Meta did not do.
    """
    refusal = _at_meta(conversation, is_on=is_on)
    has_changed = _here(conversation.id, is_on=is_on, by=by)
    if not refusal:
        return has_changed, DONE[is_on]
    what = "Blocked here" if is_on else "No longer blocked here"
    return has_changed, f"{what}. {refusal}"


def _at_meta(conversation: Conversation, *, is_on: bool) -> str:
    """Why Meta did not do it too, or nothing. Source: Cloud API, Block Users."""
    number = conversation.number
    phone = Identity.objects.filter(contact=conversation.contact_id, kind="wa_id")
    digits = phone.order_by("id").values_list("value", flat=True).first()
    if not number.is_whatsapp:
        return "On Instagram itself, block them in its app."
    if not digits:
        return "WhatsApp blocks phone numbers only, and this person's is not known."
    body = {"messaging_product": "whatsapp", "block_users": [{"user": f"+{digits}"}]}
    try:
        graph.call(
            Grant.of(number.account),
            "POST" if is_on else "DELETE",
            f"{number.meta_id}/block_users",
            json=body,
        )
    except GraphError as error:
        return _why(error, is_on=is_on)
    return ""


def _why(error: GraphError, *, is_on: bool) -> str:
    if error.code == 139100 and is_on:
        return (
            "WhatsApp itself blocks only who wrote within 24 hours: "
            "their messages still arrive."
        )
    if error.code is None:
        return "WhatsApp did not answer; press again to tell it, too."
    return f"WhatsApp did not do it: {error.title or error}."


@transaction.atomic
def _here(conversation_id: int, *, is_on: bool, by) -> bool:
    conversation = lock(conversation_id)
    contact = conversation.contact
    if (contact.blocked_at is not None) == is_on:
        return False
    contact.blocked_at = clock.now() if is_on else None
    contact.save(update_fields=["blocked_at"])
    Event.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        at=clock.now(),
        kind="blocked" if is_on else "unblocked",
        actor=by,
    )
    tell({conversation.id})
    return True
