"""A server outside that listens to webhooks, with whatever habits a test gives it."""

import http.server
import json
import threading
from dataclasses import dataclass

import pytest

from inbox import outgoing
from inbox.models import OutgoingDelivery, OutgoingWebhook


@dataclass
class Call:
    path: str
    headers: dict
    raw: bytes

    @property
    def body(self) -> dict:
        return json.loads(self.raw)


class Ear(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.calls.append(Call(self.path, dict(self.headers), raw))
        if self.path == "/mute":
            self.server.released.wait(30)
        self.send_response(self.server.answers.get(self.path, 200))
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.server.long)))
        self.end_headers()
        self.wfile.write(self.server.long)

    def log_message(self, *args):
        pass


@pytest.fixture
def ear(settings):
    """`calls` it got; `answers` by path, 200 where none is set; /mute never answers."""
    settings.OUTGOING_PRIVATE_HOSTS = True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.calls, server.answers, server.long = [], {}, b""
    server.released = threading.Event()
    server.handle_error = lambda *args: None
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def create_webhook(
    workspace, url="https://hooks.example.org/", events=tuple(outgoing.EVENTS)
):
    webhook = OutgoingWebhook(workspace=workspace, url=url, events=list(events))
    webhook.secret = "whsec_test"
    webhook.save()
    return webhook


def told_webhook(workspace) -> dict:
    """A webhook and something it is told, by the names addresses have for them."""
    webhook = create_webhook(workspace)
    outgoing.test(webhook)
    delivery = OutgoingDelivery.objects.get(webhook=webhook)
    return {"webhook_id": webhook.id, "delivery_id": delivery.id}
