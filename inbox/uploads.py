"""Files teammates send: what a channel takes, judged by their bytes before anything is kept.

Source: Cloud API, Media reference (types and sizes). Everything is decided again at
Meta; here it is said in words while the file is still in the person's hands.
"""

import hashlib
import uuid
from dataclasses import dataclass

from django.core.files.base import File
from django.core.files.storage import default_storage

from business_numbers.models import Number
from inbox import words
from inbox.media import UNTOLD, measure, sniff
from inbox.models import Attachment

KILOBYTE, MEGABYTE = 1024, 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """What a channel takes: media types by kind, the most bytes of each kind, and all
    of it in words."""

    where: str
    kinds: dict[str, str]
    most: dict[str, int]
    films: str
    all: str
    has_documents: bool = False


WHATSAPP = Taken(
    "WhatsApp",
    {
        "image/jpeg": "image", "image/png": "image",
        "video/mp4": "video", "video/3gpp": "video",
        "audio/aac": "audio", "audio/amr": "audio", "audio/mpeg": "audio",
        "audio/mp4": "audio", "audio/ogg": "audio",
        "application/pdf": "document",
    },
    {"image": 5, "video": 16, "audio": 16, "document": 100},
    films="MP4 or 3GP",
    all="pictures, videos, recordings, PDF, text and Office files",
    has_documents=True,
)  # fmt: skip
# Send API for Instagram, 2026. It has no captions, and of documents PDF alone.
INSTAGRAM = Taken(
    "Instagram",
    {
        "image/jpeg": "image", "image/png": "image",
        "video/mp4": "video", "video/webm": "video",
        "audio/aac": "audio", "audio/mp4": "audio",
        "application/pdf": "document",
    },
    {"image": 8, "video": 25, "audio": 25, "document": 25},
    films="MP4, MOV or WebM",
    all="pictures, videos, recordings as AAC or M4A, and PDF",
)  # fmt: skip
TAKEN = {"whatsapp": WHATSAPP, "instagram": INSTAGRAM}
OFFICE = "application/vnd.openxmlformats-officedocument"
# Told apart by their ending only; the first bytes say the family.
ZIPPED = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pptx": f"{OFFICE}.presentationml.presentation",
}
OLDER_OFFICE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
PLAIN = ("txt", "csv", "log", "md")
HEAD = 4096
NOUNS = {"image": "picture", "video": "video", "audio": "recording"}


class Unsendable(Exception):
    """Why the channel would not take this file, in a sentence for the person sending it."""


@dataclass(frozen=True)
class Judged:
    kind: str
    media_type: str


def judge(head: bytes, name: str, size: int, taken: Taken = WHATSAPP) -> Judged:
    """What the file would be sent as, from its first bytes, its name and its size."""
    if not size:
        raise Unsendable("This file is empty. Nothing was sent.")
    media_type = _type_of(head, name, taken)
    kind = taken.kinds.get(media_type, "document" if media_type else "")
    if not kind:
        raise Unsendable(_what_is_taken(sniff(head), taken))
    most = taken.most[kind] * MEGABYTE
    if size > most:
        raise Unsendable(
            f"A {NOUNS.get(kind, 'file')} may have {words.size(most)} on {taken.where};"
            f" this one has {words.size(size)}. Nothing was sent."
        )
    return Judged(kind, media_type)


def _type_of(head: bytes, name: str, taken: Taken) -> str:
    found, ending = sniff(head), name.rpartition(".")[2].lower()
    if found in taken.kinds:
        return found
    return _document(head, found, ending) if taken.has_documents else ""


def _document(head: bytes, found: str, ending: str) -> str:
    if head.startswith(b"PK\x03\x04"):
        return ZIPPED.get(ending, "")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return OLDER_OFFICE.get(ending, "")
    is_plain = found == UNTOLD and ending in PLAIN and b"\0" not in head
    return "text/plain" if is_plain else ""


def _what_is_taken(found: str, taken: Taken) -> str:
    if found.startswith("image/"):
        return f"{taken.where} takes pictures as JPEG or PNG. Nothing was sent."
    if found.startswith("video/"):
        return f"{taken.where} takes videos as {taken.films}. Nothing was sent."
    return f"{taken.where} takes {taken.all}. This is none of them. Nothing was sent."


def keep(file: File, number: Number) -> Attachment:
    """Store a file that may be sent; its row is saved with the message. May raise
    Unsendable, and then nothing was kept."""
    name = words.visible(file.name or "")
    head = file.read(HEAD)
    judged = judge(head, name, file.size, TAKEN[number.kind])
    digest = hashlib.sha256(head)
    for chunk in iter(lambda: file.read(MEGABYTE), b""):
        digest.update(chunk)
    width, height = _measure(file, judged)
    folder = f"{number.workspace_id}/{uuid.uuid4().hex[:2]}"
    file.seek(0)
    return Attachment(
        workspace_id=number.workspace_id,
        number=number,
        kind=judged.kind,
        claimed_type=judged.media_type,
        media_type=judged.media_type,
        name=name[:240],
        size=file.size,
        sha256=digest.hexdigest(),
        width=width,
        height=height,
        file=default_storage.save(f"{folder}/{uuid.uuid4().hex}", file),
        state=Attachment.STORED,
    )


def _measure(file: File, judged: Judged) -> tuple[int | None, int | None]:
    if judged.kind != "image":
        return None, None
    file.seek(0)
    pixels = measure(file.read())
    if pixels is None:
        raise Unsendable("This picture is damaged and cannot be sent.")
    return pixels


def forget(attachment: Attachment) -> None:
    """It was not sent after all, or is here already."""
    default_storage.delete(attachment.file)
