"""Durable inserts that share a commit: what arrives while one is under way goes together.

Nothing waits on purpose. If the database is away, everybody in the group hears so at
once, and the next group tries a new connection.
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass

import psycopg

logger = logging.getLogger(__name__)

WAKE = "converge_webhooks"
PENDING_MAX = 2000
PENDING_BYTES_MAX = 64 * 1024 * 1024
GROUP_BYTES_MAX = 8 * 1024 * 1024
CONNECT_TIMEOUT, WRITE_TIMEOUT = 3, 10

INSERT = """
INSERT INTO numbers_webhookevent (channel, body)
SELECT * FROM unnest(%b::text[], %b::bytea[])
"""


class StoreUnavailable(Exception):
    """It is not stored (or nobody can say); the sender must send it again."""


@dataclass(frozen=True)
class Pending:
    channel: str
    body: bytes
    done: asyncio.Future


class GroupedWriter:
    """`writers` connections, each writing one group at a time."""

    def __init__(self, database_url: str, writers: int = 2):
        self.database_url = database_url
        self.writers = writers
        self.waiting: list[Pending] = []
        self.bytes_waiting = 0
        self.arrived = asyncio.Condition()
        self.tasks: list[asyncio.Task] = []

    def start(self) -> None:
        self.tasks = [asyncio.create_task(self._write()) for _ in range(self.writers)]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        for task in self.tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def store(self, channel: str, body: bytes) -> None:
        """Returns after COMMIT, or raises StoreUnavailable."""
        is_full = len(self.waiting) >= PENDING_MAX
        if is_full or self.bytes_waiting + len(body) > PENDING_BYTES_MAX:
            raise StoreUnavailable
        done = asyncio.get_running_loop().create_future()
        async with self.arrived:
            self.waiting.append(Pending(channel, body, done))
            self.bytes_waiting += len(body)
            self.arrived.notify()
        await done

    async def _write(self) -> None:
        connection = None
        try:
            while True:
                connection = await self._write_group(await self._take(), connection)
        finally:
            if connection is not None:
                await _close(connection)

    async def _write_group(self, group: list[Pending], connection):
        """The connection to go on with, or None when it is broken."""
        try:
            async with asyncio.timeout(WRITE_TIMEOUT):
                if connection is None:
                    connection = await self._connect()
                await _insert(connection, group)
        except (psycopg.Error, OSError, TimeoutError) as error:
            logger.warning("store failed", extra={"error": type(error).__name__})
            _finish(group, StoreUnavailable())
            if connection is not None:
                await _close(connection)
            return None
        _finish(group, None)
        return connection

    async def _take(self) -> list[Pending]:
        async with self.arrived:
            await self.arrived.wait_for(lambda: self.waiting)
            group, size = [], 0
            while self.waiting and size < GROUP_BYTES_MAX:
                group.append(self.waiting.pop(0))
                size += len(group[-1].body)
            self.bytes_waiting -= size
            return group

    async def _connect(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            self.database_url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT,
            application_name="converge-webhooks",
        )


async def _insert(connection, group: list[Pending]) -> None:
    await connection.execute(
        INSERT, [[p.channel for p in group], [p.body for p in group]]
    )
    # Its own statement: NOTIFY inside the insert's transaction would serialise commits.
    await connection.execute(f"NOTIFY {WAKE}")


async def _close(connection) -> None:
    with contextlib.suppress(psycopg.Error, OSError, TimeoutError):
        async with asyncio.timeout(1):
            await connection.close()


def _finish(group: list[Pending], error: Exception | None) -> None:
    for pending in group:
        if pending.done.done():
            continue  # its request was cancelled meanwhile
        if error:
            pending.done.set_exception(error)
        else:
            pending.done.set_result(None)
