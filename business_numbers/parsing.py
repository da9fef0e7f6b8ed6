"""Meta's WhatsApp webhooks → small frozen facts. Pure, tolerant, and never in a hurry to fail.

`read_event` splits one POST into updates, each with its index; `read_update` makes facts of
one. What is malformed in one update raises `Unreadable` for that update alone. Shapes:
Meta's webhook reference, 2026; the odd ones come from payloads seen in the wild.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from business_numbers.webhook_facts import (
    AccountChange,
    Changed,
    Fact,
    InAddressBook,
    Inbound,
    Media,
    Person,
    Preference,
    Reacted,
    Status,
)
from business_numbers.webhook_values import (
    Unreadable,
    dicts,
    digits,
    needed,
    read_callback,
    read_time,
    text,
)

MEDIA_KINDS = ("image", "video", "audio", "voice", "document", "sticker")
KNOWN_KINDS = (
    *MEDIA_KINDS,
    "text",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "button",
    "order",
    "system",
    "edit",
    "revoke",
    "request_welcome",
    "unsupported",
)
# A business-scoped user id: country, a dot, letters and digits (also CC.ENT.…).
USER_ID = re.compile(r"^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$")
UNWANTED = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Update:
    """One thing inside a POST, still in Meta's shape, with its place in it."""

    index: int
    entry_id: str
    entry_time: object
    field: str
    value: dict
    part: str = ""  # messages, statuses, errors … or "" for the whole value
    item: dict = field(default_factory=dict)


def load(body: bytes) -> dict:
    """The POST as an object, without what no text column takes (NUL, lone surrogates)."""
    try:
        data = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {type(error).__name__}") from error
    if not isinstance(data, dict):
        raise Unreadable("not a JSON object")
    return data


def _refuse_constant(name: str):
    raise ValueError(f"{name} is not JSON")


def clean(value):
    """`value` without NUL and lone surrogates, all the way down."""
    if isinstance(value, str):
        return UNWANTED.sub("\ufffd", value)
    if isinstance(value, dict):
        return {clean(k): clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [clean(v) for v in value]
    return value


def split(data: dict) -> list[Update]:
    """Every update of a WhatsApp POST, in order. Raises Unreadable when there is none."""
    data = clean(data)
    updates = list(_split(data))
    if not updates:
        raise Unreadable("no entry with changes")
    return updates


def _split(data: dict) -> Iterator[Update]:
    index = 0
    for entry in dicts(data.get("entry")):
        for change in dicts(entry.get("changes")) or [entry]:
            value = change.get("value")
            name = text(change.get("field")) or text(entry.get("field"))
            if not isinstance(value, dict):
                continue
            base = (text(entry.get("id")), entry.get("time"), name, value)
            parts = list(_past(value) if name == "history" else _parts(name, value))
            for part, item in parts or [("", value)]:
                yield Update(index, *base, part, item)
                index += 1


def _parts(name: str, value: dict) -> Iterator[tuple[str, dict]]:
    for part in ("messages", "statuses", "message_echoes", "user_preferences"):
        for item in dicts(value.get(part)):
            yield part, item
    for item in dicts(value.get("state_sync")):
        if text(item.get("type")) in ("contact", ""):
            yield "state_sync", item
    if name == "messages":
        for item in dicts(value.get("errors")):
            yield "errors", item


def _past(value: dict) -> Iterator[tuple[str, dict]]:
    """What was said in the phone app before, thread by thread; its pictures come after,
    each as a message alone. The id of a thread is the customer's number."""
    for piece in dicts(value.get("history")):
        for thread in dicts(piece.get("threads")):
            for item in dicts(thread.get("messages")):
                yield "history", _of_thread(item, text(thread.get("id")))
        for item in dicts(piece.get("errors")):
            yield "errors", item
    metadata = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
    ours = digits(text(metadata.get("display_phone_number")))
    for item in dicts(value.get("messages")):
        is_ours = bool(ours) and digits(text(item.get("from"))) == ours
        yield "history", item if is_ours else _theirs(item)


def _of_thread(item: dict, customer: str) -> dict:
    is_theirs = digits(text(item.get("from"))) == digits(customer)
    return _theirs(item) if is_theirs else item | {"to": customer}


def _theirs(item: dict) -> dict:
    """Only ours say to whom; what comes from a customer may, too."""
    return {key: value for key, value in item.items() if not key.startswith("to")}


def read(update: Update) -> list[Fact]:
    """The facts of one update (usually one)."""
    return [READERS.get(update.part, _read_account)(update)]


def _read_echo(update: Update) -> Fact:
    return read_message(update, is_echo=True)


def _read_past(update: Update) -> Fact:
    fact = read_message(update, is_echo=bool(update.item.get("to")))
    return replace(fact, is_past=True) if isinstance(fact, Inbound) else fact


def read_message(update: Update, *, is_echo: bool = False) -> Fact:
    item, value = update.item, update.value
    kind = text(item.get("type")) or "unsupported"
    base = {
        "target": _target(value),
        "person": _person(item, value, is_echo=is_echo),
        "wamid": needed(item, "id"),
        "at": read_time(item.get("timestamp")),
    }
    content = item.get(kind) if isinstance(item.get(kind), dict) else {}
    if kind == "reaction":
        emoji = text(content.get("emoji"))
        return Reacted(**base, message=needed(content, "message_id"), emoji=emoji)
    if kind in ("edit", "revoke"):
        return _read_change(kind, content, base)
    if kind not in KNOWN_KINDS:
        kind, content = "unsupported", {"type": kind}
    return _read_content(kind, item, content, base, is_echo)


def _read_change(kind: str, content: dict, base: dict) -> Changed:
    body = None
    if kind == "edit":
        inner = (
            content.get("message") if isinstance(content.get("message"), dict) else {}
        )
        body = _body(text(inner.get("type")), inner)
    return Changed(**base, message=needed(content, "original_message_id"), body=body)


def _read_content(kind, item, content, base, is_echo) -> Inbound:
    context = item.get("context") if isinstance(item.get("context"), dict) else {}
    payload = {
        key: item[key]
        for key in (
            *("referral", "context", "errors", "group_id", "unsupported"),
            "history_context",
        )
        if item.get(key)
    }
    if kind == "contacts":
        payload["contacts"] = dicts(item.get("contacts"))
    elif kind not in (*MEDIA_KINDS, "text"):
        payload[kind] = content
    media = ()
    if kind in MEDIA_KINDS:
        kind = "audio" if kind == "voice" else kind
        media = (_media(kind, content),)
        payload["voice"] = bool(content.get("voice")) or item.get("type") == "voice"
        payload["animated"] = bool(content.get("animated"))
    return Inbound(
        **base,
        kind=kind,
        body=_body(kind, item),
        payload=payload,
        reply_to=text(context.get("id")),
        media=media,
        is_echo=is_echo,
    )


def _body(kind: str, item: dict) -> str:
    """The words of a message, whatever its kind, for lists, search and quotes."""
    content = item.get(kind) if isinstance(item.get(kind), dict) else {}
    if kind == "text":
        return text(content.get("body"))
    if kind == "button":
        return text(content.get("text"))
    if kind == "interactive":
        reply = content.get(text(content.get("type")))
        reply = reply if isinstance(reply, dict) else {}
        return text(reply.get("title")) or text(reply.get("body"))
    if kind == "location":
        return text(content.get("name")) or text(content.get("address"))
    if kind in ("system", "order"):
        return text(content.get("body")) or text(content.get("text"))
    return text(content.get("caption"))


def _media(kind: str, content: dict) -> Media:
    return Media(
        kind,
        text(content.get("id")),
        text(content.get("url")),
        text(content.get("mime_type"))[:120],
        text(content.get("filename"))[:240],
        text(content.get("sha256"))[:64],
    )


def _person(item: dict, value: dict, *, is_echo: bool) -> Person:
    """Who wrote. A phone number may be missing; a `wa_id` may hold a user id."""
    key = "to" if is_echo else "from"
    number = text(item.get(key))
    user_id = text(item.get(f"{key}_user_id"))
    contact = _contact_of(number, user_id, dicts(value.get("contacts")))
    profile = contact.get("profile") if isinstance(contact.get("profile"), dict) else {}
    number = number or text(contact.get("wa_id"))
    user_id = user_id or text(contact.get("user_id"))
    if USER_ID.match(number):
        number, user_id = "", user_id or number
    person = Person(
        wa_id=digits(number)[:20],
        user_id=user_id[:150],
        username=text(profile.get("username"))[:100],
        name=text(profile.get("name"))[:200],
    )
    if person.is_nobody:
        raise Unreadable("a message from nobody")
    return person


def _contact_of(number: str, user_id: str, contacts: list[dict]) -> dict:
    for contact in contacts:
        if user_id and text(contact.get("user_id")) == user_id:
            return contact
        if number and text(contact.get("wa_id")) == number:
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def read_status(update: Update) -> Status:
    item = update.item
    errors = dicts(item.get("errors"))
    pricing = item.get("pricing") if isinstance(item.get("pricing"), dict) else {}
    return Status(
        target=_target(update.value),
        wamid=needed(item, "id"),
        state=text(item.get("status")),
        at=read_time(item.get("timestamp")),
        callback=read_callback(item.get("biz_opaque_callback_data")),
        person=Person(
            wa_id=text(item.get("recipient_id")),
            user_id=text(item.get("recipient_user_id")),
        ),
        error=errors[0] if errors else {},
        category=text(pricing.get("category")),
    )


def _read_preference(update: Update) -> Preference:
    item = update.item
    return Preference(
        target=_target(update.value),
        person=Person(wa_id=text(item.get("wa_id")), user_id=text(item.get("user_id"))),
        at=read_time(item.get("timestamp")),
        stops_marketing=text(item.get("value")) == "stop",
    )


def _read_address_book(update: Update) -> InAddressBook:
    """Whoever has a number; a name may be missing, and is when they were removed."""
    item = update.item
    contact = item.get("contact") if isinstance(item.get("contact"), dict) else {}
    about = item.get("metadata") if isinstance(item.get("metadata"), dict) else {}
    name = text(contact.get("full_name")) or text(contact.get("first_name"))
    is_removed = text(item.get("action")) == "remove"
    return InAddressBook(
        target=_target(update.value),
        person=Person(wa_id=digits(needed(contact, "phone_number"))[:20]),
        at=read_time(about.get("timestamp")),
        name="" if is_removed else " ".join(name.split())[:200],
    )


def _read_account(update: Update) -> AccountChange:
    value = update.value
    info = value.get("waba_info") if isinstance(value.get("waba_info"), dict) else {}
    metadata = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
    try:
        at = read_time(update.entry_time)
    except Unreadable:
        at = None
    return AccountChange(
        account=text(info.get("waba_id")) or update.entry_id,
        field=update.field or "unnamed",
        event=text(value.get("event")) or update.part,
        value=update.item if update.part == "errors" else value,
        at=at,
        target=text(metadata.get("phone_number_id")),
        display=text(value.get("display_phone_number"))
        or text(value.get("phone_number")),
    )


def _target(value: dict) -> str:
    metadata = value.get("metadata")
    target = text(metadata.get("phone_number_id")) if isinstance(metadata, dict) else ""
    if not target:
        raise Unreadable("no phone_number_id")
    return target


# The part of a POST → its reader; whatever has none is about an account.
READERS = {
    "messages": read_message,
    "message_echoes": _read_echo,
    "history": _read_past,
    "statuses": read_status,
    "user_preferences": _read_preference,
    "state_sync": _read_address_book,
}
