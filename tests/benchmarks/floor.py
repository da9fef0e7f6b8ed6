"""The floor: the least a durable webhook can cost. HMAC, one INSERT, one COMMIT, 200."""

import asyncio
import hashlib
import hmac
import os

import psycopg

SECRET = b"simulated-secret"
CONNECTIONS = 8
free: asyncio.Queue = asyncio.Queue()


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        for _ in range(CONNECTIONS):
            free.put_nowait(
                await psycopg.AsyncConnection.connect(
                    os.environ["DATABASE_URL"], autocommit=True
                )
            )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = (await receive())["body"]
    signature = dict(scope["headers"])[b"x-hub-signature-256"].removeprefix(b"sha256=")
    expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest().encode()
    if not hmac.compare_digest(signature, expected):
        raise AssertionError("wrong signature")
    connection = await free.get()
    await connection.execute(
        "INSERT INTO numbers_webhookevent (channel, body) VALUES ('whatsapp', %s)",
        [body],
    )
    free.put_nowait(connection)
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"6")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"stored"})
