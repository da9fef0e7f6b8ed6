"""The two reserved tags as people switch them: who may, what must be said, what is noted.
And what other tags may be called."""

from accounts import audit
from inbox import outgoing, tags
from inbox.models import Contact, Conversation, Tag
from inbox.views.acts import note_event

TAG_MAX = 40


def label(typed: str) -> str:
    return " ".join(typed.split())[:TAG_MAX]


def label_problem(name: str) -> str:
    if not name:
        return "A tag needs a name."
    if name.casefold() in (Tag.DND, Tag.DO_NOT_SEND):
        return "That is a rule, not a label: use the switch under “Do not contact”."
    return ""


def switch_dnd(
    request, contact: Contact, conversation: Conversation | None
) -> str | None:
    """On by anybody who answers; off by owners and admins, with how they agreed. A
    sentence when it was refused."""
    if request.POST.get("on") == "true":
        reason = f"set by {request.user.first_name}"
        if tags.set_tag(contact, Tag.DND, by=request.user, reason=reason):
            _note(request, conversation, "dnd_on", reason)
            outgoing.opted_out([contact.id], scope="all", how="teammate")
            audit.record(request, "dnd set", str(contact.public_id))
        return None
    if not request.membership.may("lift_dnd"):
        return "Owners and admins can lift an opt-out."
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        return "Say how they agreed to receive messages again."
    if tags.lift_tag(contact, Tag.DND):
        _note(request, conversation, "dnd_off", reason)
        audit.record(request, "dnd lifted", str(contact.public_id), reason=reason)
    return None


def switch_do_not_send(request, contact: Contact) -> None:
    is_on = request.POST.get("on") == "true"
    if is_on:
        reason = "set by a teammate"
        tags.set_tag(contact, Tag.DO_NOT_SEND, by=request.user, reason=reason)
    else:
        tags.lift_tag(contact, Tag.DO_NOT_SEND)
    audit.record(request, "do-not-send switched", str(contact.public_id), on=is_on)


def _note(request, conversation: Conversation | None, kind: str, reason: str) -> None:
    if conversation:
        note_event(conversation, kind, request.user, word=reason)
