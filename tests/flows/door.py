"""Somebody else's server, with every bad habit, for the step that calls a URL."""

import http.server
import threading

import pytest


class Door(http.server.BaseHTTPRequestHandler):
    """A server of somebody else's, with every bad habit."""

    def do_GET(self):
        getattr(self, self.path.strip("/").split("?")[0].replace("/", "_"))()

    do_POST = do_GET

    def order(self):
        self.say(200, '{"order": {"items": [{"status": "sent"}]}}')

    def echo(self):
        length = int(self.headers.get("Content-Length", 0))
        self.say(200, f"{self.headers['Host']} {self.rfile.read(length).decode()}")

    def broken(self):
        self.say(500, "oops")

    def inside(self):
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.end_headers()

    def round(self):
        self.send_response(302)
        self.send_header("Location", "/round")
        self.end_headers()

    def large(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b"x" * 1024 * 1024)

    def stops(self):
        """In the middle of its answer."""
        self.begin_answer()
        self.server.released.wait(30)

    def breaks(self):
        self.begin_answer(("Content-Encoding", "gzip"))

    def begin_answer(self, *headers):
        self.send_response(200)
        for name, value in (("Content-Length", "1000"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"half of it")
        self.wfile.flush()

    def mute(self):
        self.server.released.wait(30)

    def say(self, status: int, text: str):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def door(settings):
    settings.OUTGOING_PRIVATE_HOSTS = True
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.released = threading.Event()
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()
