"""Files customers send: fetched at receipt, sniffed, stored under a random name.

What a file is, its first bytes say; what a sender claims is only shown. Meta keeps a
file for seven days and its link for five minutes.
"""

import hashlib
import io
import logging
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from business_numbers.errors import Verdict
from business_numbers.graph import Grant, GraphError, call, download
from converge import bulk, clock
from inbox.apply import tell
from inbox.models import Attachment

logger = logging.getLogger(__name__)

# Larger ones wait for somebody to ask ("Load").
AT_ONCE = 5 * 1024 * 1024
MOST = 100 * 1024 * 1024
TRIES = 6
BACKOFF = (5, 30, 120, 600, 3600)
LEASE = timedelta(minutes=2)
PIXELS = 50_000_000
# Where a token may be sent to fetch media: Meta's hosts, or the Graph host itself.
META_HOSTS = (
    "fbsbx.com",
    "fbcdn.net",
    "facebook.com",
    "whatsapp.net",
    "cdninstagram.com",
)

SIGNATURES = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (4, b"ftyp3gp", "video/3gpp"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
UNTOLD = "application/octet-stream"
ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif",
    "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac",
    "audio/amr": "amr", "video/mp4": "mp4", "video/3gpp": "3gp",
    "video/webm": "webm", "application/pdf": "pdf",
}  # fmt: skip


def sniff(content: bytes) -> str:
    """The type its bytes show, or octet-stream: everything else is only downloaded."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for offset, start, media_type in SIGNATURES:
        if content[offset : offset + len(start)] == start:
            return media_type
    return UNTOLD


def anything_due() -> bool:
    return _due().exists()


def fetch_due(limit: int = 50) -> int:
    """Fetch what is waiting; how many were tried."""
    tried = 0
    while tried < limit and (attachment := _claim()):
        fetch(attachment)
        tried += 1
    return tried


def fetch(attachment: Attachment) -> None:
    """One file: found, stored, or put off. Never raises for what Meta does."""
    try:
        content, claimed = _get(attachment)
    except GraphError as error:
        _put_off(attachment, error)
    except ForeignHost:
        logger.warning("media from a foreign host", extra={"id": str(attachment.id)})
        _finish(attachment, Attachment.FAILED, error="The link leads elsewhere.")
    else:
        attachment.claimed_type = attachment.claimed_type or claimed[:120]
        keep(attachment, content)


def keep(attachment: Attachment, content: bytes) -> None:
    """Store the bytes and what they show about themselves."""
    if len(content) > MOST:
        _finish(attachment, Attachment.LARGE, error="Larger than 100 MB.")
        return
    attachment.media_type = sniff(content)
    attachment.size = len(content)
    attachment.sha256 = hashlib.sha256(content).hexdigest()
    attachment.width, attachment.height = _measure(attachment, content)
    folder = f"{attachment.workspace_id}/{uuid.uuid4().hex[:2]}"
    attachment.file = default_storage.save(
        f"{folder}/{uuid.uuid4().hex}", ContentFile(content)
    )
    _finish(attachment, Attachment.STORED)


class ForeignHost(Exception):
    """A media link that is not Meta's: our token would leave the house."""


def _due():
    return Attachment.objects.filter(
        state=Attachment.WAITING, due_at__lte=clock.now()
    ).order_by("due_at")


@transaction.atomic
def _claim() -> Attachment | None:
    attachment = (
        _due()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("number__account")
        .first()
    )
    if attachment:
        attachment.tries += 1
        attachment.due_at = clock.now() + LEASE
        attachment.save(update_fields=["tries", "due_at"])
    return attachment


def _get(attachment: Attachment) -> tuple[bytes, str]:
    grant = Grant.of(attachment.number.account)
    if not attachment.media_id:
        _check_host(attachment.url)
        return download(grant, attachment.url, limit=MOST)
    answer = call(
        grant,
        "GET",
        attachment.media_id,
        params={"phone_number_id": attachment.number.meta_id},
    )
    url = str(answer.get("url", ""))
    _check_host(url)
    return download(grant, url, limit=MOST)


def _check_host(url: str) -> None:
    parts = urlsplit(url)
    graph = urlsplit(settings.GRAPH_URL)
    if (parts.scheme, parts.netloc) == (graph.scheme, graph.netloc):
        return
    host = parts.hostname or ""
    is_meta = any(host == known or host.endswith(f".{known}") for known in META_HOSTS)
    if parts.scheme != "https" or not is_meta:
        raise ForeignHost


def _measure(attachment: Attachment, content: bytes) -> tuple[int | None, int | None]:
    """Pixels, so that a page can keep the box free before the picture is there."""
    if not attachment.media_type.startswith("image/"):
        return None, None
    pixels = measure(content)
    if pixels is None:
        attachment.media_type = UNTOLD  # it lies about being a picture: download only
    return pixels or (None, None)


def measure(content: bytes) -> tuple[int, int] | None:
    """Width and height of a picture; None when it is none, or too large to open."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if width * height > PIXELS:
                raise UnidentifiedImageError
            image.verify()
            return width, height
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None


def _put_off(attachment: Attachment, error: GraphError) -> None:
    is_gone = error.http_status == 404 or error.code == 100
    if is_gone and attachment.tries > 1:
        _finish(attachment, Attachment.GONE, error=str(error)[:200])
    elif attachment.tries >= TRIES or error.meaning.verdict is Verdict.NEVER_CONTENT:
        _finish(attachment, Attachment.FAILED, error=str(error)[:200])
    else:
        wait = BACKOFF[min(attachment.tries, len(BACKOFF)) - 1]
        attachment.due_at = clock.now() + timedelta(seconds=wait)
        attachment.error = str(error)[:200]
        attachment.save(update_fields=["due_at", "error"])


def _finish(attachment: Attachment, state: str, *, error: str = "") -> None:
    with transaction.atomic():
        conversation = attachment.message.conversation_id
        bulk.fetch(
            "SELECT id FROM inbox_conversation WHERE id = %s FOR NO KEY UPDATE",
            [conversation],
        )
        attachment.state, attachment.error = state, error
        attachment.due_at = None
        attachment.save()
        tell({conversation})
