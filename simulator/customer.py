"""What a customer does: writes, reacts, reads, blocks, switches the phone off."""

from simulator import composing, instagram_composing, lifecycle
from simulator.chats import Message
from simulator.inbound import receive
from simulator.people import Person
from simulator.webhooks.account_events import post_event
from simulator.webhooks.payloads import describe_contact, describe_number

UNSUPPORTED = {
    "errors": [
        {
            "code": 131051,
            "title": "Message type unknown",
            "message": "Message type unknown",
            "error_data": {"details": "Message type is currently not supported."},
        }
    ]
}


def write(sim, business, person: Person, kind: str, fields: dict) -> Message:
    """One message from `person`; the chat lies open, so what came before is read."""
    if business.kind == "instagram":
        return _write_on_instagram(sim, business, person, kind, fields)
    kind, content = composing.compose(sim, kind, fields)
    message = receive(
        sim,
        business,
        person,
        kind,
        content,
        context_id=_read_context(fields),
        beside=_read_beside(kind, fields),
        at=fields.get("at"),
        is_told=not fields.get("known"),
    )
    _leave_trace(sim, message, content)
    return message


def open_chat(sim, business_id: str, person: Person) -> None:
    chat = sim.chats.open(business_id, person)
    if business_id in sim.world.instagram:
        _read_on_instagram(sim, chat)
    else:
        lifecycle.read_chat(sim, chat)


def play(sim, message: Message) -> None:
    """The person listens to a voice note."""
    if message.type == "audio" and message.status in ("delivered", "read"):
        lifecycle.report(sim, message, "played")


def set_phone(sim, person: Person, *, off: bool) -> None:
    person.phone_off = off
    if not off:
        for chat in sim.chats.of_person(person):
            lifecycle.deliver_waiting(sim, chat)


def set_blocked(sim, business_id: str, person: Person, *, blocked: bool) -> None:
    others = person.blocked - {business_id}
    person.blocked = others | {business_id} if blocked else others
    sim.chats.touch(sim.chats.open(business_id, person))


def set_marketing(sim, number, person: Person, *, stopped: bool) -> None:
    """The person's choice in WhatsApp itself, told by `user_preferences`."""
    person.marketing_stopped = stopped
    contact = describe_contact(person)
    preference = {
        "detail": (
            "User requested to stop marketing messages"
            if stopped
            else "User requested to resume marketing messages"
        ),
        "category": "marketing_messages",
        "value": "stop" if stopped else "resume",
        "timestamp": int(sim.clock.now()),
    }
    known = {key: contact[key] for key in ("wa_id", "user_id") if key in contact}
    value = {
        "messaging_product": "whatsapp",
        "metadata": describe_number(number),
        "contacts": [contact],
        "user_preferences": [{**known, **preference}],
    }
    post_event(sim, number.waba_id, "user_preferences", value)


def change_number(sim, number, person: Person) -> None:
    """A new telephone number: `system` from the old one, then `user_id_update`."""
    old, old_user_id = person.wa_id, person.user_id
    digits = old[:-2] + f"{(int(old[-2:]) + 1) % 100:02d}"
    country = old_user_id.partition(".")[0] or "ZZ"
    new_user_id = f"{country}.{sim.ids.make_number('77')}"
    content = {
        "body": f"User {person.name} changed from {old} to {digits}",
        "wa_id": digits,
        "user_id": new_user_id,
        "type": "user_changed_number",
    }
    receive(sim, number, person, "system", content)
    person.wa_id, person.user_id = digits, new_user_id
    sim.directory.index(person)
    update = {
        "wa_id": digits,
        "detail": "The user id changed with the number",
        "user_id": {"previous": old_user_id, "current": new_user_id},
        "timestamp": str(int(sim.clock.now())),
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": describe_number(number),
        "contacts": [describe_contact(person)],
        "user_id_update": [update],
    }
    post_event(sim, number.waba_id, "user_id_update", value)


def _read_beside(kind: str, fields: dict) -> dict:
    beside = {}
    if isinstance(fields.get("referral"), dict):
        beside["referral"] = fields["referral"]
    if fields.get("forwarded"):
        beside["context"] = {"forwarded": True}
    if kind == "unsupported":
        beside.update(UNSUPPORTED)
    if isinstance(fields.get("beside"), dict):
        beside.update(fields["beside"])
    return beside


def _leave_trace(sim, message: Message, content: object) -> None:
    """What the message does to an earlier one, as seen on the phone."""
    if message.type == "reaction" and isinstance(content, dict):
        target = sim.chats.find(str(content.get("message_id", "")))
        if target:
            _react(target, content.get("emoji", ""))
    if message.type == "revoke" and isinstance(content, dict):
        target = sim.chats.find(str(content.get("original_message_id", "")))
        if target:
            target.deleted = True
    if message.type in ("button", "interactive") and message.context_id:
        asked = sim.chats.find(message.context_id)
        if asked:
            asked.chosen = _find_title(message)


def _react(target: Message, emoji: str) -> None:
    if emoji:
        target.reactions["person"] = emoji
    else:
        target.reactions.pop("person", None)


def _find_title(message: Message) -> str:
    content = message.content
    if message.type == "button":
        return content.get("text", "")
    reply = content.get(content.get("type", ""), {})
    return reply.get("title", "") if isinstance(reply, dict) else ""


def _write_on_instagram(
    sim, account, person: Person, kind: str, fields: dict
) -> Message:
    kind, content, beside = instagram_composing.compose(sim, kind, fields)
    message = receive(
        sim,
        account,
        person,
        kind,
        content,
        context_id=_read_context(fields),
        beside=beside,
        at=fields.get("at"),
        is_told=not fields.get("known"),
    )
    target = sim.chats.find(str(content.get("mid", "")))
    if target and kind in ("reaction", "unreact"):
        _react(target, content.get("emoji", ""))
    if target and kind == "deleted":
        target.deleted = True
    return message


def _read_on_instagram(sim, chat) -> None:
    unread = [m for m in chat.messages if m.outbound and m.status == "sent"]
    if not unread or not chat.person.read_receipts:
        return
    for message in unread:
        message.raise_status("read")
    account = sim.world.instagram[chat.business_id]
    receive(sim, account, chat.person, "read", {"mid": unread[-1].id})


def _read_context(fields: dict) -> str:
    context = fields.get("context")
    return str(context) if isinstance(context, str) else ""
