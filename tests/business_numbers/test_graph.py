"""One call, one answer: what may have been accepted is uncertain, the rest is certain."""

import json
import logging
import pickle
import socket
import struct
import threading
import traceback

import pytest
import requests

from business_numbers import graph
from business_numbers.errors import Verdict
from business_numbers.graph import Grant, GraphError
from converge.logs import JsonFormatter

TOKEN = "EAAcanary0000000000000000token"
HANG_GUARD = 10


class Answering:
    """A server on loopback that reads one request and does as it is told."""

    def __init__(self, act):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(HANG_GUARD)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.act = act
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        try:
            while True:
                connection, _ = self.socket.accept()
                with connection:
                    connection.settimeout(HANG_GUARD)
                    self.requests.append(_read_request(connection))
                    self.act(connection)
        except OSError:
            return  # closed: the test is over

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes the waiting accept
        self.socket.close()
        self.thread.join(HANG_GUARD)


def _read_request(connection) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and data[:1] != b"\x16":  # a TLS greeting
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def server(settings):
    """`server(act)` begins to answer and leads the Graph client there."""
    running = []

    def start(act) -> Answering:
        running.append(Answering(act))
        settings.GRAPH_URL = running[-1].url
        return running[-1]

    yield start
    for answering in running:
        answering.close()


def http(status: int, body: bytes | dict, headers: str = ""):
    content = json.dumps(body).encode() if isinstance(body, dict) else body

    def act(connection):
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n{headers}"
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode() + content)

    return act


def reset(connection):
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def call() -> dict:
    grant = Grant.with_token(TOKEN, kind="whatsapp")
    return graph.call(grant, "POST", "10001/messages", data=b'{"to":"+15550100"}')


def failure() -> GraphError:
    with pytest.raises(GraphError) as caught:
        call()
    return caught.value


def error(code: int, subcode: int | None = None, **fields) -> dict:
    return {
        "error": {"message": f"(#{code}) words", "code": code, "fbtrace_id": "Atrace"}
        | ({"error_subcode": subcode} if subcode else {})
        | fields
    }


def test_an_answer_is_given_back(server):
    server(http(200, {"messages": [{"id": "wamid.1"}]}))

    assert call() == {"messages": [{"id": "wamid.1"}]}


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        # the body's code decides, whatever the HTTP status
        (400, error(131047), Verdict.NEVER_CONTENT),
        (500, error(131047), Verdict.NEVER_CONTENT),
        (200, error(131047), Verdict.NEVER_CONTENT),
        (404, error(132001), Verdict.NEVER_CONTENT),
        (400, error(190, 463), Verdict.REAUTHORISE),
        (401, error(190), Verdict.REAUTHORISE),
        (429, error(130429), Verdict.SLOW),
        (400, error(131056), Verdict.PAIR),
        (400, error(987654), Verdict.NEVER_CONTENT),
        # these say nothing about whether it was accepted
        (400, error(1), Verdict.UNCERTAIN),
        (503, error(2), Verdict.UNCERTAIN),
        (500, error(131000), Verdict.UNCERTAIN),
        (500, error(131016), Verdict.UNCERTAIN),
        (500, error(987654), Verdict.UNCERTAIN),
        (500, {"error": {"message": "no code"}}, Verdict.UNCERTAIN),
        (500, {"error": {"code": "131047"}}, Verdict.UNCERTAIN),
        (500, b"", Verdict.UNCERTAIN),
        (502, b"<html>Bad gateway</html>", Verdict.UNCERTAIN),
        (503, {}, Verdict.UNCERTAIN),
        (200, b"<html>hello</html>", Verdict.UNCERTAIN),
        (200, b'{"messages": [', Verdict.UNCERTAIN),
        (200, b"[]", Verdict.UNCERTAIN),
        (200, b"\xff\xfe", Verdict.UNCERTAIN),
        (302, b"", Verdict.UNCERTAIN),
        # a bare 429 was not accepted
        (429, b"", Verdict.SLOW),
        (429, b"<html>slow</html>", Verdict.SLOW),
    ],
)
def test_what_an_answer_means(server, status, body, verdict):
    server(http(status, body))

    assert failure().meaning.verdict is verdict


def test_metas_words_are_kept_for_support(server):
    details = {"error_data": {"details": "Recipient phone number not in list"}}
    server(http(400, error(131030, **details)))

    found = failure()

    assert (found.code, found.http_status) == (131030, 400)
    assert found.details == "Recipient phone number not in list"
    assert found.trace == "Atrace"


def test_metas_wish_to_wait_is_kept(server):
    server(http(429, b"", "Retry-After: 17\r\n"))

    assert failure().retry_after == 17


def test_a_refused_connection_is_certain(settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.GRAPH_URL = f"http://127.0.0.1:{free.getsockname()[1]}"

    assert failure().meaning.verdict is Verdict.SOON


def test_a_host_that_does_not_exist_is_certain(settings):
    settings.GRAPH_URL = "http://graph.invalid"

    assert failure().meaning.verdict is Verdict.SOON


def test_a_failed_handshake_is_certain(server, settings):
    plain = server(http(200, {}))
    settings.GRAPH_URL = plain.url.replace("http://", "https://")

    assert failure().meaning.verdict is Verdict.SOON


def test_a_connection_that_cannot_be_made_in_time_is_certain():
    late = requests.exceptions.ConnectTimeout("too late")

    assert graph.network_error(late).meaning.verdict is Verdict.SOON


def test_an_answer_that_never_comes_is_uncertain(server, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(graph, "READ_TIMEOUT", 0.2)
    server(lambda connection: over.wait(HANG_GUARD))

    found = failure()
    over.set()

    assert found.is_uncertain


def half_an_answer(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{")


@pytest.mark.parametrize("act", [reset, lambda connection: None, half_an_answer])
def test_a_connection_lost_after_the_request_is_uncertain(server, act):
    server(act)

    assert failure().is_uncertain


def test_nothing_is_repeated_by_itself(server):
    answering = server(http(503, b""))

    failure()

    assert len(answering.requests) == 1


def test_a_redirect_is_not_followed(server):
    answering = server(http(307, b"", "Location: /elsewhere\r\n"))

    failure()

    assert len(answering.requests) == 1


def test_the_token_travels_in_the_header_alone(server):
    answering = server(http(200, {}))

    call()

    line, _, rest = answering.requests[0].partition(b"\r\n")
    assert TOKEN.encode() not in line
    assert b"appsecret_proof=" in line
    assert f"Authorization: Bearer {TOKEN}".encode() in rest


def test_the_token_is_never_printed(server):
    grant = Grant.with_token(TOKEN, kind="whatsapp")
    server(reset)
    found = failure()
    trace = "".join(traceback.format_exception(found))
    record = logging.makeLogRecord({"msg": "broke", "levelname": "ERROR"})
    record.exc_info = (type(found), found, found.__traceback__)

    line = JsonFormatter().format(record)

    assert TOKEN not in repr(grant) + str(found) + repr(found) + trace + line
    assert grant.proof not in repr(grant) + line


def test_an_uncertain_error_survives_a_copy(server):
    server(reset)

    assert pickle.loads(pickle.dumps(failure().meaning)).verdict is Verdict.UNCERTAIN  # noqa: S301


@pytest.mark.parametrize(
    "act",
    [
        reset,
        half_an_answer,
        http(404, error(100, 33)),
        http(500, b"<html>"),
    ],
)
def test_a_file_that_cannot_be_fetched_is_a_graph_error(server, act):
    answering = server(act)
    grant = Grant.with_token(TOKEN, kind="whatsapp")

    with pytest.raises(GraphError):
        graph.download(grant, f"{answering.url}/file")


def test_a_file_larger_than_the_limit_is_cut_where_it_shows(server):
    answering = server(http(200, b"x" * 50))
    grant = Grant.with_token(TOKEN, kind="whatsapp")

    content, _ = graph.download(grant, f"{answering.url}/file", limit=10)

    assert len(content) == 11


def test_pages_follow_metas_cursors(server):
    answers = [
        {"data": [1, 2], "paging": {"cursors": {"after": "c"}, "next": "http://x"}},
        {"data": [3], "paging": {"cursors": {"after": "d"}}},
    ]
    answering = server(lambda connection: http(200, answers.pop(0))(connection))
    grant = Grant.with_token(TOKEN, kind="whatsapp")

    assert list(graph.pages(grant, "1/message_templates", {"limit": 2})) == [1, 2, 3]
    assert b"after=c" in answering.requests[1].splitlines()[0]
