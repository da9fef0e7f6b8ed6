"""Sends that go wrong on the wire, and what the journal knows about them."""

import socket

import pytest
import requests

from tests.simulator.simulated import refusal, wait_until

SHORT = 0.5  # seconds a client waits for an answer that will never come


def send(simulated, **options):
    body = {
        "messaging_product": "whatsapp",
        "to": "+447700900112",
        "type": "text",
        "text": {"body": "Hi"},
        "biz_opaque_callback_data": "attempt",
    }
    return simulated.post(f"{simulated.number}/messages", body, **options)


@pytest.fixture(autouse=True)
def window_is_open(simulated):
    simulated.write()


@pytest.mark.parametrize(
    ("fault", "status"),
    [("http_500", 500), ("http_502", 502), ("http_503", 503), ("http_429", 429)],
)
def test_http_errors_before_accepting_leave_no_trace(simulated, fault, status):
    simulated.fault(**{fault: {"next": 1}})

    failed, fine = send(simulated), send(simulated)

    assert (failed.status_code, fine.status_code) == (status, 200)
    assert len(simulated.journal()) == 1


def test_a_bad_gateway_answers_html(simulated):
    simulated.fault(http_502={"next": 1})

    answer = send(simulated)

    assert answer.headers["Content-Type"].startswith("text/html")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_any_graph_error_can_be_asked_for(simulated):
    simulated.fault(error={"next": 1, "code": 130429})

    assert refusal(send(simulated)) == (400, 130429)
    assert simulated.journal() == []


@pytest.mark.parametrize(
    ("fault", "problem", "accepted"),
    [
        ("stall_before", requests.ReadTimeout, 0),
        ("stall_after", requests.ReadTimeout, 1),
        ("reset_before", requests.ConnectionError, 0),
        ("reset_after", requests.ConnectionError, 1),
        ("half_body_after", requests.exceptions.ChunkedEncodingError, 1),
    ],
)
def test_broken_answers_tell_the_sender_nothing_and_the_journal_everything(
    simulated, fault, problem, accepted
):
    simulated.fault(**{fault: {"next": 1}})

    patience = {"timeout": SHORT} if fault.startswith("stall") else {}

    with pytest.raises(problem):
        send(simulated, **patience)

    wait_until(lambda: len(simulated.journal()) >= accepted)
    entries = simulated.journal()
    assert len(entries) == accepted
    assert all(entry["answered"] != "answer" for entry in entries)


def test_a_500_after_accepting_is_journalled(simulated):
    simulated.fault(http_500_after={"next": 1})

    assert send(simulated).status_code == 500
    assert [entry["answered"] for entry in simulated.journal()] == ["500"]


def test_an_uncertain_send_is_settled_by_its_status(simulated, product):
    simulated.fault(reset_after={"next": 1})

    with pytest.raises(requests.ConnectionError):
        send(simulated)

    (entry,) = simulated.journal()
    statuses = product.wait_for_statuses(entry["wamid"], "sent", "delivered")
    assert statuses[0]["biz_opaque_callback_data"] == "attempt"


def test_a_kept_alive_socket_is_closed_after_the_answer(simulated):
    simulated.fault(close_kept_alive={"next": 1})

    first = send(simulated, stream=True)
    kept = first.raw.connection.sock
    assert first.json()["messages"]
    assert kept.recv(1, socket.MSG_PEEK) == b""
    second = send(simulated)

    assert first.headers["Connection"] == "keep-alive"
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(simulated.journal()) == 2


def test_faults_strike_only_sends_unless_told_otherwise(simulated):
    simulated.fault(http_500=1)
    reads_before = simulated.get(simulated.number).status_code
    simulated.fault(scope="all")
    reads_after = simulated.get(simulated.number).status_code

    assert (reads_before, reads_after) == (200, 500)


def test_the_same_seed_strikes_the_same_sends(simulated):
    simulated.control("POST", "settings", {"pair_rate": False})
    runs = []
    for _ in range(2):
        simulated.fault(seed=42, http_500=0.4)
        runs.append([send(simulated).status_code for _ in range(20)])

    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


def test_faults_are_shown_and_cleared(simulated):
    simulated.fault(http_500={"next": 2}, latency={"probability": 1, "max": 0.01})

    shown = simulated.control("GET", "faults")["active"]
    cleared = simulated.control("DELETE", "faults")["active"]

    assert (shown["http_500"]["next"], shown["latency"]["max"]) == (2, 0.01)
    assert cleared == {}


@pytest.mark.parametrize(
    "wanted",
    [
        {"http_999": 1},
        {"http_500": {"often": 1}},
        {"http_500": "always"},
        {"scope": "some"},
    ],
)
def test_a_fault_nobody_knows_is_refused_and_changes_nothing(simulated, wanted):
    answer = simulated.control("POST", "faults", wanted, status=400)

    assert answer["error"]
    assert simulated.control("GET", "faults")["active"] == {}


@pytest.mark.parametrize(
    "wanted", [{"pace": 1}, {"mps": "fast"}, {"statuses": 1}, {"tier": "TIER_9"}]
)
def test_a_setting_nobody_knows_is_refused(simulated, wanted):
    assert simulated.control("POST", "settings", wanted, status=400)["error"]
