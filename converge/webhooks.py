"""Meta's door: verify, store, answer. Beside Django, so that a burst costs little.

The signature is checked over the raw bytes before anything is parsed; 200 is answered
only after COMMIT. What cannot be stored gets 503, and Meta sends it again.
"""

import asyncio
import hashlib
import hmac
import logging
from urllib.parse import parse_qs

from django.conf import settings

from converge.grouped_writer import GroupedWriter, StoreUnavailable

logger = logging.getLogger(__name__)

PATHS = {"/webhooks/whatsapp": "whatsapp", "/webhooks/instagram": "instagram"}
# 1,000 updates fit; Meta documents 3 MB. A 413 would be retried for days.
BODY_MAX = 4 * 1024 * 1024
BODY_WITHIN = 20.0  # seconds
TEXT = "text/plain; charset=utf-8"


class Refused(Exception):
    def __init__(self, status: int, sentence: str):
        self.status, self.sentence = status, sentence


class WebhookDoor:
    """The raw ASGI application for the paths above."""

    def __init__(self, writer: GroupedWriter):
        self.writer = writer

    async def __call__(self, scope, receive, send):
        channel = PATHS[scope["path"].rstrip("/")]
        try:
            if scope["method"] == "GET":
                await answer(send, 200, verify(scope["query_string"]))
                return
            if scope["method"] != "POST":
                raise Refused(405, "Meta posts here.")
            body = await self._receive(scope, receive)
            await self.writer.store(channel, body)
            await answer(send, 200, "stored")
        except Refused as refused:
            await answer(send, refused.status, refused.sentence)
        except StoreUnavailable:
            logger.warning("webhook not stored", extra={"channel": channel})
            await answer(send, 503, "Not stored. Send it again.")

    async def _receive(self, scope, receive) -> bytes:
        headers = _headers(scope)
        if int(headers.get(b"content-length", [b"0"])[0] or 0) > BODY_MAX:
            raise Refused(413, "A webhook has at most 4 MB.")
        signature = one_signature(headers)
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await read_body(receive)
        except TimeoutError:
            raise Refused(408, "The body came too slowly.") from None
        if not is_signed(body, signature):
            raise Refused(403, "The signature is missing or wrong.")
        return body


async def read_body(receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "The connection was closed.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_MAX:
            raise Refused(413, "A webhook has at most 4 MB.")
        if not message.get("more_body"):
            return b"".join(parts)


def one_signature(headers: dict) -> bytes:
    """`sha256=…` exactly once, or 403 before the body is read."""
    found = headers.get(b"x-hub-signature-256", [])
    if len(found) != 1 or not found[0].startswith(b"sha256="):
        raise Refused(403, "The signature is missing or wrong.")
    return found[0].removeprefix(b"sha256=")


def is_signed(body: bytes, signature: bytes) -> bool:
    """By any current or old secret of either app, so that secrets can be changed."""
    matches = [
        hmac.compare_digest(
            hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(),
            signature,
        )
        for secret in secrets()
    ]
    return any(matches)


def secrets() -> list[str]:
    both = [settings.META_APP_SECRET, settings.INSTAGRAM_APP_SECRET]
    return [secret for secret in [*both, *settings.META_APP_SECRETS_OLD] if secret]


def verify(query: bytes) -> str:
    """Meta's handshake: give the challenge back to whoever knows our verify token."""
    asked = {k: v[0] for k, v in parse_qs(query.decode("latin-1")).items()}
    is_ours = hmac.compare_digest(
        asked.get("hub.verify_token", "").encode(), settings.META_VERIFY_TOKEN.encode()
    )
    if asked.get("hub.mode") != "subscribe" or not is_ours:
        raise Refused(403, "The verify token is not ours.")
    return asked.get("hub.challenge", "")[:200]


async def answer(send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [
        (b"content-type", TEXT.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _headers(scope) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name, []).append(value)
    return found
