"""What a person can send on Instagram: messages, stories, reactions, postbacks."""

from simulator.composing import CannotCompose, keep_media
from simulator.multipart import Upload

MEDIA = {"image": "image", "video": "video", "audio": "audio", "voice": "audio"}


def compose(sim, kind: str, fields: dict) -> tuple[str, dict, dict]:
    """(type, content of the event, what stands beside it)."""
    if isinstance(fields.get("event"), dict):
        return kind, fields["event"], {}
    if kind in MEDIA:
        return MEDIA[kind], {"attachments": [_attach(sim, kind, fields)]}, {}
    builder = BUILDERS.get(kind)
    if builder is None:
        raise CannotCompose(f"nobody can send a {kind!r} on Instagram")
    return builder(sim, fields)


def _attach(sim, kind: str, fields: dict) -> dict:
    upload = fields.get("file")
    media = keep_media(sim, kind, upload if isinstance(upload, Upload) else None)
    url = sim.media.make_public_url(sim.options.base_url, media.id)
    return {"type": MEDIA[kind], "payload": {"url": url}}


def _story_url(sim) -> str:
    media = keep_media(sim, "image", None)
    return sim.media.make_public_url(sim.options.base_url, media.id)


def _text(sim, fields: dict) -> tuple[str, dict, dict]:
    text = fields.get("text", "")
    text = text.get("body", "") if isinstance(text, dict) else text
    if not text:
        raise CannotCompose("a text needs words")
    content: dict = {"text": str(text)}
    if fields.get("payload"):
        content["quick_reply"] = {"payload": fields["payload"]}
    return "text", content, {}


def _story_reply(sim, fields: dict) -> tuple[str, dict, dict]:
    story = {"url": _story_url(sim), "id": sim.ids.make_number("17")}
    text = str(fields.get("text") or "Love this!")
    return "text", {"text": text}, {"reply_to": {"story": story}}


def _story_mention(sim, fields: dict) -> tuple[str, dict, dict]:
    attachment = {"type": "story_mention", "payload": {"url": _story_url(sim)}}
    return "story_mention", {"attachments": [attachment]}, {}


def _share(sim, fields: dict) -> tuple[str, dict, dict]:
    url = fields.get("url") or "https://www.instagram.example/p/northwind-lamp"
    return "share", {"attachments": [{"type": "share", "payload": {"url": url}}]}, {}


def _sticker(sim, fields: dict) -> tuple[str, dict, dict]:
    return "like_heart", {"attachments": [{"type": "like_heart", "payload": {}}]}, {}


def _reaction(sim, fields: dict) -> tuple[str, dict, dict]:
    target = fields.get("message_id")
    if not target:
        raise CannotCompose("message_id is missing")
    emoji = fields.get("emoji")
    if not emoji:
        return "unreact", {"mid": target, "action": "unreact"}, {}
    name = "love" if emoji.startswith("❤") else "other"
    content = {"mid": target, "action": "react", "reaction": name, "emoji": emoji}
    return "reaction", content, {}


def _postback(sim, fields: dict) -> tuple[str, dict, dict]:
    title = str(fields.get("title") or fields.get("text") or "Get started")
    payload = str(fields.get("payload") or title.upper().replace(" ", "_"))
    return "postback", {"title": title, "payload": payload}, {}


def _deletion(sim, fields: dict) -> tuple[str, dict, dict]:
    if not fields.get("message_id"):
        raise CannotCompose("message_id is missing")
    return "deleted", {"mid": fields["message_id"]}, {}


def _edit(sim, fields: dict) -> tuple[str, dict, dict]:
    if not fields.get("message_id") or not fields.get("text"):
        raise CannotCompose("message_id and text are needed")
    content = {"mid": fields["message_id"], "text": fields["text"], "num_edit": 1}
    return "edit", content, {}


def _unsupported(sim, fields: dict) -> tuple[str, dict, dict]:
    return "unsupported", {"is_unsupported": True}, {}


BUILDERS = {
    "text": _text,
    "story_reply": _story_reply,
    "story_mention": _story_mention,
    "share": _share,
    "sticker": _sticker,
    "reaction": _reaction,
    "postback": _postback,
    "deletion": _deletion,
    "edit": _edit,
    "unsupported": _unsupported,
}
