"""The listening side: HTTP/1.1 on asyncio, with the transport in hand.

An own protocol and not a server library, because resets, stalls and half bodies
need the transport, and because it must never be the bottleneck of a benchmark.
"""

import asyncio
import inspect
import logging
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httptools

from simulator.exchange import Manner, Request, Response, answer_json

logger = logging.getLogger("simulator")

Answer = Callable[[Request], Response | Awaitable[Response]]

LARGEST_BODY = 110 * 1024 * 1024
REASONS = {status.value: status.phrase for status in HTTPStatus}
RST_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection(asyncio.Protocol):
    """One client connection; requests are answered in order, one at a time."""

    def __init__(self, answer: Answer, connections: set["Connection"]) -> None:
        self.answer = answer
        self.connections = connections
        self.waiting: deque[tuple[Request, bool]] = deque()
        self.task: asyncio.Task | None = None
        self.silent = False

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)
        self.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connections.discard(self)
        self.silent = True
        if self.task:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._write(answer_json({"error": "malformed request"}, 400), False)
            self.transport.close()

    # called by the parser

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.size = 0

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if self.headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self.size += len(body)
        if self.size > LARGEST_BODY:
            self.transport.abort()
            return
        self.body.append(body)

    def on_message_complete(self) -> None:
        path, _, query = self.url.partition(b"?")
        request = Request(
            self.parser.get_method().decode(),
            path.decode("utf-8", "replace"),
            query,
            self.headers,
            b"".join(self.body),
        )
        self.waiting.append((request, self.parser.should_keep_alive()))
        if self.task is None:
            self._answer_waiting()

    # answering

    def _answer_waiting(self) -> None:
        while self.waiting and not self.silent and self.task is None:
            request, keep_alive = self.waiting.popleft()
            answer = self._ask(request)
            if inspect.isawaitable(answer) or answer.hold or answer.after:
                self.task = asyncio.ensure_future(self._write_later(answer, keep_alive))
                self.task.add_done_callback(self._take_next)
            else:
                self._write(answer, keep_alive)

    def _ask(self, request: Request) -> Response | Awaitable[Response]:
        try:
            return self.answer(request)
        except Exception:
            logger.exception("the simulator failed at %s", request.path)
            return answer_json({"error": "the simulator itself failed"}, 500)

    async def _write_later(self, answer, keep_alive: bool) -> None:
        if inspect.isawaitable(answer):
            answer = await answer
        if answer.after:
            await answer.after
        if answer.hold:
            await asyncio.sleep(answer.hold)
        self._write(answer, keep_alive)

    def _take_next(self, task: asyncio.Task) -> None:
        self.task = None
        if task.cancelled():
            return
        if task.exception():
            logger.error("an answer failed", exc_info=task.exception())
            self._write(
                answer_json({"error": "the simulator itself failed"}, 500), True
            )
        self._answer_waiting()

    def _write(self, response: Response, keep_alive: bool) -> None:
        if self.silent or self.transport.is_closing():
            return
        if response.manner is Manner.STALL:
            self.silent = True
            return
        if response.manner is Manner.RESET:
            self._reset()
            return
        payload = _serialise(response, keep_alive)
        if response.manner is Manner.HALF_BODY:
            payload = payload[: len(payload) - max(1, len(response.body) // 2)]
        self.transport.write(payload)
        if not keep_alive or response.manner in (Manner.HALF_BODY, Manner.CLOSE):
            self.silent = True
            self.transport.close()

    def _reset(self) -> None:
        self.silent = True
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
        self.transport.abort()


def _serialise(response: Response, keep_alive: bool) -> bytes:
    reason = REASONS.get(response.status, "Unknown")
    lines = [
        f"HTTP/1.1 {response.status} {reason}",
        f"Content-Type: {response.content_type}",
        f"Content-Length: {len(response.body)}",
        "Connection: keep-alive" if keep_alive else "Connection: close",
    ]
    lines += [f"{name}: {value}" for name, value in response.headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + response.body


async def listen(answer: Answer, host: str, port: int, connections: set[Connection]):
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: Connection(answer, connections), host, port, backlog=1024
    )
