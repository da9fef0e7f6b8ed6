"""What an Instagram message may hold, and how much of it."""

from simulator.graph.errors import GraphError

MOST_TEXT = 1000  # bytes of UTF-8, not characters
MEDIA = ("image", "video", "audio", "file")
OTHER = ("like_heart", "MEDIA_SHARE", "template")


def check_message(message: object) -> dict:
    """The message as it will stand in the echo."""
    if not isinstance(message, dict):
        raise _invalid("message is required")
    if "text" in message:
        _check_text(message)
        return {"text": message["text"]}
    if isinstance(message.get("attachments"), list):
        return _check_pictures(message["attachments"])
    attachment = message.get("attachment")
    if not isinstance(attachment, dict):
        raise _invalid("text or attachment is required")
    return {"attachments": [_check_attachment(attachment)]}


def _check_text(message: dict) -> None:
    text = message["text"]
    if not isinstance(text, str) or not text:
        raise _invalid("text must be a string with something in it")
    if len(text.encode()) > MOST_TEXT:
        raise _invalid(
            f"Length of param message[text] must be at most {MOST_TEXT} bytes"
        )
    replies = message.get("quick_replies") or []
    if len(replies) > 13 or any(len(str(r.get("title", ""))) > 20 for r in replies):
        raise _invalid("quick_replies: at most 13, titles of at most 20 characters")


def _check_pictures(attachments: list) -> dict:
    if not 1 <= len(attachments) <= 10:
        raise _invalid("attachments: 1 to 10")
    checked = [_check_attachment(a) for a in attachments if isinstance(a, dict)]
    if any(attachment["type"] != "image" for attachment in checked):
        raise _invalid("several attachments must all be images")
    return {"attachments": checked}


def _check_attachment(attachment: dict) -> dict:
    kind = attachment.get("type")
    payload = attachment.get("payload") or {}
    if kind in OTHER:
        return {"type": kind, "payload": payload}
    if kind not in MEDIA:
        raise _invalid(f"attachment type {kind!r} is not known")
    url = payload.get("url")
    if not url and not payload.get("attachment_id"):
        raise _invalid("payload needs url or attachment_id")
    if url and not str(url).startswith(("http://", "https://")):
        raise GraphError(
            100, subcode=2018008, message="(#100) Failed to fetch the file."
        )
    return {"type": kind, "payload": payload}


def _invalid(words: str) -> GraphError:
    return GraphError(100, subcode=2534015, message=f"(#100) {words}")
