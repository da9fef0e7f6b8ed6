"""A message as Meta takes it on its channel. Pure but for the time, which says whether a
reply on Instagram is a person's after the window."""

from business_numbers import instagram, payloads
from business_numbers.payloads import Address
from converge import clock
from inbox import media_links
from inbox.facts import window_of
from inbox.models import Conversation, Message

WITH_FILE = frozenset({"image", "video", "audio", "document", "sticker"})


def body(
    message: Message, conversation: Conversation, address: Address | str, attempt
) -> dict:
    """A file is named by our id; where Meta has one, it is put in when it is known."""
    if isinstance(address, str):
        return _on_instagram(message, conversation, address)
    is_text = message.kind == "text"
    return payloads.message(
        address,
        message.kind,
        payloads.text(message.body) if is_text else message.payload["content"],
        callback=str(attempt),
        reply_to=message.reply_to,
    )


def _on_instagram(message: Message, conversation: Conversation, igsid: str) -> dict:
    content = message.payload.get("content") or {}
    if message.kind == "reaction":
        return instagram.reaction(igsid, **content)
    is_late = not window_of(conversation).is_open(clock.now())
    how = {
        "as_human_agent": message.origin == Message.AGENT and is_late,
        "reply_to": message.reply_to,
    }
    if message.kind in WITH_FILE:
        url = media_links.link(content["id"], content["name"])
        return instagram.file_message(igsid, message.kind, url, **how)
    return instagram.text_message(igsid, message.body, **how)
