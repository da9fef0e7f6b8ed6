"""What a customer can write: the content of each inbound type, with samples.

A field named like the type is taken as it is, so a test can send any shape at all.
"""

from simulator import samples
from simulator.media import Media
from simulator.multipart import Upload


class CannotCompose(ValueError):
    """A type nobody knows, or something it needs is missing."""


def compose(sim, kind: str, fields: dict) -> tuple[str, object]:
    """(type, content) of a WhatsApp message; the type may differ from `kind`."""
    if kind != "text" and isinstance(fields.get(kind), dict | list):
        return kind, fields[kind]
    if kind in SAMPLES:
        return _compose_media(sim, kind, fields)
    builder = BUILDERS.get(kind)
    if builder is None:
        raise CannotCompose(f"nobody can send a {kind!r}")
    return builder(fields)


def keep_media(sim, kind: str, upload: Upload | None) -> Media:
    if upload and upload.content:
        return sim.media.keep(upload.content, upload.content_type, upload.filename)
    make, mime_type, filename = SAMPLES[kind]
    content = make()
    if content is None:
        raise CannotCompose(f"a sample {kind} needs ffmpeg; upload a file instead")
    return sim.media.keep(content, mime_type, filename)


SAMPLES = {
    "image": (samples.make_picture, "image/png", "evening.png"),
    "video": (samples.make_film, "video/mp4", "film.mp4"),
    "audio": (samples.make_voice_note, "audio/ogg; codecs=opus", "voice.ogg"),
    "voice": (samples.make_voice_note, "audio/ogg; codecs=opus", "voice.ogg"),
    "document": (samples.make_document, "application/pdf", "order-20418.pdf"),
    "sticker": (samples.make_sticker, "image/webp", "smile.webp"),
}


def _compose_media(sim, kind: str, fields: dict) -> tuple[str, dict]:
    upload = fields.get("file")
    media = keep_media(sim, kind, upload if isinstance(upload, Upload) else None)
    content: dict = {
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "id": media.id,
        "url": sim.media.make_url(sim.options.base_url, media.id),
    }
    if fields.get("caption") and kind in ("image", "video", "document"):
        content["caption"] = fields["caption"]
    if kind == "document":
        content["filename"] = media.filename or "document"
    if kind == "sticker":
        content["animated"] = False
    if kind in ("audio", "voice"):
        content["voice"] = kind == "voice"
    return ("audio" if kind == "voice" else kind), content


def _compose_text(fields: dict) -> tuple[str, dict]:
    text = fields.get("text", "")
    text = text.get("body", "") if isinstance(text, dict) else text
    if not text:
        raise CannotCompose("a text needs words")
    return "text", {"body": str(text)}


def _compose_location(fields: dict) -> tuple[str, dict]:
    return "location", {
        "latitude": float(fields.get("latitude") or 51.5033),
        "longitude": float(fields.get("longitude") or -0.1195),
        "name": fields.get("name") or "Riverside Gardens",
        "address": fields.get("address") or "Belvedere Road, London",
    }


def _compose_contacts(fields: dict) -> tuple[str, list]:
    name = fields.get("name") or "Robin Example"
    first, _, last = name.partition(" ")
    phone = fields.get("phone") or "+44 7700 900155"
    digits = "".join(filter(str.isdecimal, phone))
    return "contacts", [
        {
            "name": {"formatted_name": name, "first_name": first, "last_name": last},
            "phones": [{"phone": phone, "wa_id": digits, "type": "CELL"}],
        }
    ]


def _compose_reaction(fields: dict) -> tuple[str, dict]:
    content = {"message_id": _need(fields, "message_id")}
    if fields.get("emoji"):
        content["emoji"] = fields["emoji"]
    return "reaction", content


def _compose_button(fields: dict) -> tuple[str, dict]:
    text = _need(fields, "text")
    return "button", {"payload": fields.get("payload") or text, "text": text}


def _compose_button_reply(fields: dict) -> tuple[str, dict]:
    reply = {"id": _need(fields, "id"), "title": _need(fields, "title")}
    return "interactive", {"type": "button_reply", "button_reply": reply}


def _compose_list_reply(fields: dict) -> tuple[str, dict]:
    reply = {"id": _need(fields, "id"), "title": _need(fields, "title")}
    if fields.get("description"):
        reply["description"] = fields["description"]
    return "interactive", {"type": "list_reply", "list_reply": reply}


def _compose_flow_reply(fields: dict) -> tuple[str, dict]:
    response = (
        fields.get("response_json") or '{"flow_token":"unused","reason":"too big"}'
    )
    reply = {"name": "flow", "body": "Sent", "response_json": response}
    return "interactive", {"type": "nfm_reply", "nfm_reply": reply}


def _compose_order(fields: dict) -> tuple[str, dict]:
    return "order", {
        "catalog_id": "194836987003835",
        "text": fields.get("text", ""),
        "product_items": [
            {
                "product_retailer_id": fields.get("product") or "lamp-oak",
                "quantity": 1,
                "item_price": 49.0,
                "currency": "EUR",
            }
        ],
    }


def _compose_unsupported(fields: dict) -> tuple[str, None]:
    return "unsupported", None


def _need(fields: dict, name: str) -> str:
    if not fields.get(name):
        raise CannotCompose(f"{name} is missing")
    return str(fields[name])


BUILDERS = {
    "text": _compose_text,
    "location": _compose_location,
    "contacts": _compose_contacts,
    "reaction": _compose_reaction,
    "button": _compose_button,
    "button_reply": _compose_button_reply,
    "list_reply": _compose_list_reply,
    "flow_reply": _compose_flow_reply,
    "order": _compose_order,
    "unsupported": _compose_unsupported,
}
