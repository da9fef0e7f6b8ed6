"""One HTTP exchange: the request as read, the response as it shall be written.

A response also says in what *manner* it is to be sent, because misbehaving on the
wire (never answering, resetting, half a body) is part of what is simulated.
"""

import enum
import json
from collections.abc import Awaitable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from simulator.multipart import read_multipart

encode = json.JSONEncoder(separators=(",", ":")).encode  # made once: it is slow to make


class Manner(enum.Enum):
    ANSWER = "answer"
    STALL = "stall"  # keep the connection open and stay silent
    RESET = "reset"  # RST instead of an answer
    HALF_BODY = "half body"  # promise the whole body, send half, hang up
    CLOSE = "close"  # answer as kept alive, then hang up


@dataclass(slots=True)
class Request:
    method: str
    path: str
    query_string: bytes
    headers: dict[str, str]
    body: bytes
    _query: dict[str, str] | None = None

    @property
    def query(self) -> dict[str, str]:
        if self._query is None:
            text = self.query_string.decode("utf-8", "replace")
            self._query = dict(parse_qsl(text, keep_blank_values=True))
        return self._query

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    def read_json(self) -> object:
        """The body as JSON; raises ValueError."""
        return json.loads(self.body) if self.body else {}

    def read_fields(self) -> dict:
        """Parameters however they came: query, JSON object, form or multipart."""
        fields = dict(self.query)
        if "json" in self.content_type:
            content = self.read_json()
            fields.update(content if isinstance(content, dict) else {})
        elif "urlencoded" in self.content_type:
            text = self.body.decode("utf-8", "replace")
            fields.update(parse_qsl(text, keep_blank_values=True))
        elif "multipart" in self.content_type:
            fields.update(read_multipart(self.content_type, self.body))
        return fields


@dataclass(slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    manner: Manner = Manner.ANSWER
    hold: float = 0.0  # seconds before it is written
    after: Awaitable | None = field(default=None)  # written once this is done


def answer_json(content: object, status: int = 200) -> Response:
    return Response(status, encode(content).encode())


def answer_html(text: str, status: int = 200) -> Response:
    return Response(status, text.encode(), "text/html; charset=utf-8")


def redirect_to(url: str) -> Response:
    return Response(303, content_type="text/plain", headers=(("Location", url),))
