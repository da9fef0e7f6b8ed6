"""Replies a team writes often: offered by name, filled in for the person they are for."""

from dataclasses import dataclass

from inbox import words
from inbox.models import CannedReply, Conversation, Identity
from inbox.placeholders import fill, names_in, values_of

MOST = 200  # offered at once; more than anybody looks through


@dataclass(frozen=True)
class Offer:
    """A reply as it would stand in the box, and what is still missing in it."""

    id: int
    name: str
    text: str
    missing: tuple[str, ...]


def offers(conversation: Conversation, q: str = "") -> list[Offer]:
    """By name, or by what they say."""
    replies = CannedReply.objects.filter(workspace=conversation.workspace_id)
    values = _values(conversation)
    wanted = q.strip().lower()
    found = replies.order_by("name")[:MOST]
    return [
        _offer(reply, values)
        for reply in found
        if wanted in reply.name.lower() or wanted in reply.body.lower()
    ]


def text_of(conversation: Conversation, reply_id: str) -> str:
    """One of them, filled in; empty when there is none of this id."""
    own = CannedReply.objects.filter(workspace=conversation.workspace_id)
    reply = own.filter(id=reply_id).first() if reply_id.isdecimal() else None
    return fill(reply.body, _values(conversation)) if reply else ""


def unfilled(text: str) -> str:
    """Why a text may not leave yet, or nothing."""
    names = list(dict.fromkeys(name for name, _ in names_in(text)))
    if not names:
        return ""
    counted = (
        "1 placeholder has" if len(names) == 1 else f"{len(names)} placeholders have"
    )
    return f"{counted} no value: {', '.join(names)}. Nothing was sent."


def _values(conversation: Conversation) -> dict[str, str]:
    contact = conversation.contact
    phone = Identity.objects.filter(contact=contact, kind=Identity.WA_ID)
    digits = phone.order_by("id").values_list("value", flat=True).first() or ""
    said = {k: str(v) for k, v in contact.fields.items()} | values_of(contact, digits)
    return {name: words.visible(value) for name, value in said.items()}


def _offer(reply: CannedReply, values: dict[str, str]) -> Offer:
    text = fill(reply.body, values)
    missing = tuple(dict.fromkeys(name for name, _ in names_in(text)))
    return Offer(reply.id, reply.name, text, missing)
