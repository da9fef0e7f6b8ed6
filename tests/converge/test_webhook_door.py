"""Meta's door: signed or refused, stored before it is acknowledged, 503 when it cannot."""

import asyncio
import hashlib
import hmac

import psycopg
import pytest
from django.db import connection

from business_numbers.models import WebhookEvent
from converge import webhooks
from converge.grouped_writer import GroupedWriter, StoreUnavailable
from converge.webhooks import WebhookDoor

SECRET = "simulated-secret"
BODY = b'{"entry": []}'
HANG_GUARD = 20


def sign(body: bytes, secret: str = SECRET) -> bytes:
    return (
        b"sha256="
        + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    )


class Stored:
    """A store that remembers, or is away."""

    def __init__(self, is_away: bool = False):
        self.bodies: list[tuple[str, bytes]] = []
        self.is_away = is_away

    async def store(self, channel, body):
        if self.is_away:
            raise StoreUnavailable
        self.bodies.append((channel, body))


def call(
    store,
    body: bytes = BODY,
    *,
    method: str = "POST",
    path: str = "/webhooks/whatsapp",
    query: bytes = b"",
    signatures=None,
    headers=(),
    parts=None,
) -> tuple[int, bytes]:
    """(status, sentence) of one request through the ASGI application."""
    signatures = [sign(body)] if signatures is None else signatures
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [*headers, *((b"x-hub-signature-256", s) for s in signatures)],
    }
    chunks = list(parts or [body])
    sent = []

    async def receive():
        chunk = chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    async def send(message):
        sent.append(message)

    asyncio.run(WebhookDoor(store)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


@pytest.fixture(autouse=True)
def secrets(settings):
    settings.META_APP_SECRET = SECRET
    settings.INSTAGRAM_APP_SECRET = "instagram-secret"
    settings.META_APP_SECRETS_OLD = ["last-years-secret"]
    settings.META_VERIFY_TOKEN = "a-verify-token"


@pytest.mark.parametrize("path", ["whatsapp", "instagram", "whatsapp/"])
def test_a_signed_post_is_stored_as_it_came(path):
    store = Stored()

    status, _ = call(store, path=f"/webhooks/{path}", parts=[BODY[:5], BODY[5:]])

    assert status == 200
    assert store.bodies == [(path.rstrip("/"), BODY)]


@pytest.mark.parametrize("secret", [SECRET, "instagram-secret", "last-years-secret"])
def test_every_secret_of_ours_is_accepted(secret):
    assert call(Stored(), signatures=[sign(BODY, secret)])[0] == 200


@pytest.mark.parametrize(
    "signatures",
    [
        [],
        [b""],
        [b"sha256="],
        [sign(BODY, "guess")],
        [sign(b"another body")],
        [sign(BODY).replace(b"sha256=", b"sha1=")],
        [sign(BODY), sign(BODY)],
        [sign(BODY)[:-1]],
        [b"sha256=\xff\xfe"],
    ],
)
def test_what_is_not_signed_by_meta_is_refused_and_not_stored(signatures):
    store = Stored()

    status, _ = call(store, signatures=signatures)

    assert status == 403
    assert store.bodies == []


def test_a_body_of_four_megabytes_is_taken_and_no_more():
    store = Stored()
    full, over = b"x" * webhooks.BODY_MAX, b"x" * (webhooks.BODY_MAX + 1)

    assert call(store, full)[0] == 200
    assert call(store, over)[0] == 413
    assert call(store, headers=[(b"content-length", b"9999999")])[0] == 413
    assert len(store.bodies) == 1


def test_what_cannot_be_stored_is_asked_for_again():
    assert call(Stored(is_away=True))[0] == 503


def test_other_methods_are_not_for_this_door():
    assert call(Stored(), method="DELETE")[0] == 405


@pytest.mark.parametrize(
    ("query", "status", "body"),
    [
        (
            b"hub.mode=subscribe&hub.verify_token=a-verify-token&hub.challenge=42",
            200,
            b"42",
        ),
        (b"hub.mode=subscribe&hub.verify_token=guess&hub.challenge=42", 403, None),
        (b"hub.mode=other&hub.verify_token=a-verify-token&hub.challenge=42", 403, None),
        (b"", 403, None),
    ],
)
def test_metas_handshake(query, status, body):
    found, sentence = call(Stored(), method="GET", query=query)

    assert found == status
    assert body is None or sentence == body


def database_url() -> str:
    """The test's own database, as psycopg takes it."""
    p = connection.get_connection_params()
    kept = {k: p[k] for k in ("dbname", "user", "password", "host", "port") if p.get(k)}
    return psycopg.conninfo.make_conninfo(**kept)


def store_all(url: str, bodies: list[bytes], before=None) -> list:
    async def run():
        writer = GroupedWriter(url)
        writer.start()
        try:
            async with asyncio.timeout(HANG_GUARD):
                return await asyncio.gather(
                    *(writer.store("whatsapp", b) for b in bodies),
                    return_exceptions=True,
                )
        finally:
            await writer.stop()

    return asyncio.run(run())


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_in_the_database_when_they_are_acknowledged():
    bodies = [b"body %d \x00\xff" % n for n in range(300)]

    outcomes = store_all(database_url(), bodies)

    assert outcomes == [None] * 300
    assert sorted(map(bytes, WebhookEvent.objects.values_list("body", flat=True))) == (
        sorted(bodies)
    )


def test_without_a_database_everybody_hears_so():
    outcomes = store_all("postgresql://nobody@127.0.0.1:1/none", [BODY] * 5)

    assert [type(o) for o in outcomes] == [StoreUnavailable] * 5
