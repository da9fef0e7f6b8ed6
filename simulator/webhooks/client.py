"""A small HTTP/1.1 client on asyncio streams that keeps its connections alive."""

import asyncio
import ssl
from collections import defaultdict
from urllib.parse import urlsplit

import httptools


class NoAnswer(Exception):
    """The other side could not be reached, hung up, or took too long."""


class Client:
    def __init__(self) -> None:
        self._idle: dict[tuple, list] = defaultdict(list)

    async def request(
        self, method: str, url: str, body: bytes, headers: dict, timeout: float
    ) -> tuple[int, bytes]:
        try:
            return await asyncio.wait_for(
                self._request(method, url, body, headers), timeout
            )
        except TimeoutError:
            raise NoAnswer(f"no answer within {timeout:g} s") from None
        except (OSError, EOFError, ssl.SSLError, httptools.HttpParserError) as error:
            raise NoAnswer(str(error) or type(error).__name__) from error

    async def _request(self, method, url, body, headers) -> tuple[int, bytes]:
        parts = urlsplit(url)
        origin = (parts.scheme, parts.hostname, parts.port)
        payload = _serialise(method, parts, body, headers)
        while self._idle[origin]:
            streams = self._idle[origin].pop()
            try:
                return await self._talk(origin, streams, payload)
            except (ConnectionError, EOFError):
                continue  # closed while it was idle: the next or a new one
        return await self._talk(origin, await _connect(*origin), payload)

    async def _talk(self, origin, streams, payload: bytes) -> tuple[int, bytes]:
        reader, writer = streams
        kept = False
        try:
            writer.write(payload)
            status, body, kept = await _read_answer(reader)
            return status, body
        finally:
            if kept:
                self._idle[origin].append(streams)
            else:
                writer.close()

    def close(self) -> None:
        for streams in self._idle.values():
            for _, writer in streams:
                writer.close()
        self._idle.clear()


async def _connect(scheme: str, host: str | None, port: int | None):
    secure = ssl.create_default_context() if scheme == "https" else None
    return await asyncio.open_connection(
        host, port or (443 if secure else 80), ssl=secure
    )


async def _read_answer(reader) -> tuple[int, bytes, bool]:
    answer = _Answer()
    while not answer.complete:
        data = await reader.read(65_536)
        if not data:
            raise EOFError("the connection was closed before an answer")
        answer.parser.feed_data(data)
    return answer.parser.get_status_code(), b"".join(answer.body), answer.keeps_alive


class _Answer:
    """Called by its parser."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.body: list[bytes] = []
        self.complete = False
        self.keeps_alive = False

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        # Asked later, the parser has already forgotten.
        self.keeps_alive = self.parser.should_keep_alive()
        self.complete = True


def _serialise(method: str, parts, body: bytes, headers: dict) -> bytes:
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
