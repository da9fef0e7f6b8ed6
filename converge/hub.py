"""`/live/`: one LISTEN connection a process, many open streams, no thread for any of them.

Level-triggered: a stream says which conversations changed, never what was said, and the
page fetches what it shows through ordinary views. After any gap a `refresh` is enough.
"""

import asyncio
import contextlib
import json
import logging
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import psycopg
from django.db import Error

from converge.live import CHANNEL

logger = logging.getLogger(__name__)

# Changes are gathered this long; a little longer the more streams there are.
CADENCE, CADENCE_PER_STREAM, CADENCE_MAX = 0.05, 0.0002, 1.0
BACKLOG_MAX = 500  # changed conversations waiting for one slow stream
PING_EVERY = 15.0
LIFE, LIFE_JITTER = 600.0, 60.0
STREAMS_PER_USER = 6
RETRY_MS = 2000
# Who is here is told this often, and soon after somebody came.
TELL_EVERY, TELL_AFTER = 20.0, 0.5


@dataclass(eq=False)
class Stream:
    """One open page (or one browser, which shares it among its tabs)."""

    workspace: int
    user: int
    changes: dict = field(default_factory=dict)
    needs_refresh: bool = False
    is_called: bool = False  # something for this person alone
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def add(self, changes: dict) -> None:
        self.changes |= changes
        if len(self.changes) > BACKLOG_MAX:
            self.refresh()
        self.wake.set()

    def call(self) -> None:
        self.is_called = True
        self.wake.set()

    def refresh(self) -> None:
        self.changes, self.needs_refresh = {}, True
        self.wake.set()

    def end(self) -> None:
        self.is_over = True
        self.wake.set()

    def take(self) -> bytes:
        """Everything gathered, as one server-sent event."""
        now = round(time.time() * 1000)
        event = {"t": now, "refresh": True} if self.needs_refresh else {"t": now}
        if self.changes:
            event["c"] = self.changes
        if self.is_called:
            event["me"] = True
        self.changes, self.needs_refresh, self.is_called = {}, False, False
        self.wake.clear()
        return f"event: change\ndata: {json.dumps(event)}\n\n".encode()


# Gets (workspace id, user id) of everybody with an open page.
TellOnline = Callable[[set[tuple[int, int]]], Awaitable[None]]


class Hub:
    def __init__(self, database_url: str, tell_online: TellOnline | None = None):
        self.database_url = database_url
        self.tell_online = tell_online
        self.coming: set[tuple[int, int]] = set()
        self.has_come = asyncio.Event()
        # Inner dictionaries for their order: a person's oldest stream ends first.
        self.streams: dict[int, dict[Stream, None]] = defaultdict(dict)
        self.tasks: list[asyncio.Task] = []

    def start(self) -> None:
        self.tasks = [asyncio.create_task(self._listen())]
        if self.tell_online:
            self.tasks.append(asyncio.create_task(self._tell_who_is_here()))

    async def stop(self) -> None:
        for streams in self.streams.values():
            for stream in streams:
                stream.end()
        for task in self.tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    @property
    def count(self) -> int:
        return sum(len(streams) for streams in self.streams.values())

    @property
    def cadence(self) -> float:
        return min(CADENCE + CADENCE_PER_STREAM * self.count, CADENCE_MAX)

    def join(self, workspace: int, user: int) -> Stream:
        """A new stream; a person's oldest one ends when they have too many."""
        own = [s for s in self.streams[workspace] if s.user == user and not s.is_over]
        if len(own) >= STREAMS_PER_USER:
            own[0].end()
        stream = Stream(workspace, user)
        self.streams[workspace][stream] = None
        self.coming.add((workspace, user))
        self.has_come.set()
        return stream

    def leave(self, stream: Stream) -> None:
        self.streams[stream.workspace].pop(stream, None)

    def publish(self, payload: str) -> None:
        notice = json.loads(payload)
        for stream in self.streams.get(notice["w"], ()):
            if "c" in notice:
                stream.add(notice["c"])
            elif stream.user in notice["u"]:
                stream.call()

    async def _listen(self) -> None:
        """Listen for ever; after a lost connection everybody refreshes once."""
        pause = 0.5
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.database_url,
                    autocommit=True,
                    connect_timeout=3,
                    keepalives_idle=20,
                    application_name="converge-live",
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    pause = 0.5
                    self._refresh_all()
                    async for notice in connection.notifies():
                        self.publish(notice.payload)
            except (psycopg.Error, OSError) as error:
                logger.warning("listening lost", extra={"error": type(error).__name__})
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, 10)

    async def _tell_who_is_here(self) -> None:
        """Who came, soon; all who are here, now and then."""
        all_told_at = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TELL_EVERY):
                    await self.has_come.wait()
            await asyncio.sleep(TELL_AFTER)  # those who come together are told together
            here, self.coming = self.coming, set()
            self.has_come.clear()
            if time.monotonic() - all_told_at >= TELL_EVERY:
                all_told_at = time.monotonic()
                here |= {(w, s.user) for w, own in self.streams.items() for s in own}
            try:
                await self.tell_online(here)
            except Error as error:
                logger.warning("online not told", extra={"error": type(error).__name__})

    def _refresh_all(self) -> None:
        for streams in self.streams.values():
            for stream in streams:
                stream.refresh()


class LiveDoor:
    """The raw ASGI application for `/live/`. `authenticate` runs in a thread."""

    def __init__(self, hub: Hub, authenticate):
        self.hub = hub
        self.authenticate = authenticate

    async def __call__(self, scope, receive, send):
        viewer = await self.authenticate(scope)
        if viewer is None:
            await _start(send, 401, b"text/plain")
            await send({"type": "http.response.body", "body": b"Sign in."})
            return
        stream = self.hub.join(*viewer)
        gone = asyncio.create_task(_disconnected(receive, stream))
        try:
            await _start(send, 200, b"text/event-stream")
            await self._stream(stream, send)
        finally:
            gone.cancel()
            self.hub.leave(stream)

    async def _stream(self, stream: Stream, send) -> None:
        life = LIFE + random.uniform(0, LIFE_JITTER)  # noqa: S311
        ends_at = time.monotonic() + life
        await _write(send, f"retry: {RETRY_MS}\n\n".encode() + stream.take())
        while not stream.is_over and time.monotonic() < ends_at:
            try:
                async with asyncio.timeout(PING_EVERY):
                    await stream.wake.wait()
            except TimeoutError:
                pass  # nothing changed: `take` below is the ping
            else:
                await asyncio.sleep(self.hub.cadence)
            if not stream.is_over:
                await _write(send, stream.take())
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _start(send, status: int, content_type: bytes) -> None:
    headers = [
        (b"content-type", content_type),
        (b"cache-control", b"no-store, no-transform"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _write(send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
