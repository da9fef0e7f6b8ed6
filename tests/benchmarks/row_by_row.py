"""The baseline: stored events applied one at a time with the ORM in one process, as most
systems of this kind do it."""

import json
from datetime import UTC, datetime

from django.db import transaction

from business_numbers.models import Number, WebhookEvent
from inbox.models import Contact, Conversation, Identity, Message


def apply_all() -> int:
    done = 0
    for event in WebhookEvent.objects.filter(state="waiting").order_by("id"):
        with transaction.atomic():
            done += apply_one(event)
    return done


def apply_one(event: WebhookEvent) -> int:
    done = 0
    for entry in json.loads(bytes(event.body))["entry"]:
        for change in entry["changes"]:
            value = change["value"]
            number = Number.objects.get(meta_id=value["metadata"]["phone_number_id"])
            names = {c["wa_id"]: c["profile"]["name"] for c in value["contacts"]}
            for message in value["messages"]:
                _store(number, names, message, event)
                done += 1
    event.state = "applied"
    event.save(update_fields=["state"])
    return done


def _store(number, names, message, event) -> None:
    identity = Identity.objects.filter(
        workspace_id=number.workspace_id, kind="wa_id", scope="", value=message["from"]
    ).first()
    if identity is None:
        contact = Contact.objects.create(
            workspace_id=number.workspace_id, profile_name=names[message["from"]]
        )
        Identity.objects.create(
            workspace_id=number.workspace_id,
            contact=contact,
            kind="wa_id",
            value=message["from"],
        )
    else:
        contact = identity.contact
    conversation, _ = Conversation.objects.get_or_create(
        workspace_id=number.workspace_id, contact=contact, number=number
    )
    if Message.objects.filter(number=number, wamid=message["id"]).exists():
        return
    at = datetime.fromtimestamp(int(message["timestamp"]), UTC)
    Message.objects.create(
        workspace_id=number.workspace_id,
        conversation=conversation,
        contact=contact,
        number=number,
        direction="in",
        origin="customer",
        kind="text",
        body=message["text"]["body"],
        wamid=message["id"],
        at=at,
        seq=event.id << 12,
        state="received",
    )
    conversation.last_inbound_at = at
    conversation.last_text = message["text"]["body"]
    conversation.version += 1
    conversation.save()
