"""A stand-in for the product: it takes webhooks and remembers them byte for byte."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.simulator.simulated import wait_until

VERIFY_TOKEN = "simulated-verify-token"


class Received:
    def __init__(self, path: str, headers, body: bytes, source: int) -> None:
        self.path = path
        self.signature = headers.get("X-Hub-Signature-256")
        self.body = body
        self.connection = source

    @property
    def json(self):
        return json.loads(self.body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """The simulator hangs up when it is reset; nothing else may go unseen."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Product:
    def __init__(self) -> None:
        self.forget()
        product = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                product._verify(self)

            def do_POST(self):
                product._receive(self)

            def log_message(self, *args):
                """Say nothing."""

        self.server = Server(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def forget(self) -> None:
        self.received: list[Received] = []
        self.clock_offsets: list[float] = []
        self.answers: list[int] = []  # used up first, then 200

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _verify(self, door) -> None:
        query = dict(parse_qsl(urlsplit(door.path).query))
        right = query.get("hub.verify_token") == VERIFY_TOKEN
        self._answer(door, 200 if right else 403, query.get("hub.challenge", ""))

    def _receive(self, door) -> None:
        body = door.rfile.read(int(door.headers["Content-Length"]))
        if door.path == "/dev/clock/":
            self.clock_offsets.append(json.loads(body)["offset"])
            self._answer(door, 204, "")
            return
        source = door.client_address[1]
        self.received.append(Received(door.path, door.headers, body, source))
        status = self.answers.pop(0) if self.answers else 200
        self._answer(door, status, "")

    def _answer(self, door, status: int, text: str) -> None:
        door.send_response(status)
        door.send_header("Content-Length", str(len(text)))
        door.end_headers()
        door.wfile.write(text.encode())

    # what came

    def values(self, field: str = "messages") -> list[dict]:
        return [
            change["value"]
            for received in list(self.received)
            for entry in received.json["entry"]
            for change in entry.get("changes", [])
            if change["field"] == field
        ]

    def messages(self) -> list[dict]:
        return [m for value in self.values() for m in value.get("messages", [])]

    def statuses(self, message_id: str | None = None) -> list[dict]:
        return [
            status
            for value in self.values()
            for status in value.get("statuses", [])
            if message_id in (None, status["id"])
        ]

    def events(self) -> list[dict]:
        """Instagram's messaging events."""
        return [
            event
            for received in list(self.received)
            for entry in received.json["entry"]
            for event in entry.get("messaging", [])
        ]

    def wait_for_statuses(self, message_id: str, *expected: str) -> list[dict]:
        wait_until(lambda: len(self.statuses(message_id)) >= len(expected))
        found = [status["status"] for status in self.statuses(message_id)]
        assert found == list(expected)
        return self.statuses(message_id)

    def wait_for_count(self, count: int) -> list[Received]:
        wait_until(lambda: len(self.received) >= count)
        return self.received
