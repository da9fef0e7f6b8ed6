"""A file in the box it gets on a page: decided before it is loaded, so nothing moves."""

import uuid
from dataclasses import dataclass

from inbox import words
from inbox.models import Attachment

IMAGE_MAX = (320, 240)
STICKER = 128
LEAST = 48
KEPT_AT_META = "This file is no longer available from WhatsApp (kept 7 days)."


@dataclass(frozen=True)
class Media:
    """A file in its fixed box. `shape`: image, video, audio or file."""

    shape: str
    id: uuid.UUID
    name: str
    about: str
    width: int = 0
    height: int = 0
    is_ready: bool = True
    why_not: str = ""


def box(attachment: Attachment) -> Media:
    is_ready = attachment.state == Attachment.STORED
    shape = _shape(attachment) if is_ready else _expected_shape(attachment)
    width, height = fit(attachment.width, attachment.height)
    if attachment.kind == "sticker":
        width = height = STICKER
    name = words.visible(attachment.name) or words.KINDS.get(attachment.kind, "File")
    about = " · ".join(
        part for part in (words.size(attachment.size), _format(attachment)) if part
    )
    return Media(
        shape, attachment.id, name, about, width, height, is_ready, _why_not(attachment)
    )


def fit(width: int | None, height: int | None) -> tuple[int, int]:
    """The box a picture gets: at most 320 × 240, decided before it is loaded."""
    if not width or not height:
        return IMAGE_MAX
    scale = min(IMAGE_MAX[0] / width, IMAGE_MAX[1] / height, 1)
    return max(LEAST, round(width * scale)), max(LEAST, round(height * scale))


def _shape(attachment: Attachment) -> str:
    kind = attachment.media_type.split("/")[0]
    if attachment.kind == "document" and kind != "image":
        return "file"
    return kind if kind in ("image", "video", "audio") else "file"


def _expected_shape(attachment: Attachment) -> str:
    shapes = {"image": "image", "sticker": "image", "video": "video", "audio": "audio"}
    return shapes.get(attachment.kind, "file")


def _format(attachment: Attachment) -> str:
    media_type = attachment.media_type or attachment.claimed_type
    return media_type.split(";")[0].split("/")[-1].upper()[:12]


def _why_not(attachment: Attachment) -> str:
    return {
        Attachment.WAITING: "Loading…",
        Attachment.GONE: KEPT_AT_META,
        Attachment.FAILED: "This file could not be loaded from WhatsApp.",
        Attachment.LARGE: "This file is larger than 100 MB.",
    }.get(attachment.state, "")
