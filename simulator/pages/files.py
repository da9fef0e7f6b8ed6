"""Files: styles and scripts, media of messages, portraits."""

import mimetypes
import zlib

from simulator.exchange import Request, Response
from simulator.media import Media
from simulator.pages.render import GUARDS, HERE
from simulator.samples import draw_portrait

STATIC = HERE / "static"
SHOWN = ("image/", "audio/", "video/")  # everything else is only downloaded
NOT_FOUND = Response(404, b"not found", "text/plain")


def send_static(sim, request: Request, name: str) -> Response:
    path = STATIC / name
    if not path.is_file():
        return NOT_FOUND
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(200, path.read_bytes(), kind, headers=GUARDS)


def send_media(sim, request: Request, media_id: str) -> Response:
    return _send(sim.media.find(media_id))


def send_public_media(sim, request: Request, key: str) -> Response:
    return _send(sim.media.read_url(key))


def send_portrait(sim, request: Request, igsid: str) -> Response:
    picture = draw_portrait(zlib.crc32(igsid.encode()) % 360)
    return Response(200, picture, "image/png", headers=GUARDS)


def _send(media: Media | None) -> Response:
    if media is None:
        return NOT_FOUND
    shown = media.mime_type.startswith(SHOWN) and "svg" not in media.mime_type
    if shown:
        return Response(200, media.content, media.mime_type, headers=GUARDS)
    name = media.filename.encode("ascii", "replace").decode().replace('"', "'")
    disposition = ("Content-Disposition", f'attachment; filename="{name or "file"}"')
    return Response(200, media.content, media.mime_type, headers=(*GUARDS, disposition))
