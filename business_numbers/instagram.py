"""Instagram's two directions: its webhooks → the same facts, and our text → its JSON.

Times are milliseconds, ids are scoped to the account, `mid` takes the wamid's place, and
there are no statuses but `read`. Source: Instagram messaging webhooks and Send API, 2026.
"""

from business_numbers.parsing import (
    Unreadable,
    Update,
    clean,
    dicts,
    needed,
    read_time,
    text,
)
from business_numbers.webhook_facts import (
    Changed,
    Fact,
    Inbound,
    Media,
    Person,
    Reacted,
    Status,
)

KINDS = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "document",
    "story_mention": "story_mention",
    "share": "share",
    "ig_post": "share",
    "reel": "share",
    "ig_reel": "share",
    "story": "share",
    "ig_story": "share",
    "like_heart": "sticker",
    "ephemeral": "unsupported",
}
FILES = ("image", "video", "audio", "document", "story_mention")


def split(data: dict) -> list[Update]:
    updates = []
    for entry in dicts(clean(data).get("entry")):
        for part in ("messaging", "standby"):
            for item in dicts(entry.get(part)):
                base = (text(entry.get("id")), entry.get("time"), part, entry)
                updates.append(Update(len(updates), *base, part, item))
    if not updates:
        raise Unreadable("no entry with messaging")
    return updates


def read(update: Update) -> list[Fact]:
    item = update.item
    message = item.get("message") if isinstance(item.get("message"), dict) else None
    is_echo = bool(message and message.get("is_echo"))
    base = {
        "target": update.entry_id,
        "person": _person(item, is_echo=is_echo),
        "at": read_time(item.get("timestamp") or update.entry_time),
    }
    if message is not None:
        return _read_message(message, base, is_echo)
    if isinstance(item.get("postback"), dict):
        return [_read_postback(item["postback"], base)]
    return _read_sign(item, base)


def _read_message(message: dict, base: dict, is_echo: bool) -> list[Fact]:
    mid = needed(message, "mid")
    if message.get("is_deleted"):
        return [Changed(**base, wamid=mid, message=mid, body=None)]
    attachments = dicts(message.get("attachments"))
    kind = _kind(message, attachments)
    reply = message.get("reply_to") if isinstance(message.get("reply_to"), dict) else {}
    payload = {
        key: message[key]
        for key in ("attachments", "referral", "quick_reply", "reply_to")
        if message.get(key)
    }
    media = tuple(
        Media(KINDS.get(text(a.get("type")), "document"), url=_url(a))
        for a in attachments
        if KINDS.get(text(a.get("type"))) in FILES and _url(a)
    )
    return [
        Inbound(
            **base,
            wamid=mid,
            kind=kind,
            body=text(message.get("text")),
            payload=payload,
            reply_to=text(reply.get("mid")),
            media=media,
            is_echo=is_echo,
        )
    ]


def _kind(message: dict, attachments: list[dict]) -> str:
    if message.get("is_unsupported"):
        return "unsupported"
    if attachments:
        return KINDS.get(text(attachments[0].get("type")), "unsupported")
    return "text" if text(message.get("text")) else "unsupported"


def _read_postback(postback: dict, base: dict) -> Inbound:
    return Inbound(
        **base,
        wamid=needed(postback, "mid"),
        kind="button",
        body=text(postback.get("title")),
        payload={"button": {"payload": text(postback.get("payload"))}},
    )


def _read_sign(item: dict, base: dict) -> list[Fact]:
    """Reactions, edits and read marks; what else Instagram tells us changes nothing."""
    reaction, edit, read_mark = (
        item.get(key) if isinstance(item.get(key), dict) else None
        for key in ("reaction", "message_edit", "read")
    )
    if reaction:
        mid = needed(reaction, "mid")
        gone = text(reaction.get("action")) == "unreact"
        emoji = "" if gone else text(reaction.get("emoji")) or "❤️"
        return [Reacted(**base, wamid="", message=mid, emoji=emoji)]
    if edit:
        mid = needed(edit, "mid")
        return [Changed(**base, wamid="", message=mid, body=text(edit.get("text")))]
    if read_mark:
        return [
            Status(
                target=base["target"],
                wamid=needed(read_mark, "mid"),
                state="read",
                at=base["at"],
                person=base["person"],
            )
        ]
    return []


def _person(item: dict, *, is_echo: bool) -> Person:
    side = item.get("recipient" if is_echo else "sender")
    igsid = text(side.get("id")) if isinstance(side, dict) else ""
    if not igsid:
        raise Unreadable("a message from nobody")
    return Person(igsid=igsid[:100])


def _url(attachment: dict) -> str:
    payload = attachment.get("payload")
    return text(payload.get("url")) if isinstance(payload, dict) else ""


def reaction(igsid: str, message_id: str, emoji: str) -> dict:
    """`POST /me/messages`, answered with the person's id alone. One of ours a message:
    another emoji changes it, none takes it back."""
    if not emoji:
        action, payload = "unreact", {"message_id": message_id}
    else:
        name = "love" if emoji == "❤️" else emoji
        action, payload = "react", {"message_id": message_id, "reaction": name}
    return {"recipient": {"id": igsid}, "sender_action": action, "payload": payload}


def text_message(igsid: str, body: str, **how) -> dict:
    return _message(igsid, {"text": body}, **how)


def file_message(igsid: str, kind: str, url: str, **how) -> dict:
    """Instagram fetches the file from `url` before it answers."""
    kind = "file" if kind == "document" else kind
    attachment = {"type": kind, "payload": {"url": url}}
    return _message(igsid, {"attachment": attachment}, **how)


def _message(igsid: str, content: dict, *, as_human_agent: bool, reply_to: str = ""):
    """`POST /me/messages`. The human-agent tag is for people only."""
    tag = (
        {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        if as_human_agent
        else {"messaging_type": "RESPONSE"}
    )
    message = {"recipient": {"id": igsid}, "message": content, **tag}
    if reply_to:
        message["reply_to"] = {"mid": reply_to}
    return message
