"""What a webhook is told, as JSON: read from the rows when it is sent, and signed.

Names here are promises, as in `inbox.api.shown`.
"""

import hashlib
import hmac
import json

from inbox import words
from inbox.api import shown
from inbox.models import Contact, Conversation, Identity, Message, OutgoingDelivery

RELATED = (
    "webhook",
    "workspace",
    "contact",
    "conversation__number",
    "conversation__assignee",
    "message__number",
    "message__contact",
    "message__conversation",
    "message__template",
    "message__api_send",
)


def load(ids: list[int]) -> list[OutgoingDelivery]:
    """With everything their bodies are made of, in a fixed number of queries."""
    found = OutgoingDelivery.objects.filter(id__in=ids).select_related(*RELATED)
    rows = list(found.prefetch_related("message__attempts"))
    phones = _phones({d.contact_id for d in rows if d.contact_id})
    for row in rows:
        row.phone = phones.get(row.contact_id)
    return rows


def body(delivery: OutgoingDelivery) -> bytes:
    """Of a delivery that `load` gave."""
    told = {
        "id": str(delivery.event),
        "type": delivery.kind,
        "created_at": shown.moment(delivery.at),
        "workspace": delivery.workspace.slug,
        "data": _data(delivery),
    }
    return json.dumps(told, ensure_ascii=False).encode()


def signature(secret: str, at: int, sent: bytes) -> str:
    """HMAC-SHA256 over the second and the body, so that an old one cannot be replayed."""
    signed = f"{at}.".encode() + sent
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _data(d: OutgoingDelivery) -> dict:
    facts = dict(d.data)
    state = facts.pop("state", None)
    data = {}
    if d.message:
        data["message"] = _message(d.message, state)
    if d.conversation:
        data["conversation"] = _conversation(d.conversation)
        if not d.message and state:
            data["conversation"]["state"] = state
        data["number"] = _number(d.conversation.number)
    if d.contact:
        data["contact"] = _contact(d.contact, d.phone)
    return data | facts


def _message(found: Message, state: str | None) -> dict:
    if found.direction == Message.OUT:
        now = shown.message(found)
        told = shown.state(state or found.state)
        if told == now["state"]:
            return now
        # It went on since: what is said of it now belongs to a later event.
        return now | {"state": told, "error_code": None, "explanation": ""}
    return {
        "id": str(found.id),
        "kind": found.kind,
        "text": None if found.deleted_at else found.body,
        "is_deleted": found.deleted_at is not None,
        "at": shown.moment(found.at),
        "whatsapp_id": found.wamid or None,
        "reply_to": found.reply_to or None,
    }


def _conversation(found: Conversation) -> dict:
    return {
        "id": str(found.public_id),
        "state": found.state,
        "humanHandoff": found.takeover,
        "assignee": found.assignee.email if found.assignee else None,
    }


def _number(found) -> dict:
    return {"id": found.meta_id, "channel": found.kind, "display": found.display}


def _contact(found: Contact, phone: str | None) -> dict:
    return {
        "id": str(found.public_id),
        "name": words.visible(found.own_name) or None,
        "phone": f"+{phone}" if phone else None,
    }


def _phones(contacts: set[int]) -> dict[int, str]:
    """The first spelling of each is the one that is written to."""
    rows = Identity.objects.filter(contact__in=contacts, kind=Identity.WA_ID)
    return dict(rows.order_by("-id").values_list("contact_id", "value"))
