"""What of the inbox is in an export, and how: described in docs/export.md."""

from collections import defaultdict

from django.db.models import Max

from inbox.api import shown
from inbox.exporting import Part, Row
from inbox.media import ENDINGS
from inbox.models import (
    Attachment,
    Attempt,
    Contact,
    ContactTag,
    Conversation,
    Event,
    Identity,
    Message,
    Note,
)

LINES, FILES = 2000, 5
moment = shown.moment


def contacts(workspace: int, after: str) -> list[Row]:
    found = _next(Contact.objects.filter(workspace=workspace), after)
    ids = [c.id for c in found]
    names, tags = defaultdict(list), defaultdict(list)
    for i in Identity.objects.filter(contact__in=ids).order_by("id"):
        name = {"kind": i.kind, "scope": i.scope, "value": i.value}
        names[i.contact_id].append(name)
    tagged = ContactTag.objects.filter(contact__in=ids).select_related("tag", "set_by")
    for t in tagged.order_by("id"):
        tags[t.contact_id].append(_tag(t))
    return [Row(str(c.id), _contact(c, names[c.id], tags[c.id])) for c in found]


def conversations(workspace: int, after: str) -> list[Row]:
    own = Conversation.objects.filter(workspace=workspace)
    found = _next(own.select_related("contact", "number", "assignee"), after)
    return [Row(str(c.id), _conversation(c)) for c in found]


def messages(workspace: int, after: str) -> list[Row]:
    own = Message.objects.filter(workspace=workspace)
    found = _next(own.select_related("conversation", "author", "template"), after)
    attempts = Attempt.objects.filter(message__in=[m.id for m in found])
    times = attempts.values_list("message").annotate(
        Max("delivered_at"), Max("read_at")
    )
    reported = {message: (delivered, read) for message, delivered, read in times}
    unknown = (None, None)
    return [Row(str(m.id), _message(m, *reported.get(m.id, unknown))) for m in found]


def notes(workspace: int, after: str) -> list[Row]:
    own = Note.objects.filter(workspace=workspace)
    found = _next(own.select_related("conversation", "author"), after)
    return [Row(str(n.id), _note(n)) for n in found]


def events(workspace: int, after: str) -> list[Row]:
    own = Event.objects.filter(workspace=workspace)
    found = _next(own.select_related("conversation", "actor"), after)
    return [Row(str(e.id), _event(e)) for e in found]


def media(workspace: int, after: str) -> list[Row]:
    own = Attachment.objects.filter(workspace=workspace)
    return [Row(str(a.id), _media(a)) for a in _next(own, after)]


def files(workspace: int, after: str) -> list[Row]:
    """Few at a time: each may have 100 MB."""
    own = Attachment.objects.filter(workspace=workspace, state=Attachment.STORED)
    return [
        Row(str(a.id), stored=a.file, name=_file_name(a))
        for a in _next(own, after)[:FILES]
    ]


PARTS = (
    Part("contacts", contacts),
    Part("conversations", conversations),
    Part("messages", messages),
    Part("notes", notes),
    Part("events", events),
    Part("media", media),
    Part("files", files),
)


def _next(rows, after: str):
    rows = rows.filter(id__gt=after) if after else rows
    return rows.order_by("id")[:LINES]


def _contact(c: Contact, names: list, tags: list) -> dict:
    return {
        "id": str(c.public_id),
        "name": c.name,
        "profile_name": c.profile_name,
        "phone_name": c.phone_name,
        "identities": names,
        "fields": c.fields,
        "tags": tags,
        "refuses_marketing": c.refuses_marketing,
        "blocked_at": moment(c.blocked_at),
        "created_at": moment(c.created_at),
    }


def _tag(t: ContactTag) -> dict:
    return {
        "name": t.tag.name,
        "is_rule": bool(t.tag.code),
        "set_at": moment(t.set_at),
        "set_by": _email(t.set_by),
        "reason": t.reason,
    }


def _conversation(c: Conversation) -> dict:
    return {
        "id": str(c.public_id),
        "contact": str(c.contact.public_id),
        "number": c.number.meta_id,
        "channel": c.number.kind,
        "state": c.state,
        "snoozed_until": moment(c.snoozed_until),
        "assignee": _email(c.assignee),
        "humanHandoff": c.takeover,
        "last_inbound_at": moment(c.last_inbound_at),
        "opened_at": moment(c.opened_at),
    }


def _message(m: Message, delivered_at, read_at) -> dict:
    return {
        "id": str(m.id),
        "conversation": str(m.conversation.public_id),
        "direction": m.direction,
        "origin": m.origin,
        "author": _email(m.author),
        "kind": m.kind,
        "text": m.body,
        "template": m.template.name if m.template else None,
        "content": m.payload,
        "whatsapp_id": m.wamid or None,
        "reply_to": m.reply_to or None,
        "state": shown.state(m.state),
        "error_code": m.error_code,
        "at": moment(m.at),
        "delivered_at": moment(delivered_at),
        "read_at": moment(read_at),
        "edited_at": moment(m.edited_at),
        "deleted_at": moment(m.deleted_at),
    }


def _note(n: Note) -> dict:
    return {
        "id": str(n.id),
        "conversation": str(n.conversation.public_id),
        "author": _email(n.author),
        "text": n.body,
        "at": moment(n.at),
    }


def _event(e: Event) -> dict:
    return {
        "conversation": str(e.conversation.public_id),
        "kind": e.kind,
        "actor": _email(e.actor),
        "data": e.data,
        "at": moment(e.at),
    }


def _media(a: Attachment) -> dict:
    return {
        "id": str(a.id),
        "message": str(a.message_id),
        "kind": a.kind,
        "type": a.media_type or a.claimed_type,
        "name": a.name,
        "size": a.size,
        "sha256": a.sha256,
        "state": a.state,
        "file": _file_name(a) if a.state == Attachment.STORED else None,
    }


def _file_name(a: Attachment) -> str:
    """By its id: what a sender called it could be a path."""
    return f"files/{a.id}.{ENDINGS.get(a.media_type, 'bin')}"


def _email(user) -> str | None:
    return user.email if user else None
