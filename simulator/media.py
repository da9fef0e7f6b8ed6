"""Media: kept by id, handed out by URLs that live five minutes."""

import hashlib
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.identifiers import Identifiers

UPLOAD_KEPT_FOR = 30 * 86_400
INBOUND_KEPT_FOR = 7 * 86_400
URL_LIVES_FOR = 300


@dataclass(frozen=True, slots=True)
class Media:
    id: str
    content: bytes
    mime_type: str
    sha256: str
    filename: str
    expires_at: float

    kind = "media"


@dataclass(slots=True)
class UploadSession:
    """A resumable upload, for the sample media of templates."""

    id: str
    length: int
    mime_type: str
    content: bytes = b""

    kind = "upload"


class MediaShelf:
    def __init__(self, clock: Clock, ids: Identifiers) -> None:
        self.clock = clock
        self.ids = ids
        self._media: dict[str, Media] = {}
        self._urls: dict[str, tuple[str, float]] = {}  # key → media id, expiry
        self._uploads: dict[str, UploadSession] = {}

    def keep(
        self,
        content: bytes,
        mime_type: str,
        filename: str = "",
        kept_for=INBOUND_KEPT_FOR,
    ) -> Media:
        media = Media(
            self.ids.make_number("55"),
            content,
            mime_type,
            hashlib.sha256(content).hexdigest(),
            filename,
            self.clock.now() + kept_for,
        )
        self._media[media.id] = media
        return media

    def find(self, media_id: str) -> Media | None:
        media = self._media.get(media_id)
        return media if media and media.expires_at > self.clock.now() else None

    def delete(self, media_id: str) -> None:
        self._media.pop(media_id, None)

    def make_url(self, base_url: str, media_id: str) -> str:
        key = self.ids.make_secret("")[:40]
        self._urls[key] = (media_id, self.clock.now() + URL_LIVES_FOR)
        return f"{base_url}/whatsapp_business/attachments/?mid={media_id}&hash={key}"

    def make_public_url(self, base_url: str, media_id: str) -> str:
        """Instagram's CDN: the URL alone is enough, and it lives longer."""
        key = self.ids.make_secret("")[:40]
        self._urls[key] = (media_id, self.clock.now() + INBOUND_KEPT_FOR)
        return f"{base_url}/lookaside/{key}"

    def read_url(self, key: str) -> Media | None:
        media_id, expires_at = self._urls.get(key, ("", 0.0))
        return self.find(media_id) if expires_at > self.clock.now() else None

    def begin_upload(self, length: int, mime_type: str) -> UploadSession:
        session = UploadSession(f"upload:{self.ids.make_secret('')}", length, mime_type)
        self._uploads[session.id] = session
        return session

    def find_upload(self, upload_id: str) -> UploadSession | None:
        return self._uploads.get(upload_id)
