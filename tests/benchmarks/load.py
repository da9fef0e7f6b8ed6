"""A small load maker: raw HTTP/1.1 on kept connections, on loopback, bounded in count."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid

SECRET = b"simulated-secret"


def signed_post(path: str, body: bytes) -> bytes:
    signature = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def webhook(phone_number_id: str, waba: str, messages: int = 1, people: int = 500):
    """(wamids, body) of one POST with that many text messages."""
    now = int(time.time())
    items, contacts = [], {}
    for _ in range(messages):
        person = f"4477{uuid.uuid4().int % people:08d}"
        contacts[person] = {
            "profile": {"name": f"Person {person[-4:]}"},
            "wa_id": person,
        }
        items.append(
            {
                "from": person,
                "id": f"wamid.{uuid.uuid4().hex}",
                "timestamp": str(now),
                "type": "text",
                "text": {"body": "Hello, where is my order?"},
            }
        )
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": phone_number_id, "display_phone_number": "1"},
        "contacts": list(contacts.values()),
        "messages": items,
    }
    entry = {"id": waba, "changes": [{"field": "messages", "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    return [m["id"] for m in items], json.dumps(body).encode()


async def throw(port: int, requests: list[bytes], connections: int = 16) -> float:
    """Send all as fast as the answers come; requests per second. Only 200 counts."""
    waiting = iter(requests)
    statuses: list[int] = []

    async def one():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            writer.write(request)
            statuses.append(await read_status(reader))
        writer.close()

    begun_at = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    took = time.perf_counter() - begun_at
    if set(statuses) != {200}:
        raise AssertionError(f"answers other than 200: {set(statuses)}")
    return len(statuses) / took


async def throw_at_rate(port: int, requests: list[bytes], rate: float) -> list[float]:
    """Send one every 1/rate seconds; when each left (time.time())."""
    free: asyncio.Queue = asyncio.Queue()
    for _ in range(32):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    sent_at = [0.0] * len(requests)

    async def one(place: int):
        reader, writer = await free.get()
        sent_at[place] = time.time()
        writer.write(requests[place])
        await read_status(reader)
        free.put_nowait((reader, writer))

    begun_at, tasks = time.perf_counter(), []
    for place in range(len(requests)):
        await asyncio.sleep(max(0, begun_at + place / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(one(place)))
    await asyncio.gather(*tasks)
    return sent_at


async def read_status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(x[15:]) for x in lines if x.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return int(head[9:12])
