"""Faults while messages come in: repeated, disordered, huge, poisonous, hostile."""

import http.client
import json
import os
import socket

import psycopg
import pytest
import requests

from tests.faults.conftest import SENDS
from tests.simulator.simulated import wait_until


def test_webhooks_delivered_up_to_five_times_at_once_are_one_message_each(
    running, judge
):
    running.simulator.fault(seed=7, webhook_duplicate={"probability": 1.0, "most": 5})
    wanted = {"number": running.simulator.number, "customers": 40, "messages": SENDS}
    running.simulator.control("POST", "inbound/bulk", wanted)

    judge.wait_until_reported()

    judge.inbox_is_complete(SENDS)
    assert running.one("SELECT count(*) FROM inbox_contact") == 40
    assert running.one("SELECT count(*) FROM inbox_conversation") == 40


def test_statuses_in_any_order_end_at_the_highest(running, people, judge):
    running.simulator.control(
        "POST", "settings", {"sent_after": 0, "delivered_after": 0, "read_after": 0}
    )
    running.simulator.fault(
        seed=8,
        webhook_shuffle={"probability": 1.0, "within": 1.0},
        status_before_answer=0.5,
    )
    sends = judge.queue_sends()

    judge.wait_until_sent()
    judge.wait_until_reported()

    assert judge.counts() == {"read": sends}
    assert running.one("SELECT count(*) FROM inbox_parkedstatus") == 0


def test_one_post_with_a_thousand_updates_is_applied_whole(running, judge):
    wanted = {
        "number": running.simulator.number,
        "customers": 300,
        "messages": 1000,
        "batch": 1000,
    }
    running.simulator.control("POST", "inbound/bulk", wanted)

    judge.wait_until_reported()

    judge.inbox_is_complete(1000)
    assert running.one("SELECT count(*) FROM numbers_webhookevent") == 1
    assert running.one("SELECT count(*) FROM inbox_conversation") == 300


def test_a_poisonous_update_is_put_aside_and_replayed_after_the_fix(running, judge):
    number = running.simulator.number
    messages = [_text(n) for n in range(999)]
    messages.insert(500, {**_text(500), "id": "wamid.poison", "timestamp": "soon"})
    answer = _post_raw(running, number, messages)
    assert answer["answer"] == 200

    running.wait_for("SELECT count(*) = 999 FROM inbox_message")

    ((index, error),) = running.sql(
        "SELECT index, error FROM numbers_quarantinedupdate"
    )
    assert index == 500
    assert "timestamp" in error
    running.sql("TRUNCATE numbers_quarantinedupdate")


def test_restarting_the_database_loses_no_webhook_that_was_answered_200(running, judge):
    wanted = {
        "number": running.simulator.number,
        "customers": 50,
        "messages": SENDS,
        "rate": 200,
        "wait": False,
    }
    running.simulator.control("POST", "settings", {"retry_scale": 0.2})
    running.simulator.control("POST", "inbound/bulk", wanted)
    _kill_a_backend_hard(running)

    running.simulator.wait_until_idle()
    _wait_for_recovery(running)
    judge.wait_until_reported()

    assert (
        running.one("SELECT count(*) FROM inbox_message WHERE direction='in'") == SENDS
    )


def test_hostile_requests_get_an_answer_and_touch_no_table(running):
    door = f"{running.url}/webhooks/whatsapp"
    good = b'{"entry": []}'
    refused = [
        requests.post(door, data=good),
        requests.post(door, data=good, headers={"X-Hub-Signature-256": "sha256=00"}),
        requests.post(door, data=good, headers={"X-Hub-Signature-256": "sha1=00"}),
        requests.post(
            door, data=good, headers={"X-Hub-Signature-256": "sha256=é".encode()}
        ),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert _announce_length(running, 50 * 1024 * 1024) == 413
    assert requests.put(door, data=good).status_code == 405
    assert _send_half(running)
    assert running.one("SELECT count(*) FROM numbers_webhookevent") == 0


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 10_000,
        b'{"entry":[{"changes":[{"field":"messages","value":{"messages":[NaN]}}]}]}',
        b'{"entry": "text", "entry": [1, 2]}',
        b"\x00\x01\x02",
        b"",
    ],
)
def test_hostile_bodies_with_a_right_signature_are_stored_and_put_aside(running, body):
    answer = requests.post(
        f"{running.simulator.url}/_/webhook/raw?channel=whatsapp&signature=right",
        data=body,
    ).json()

    assert answer["answer"] == 200
    running.wait_for(
        "SELECT count(*) = 1 FROM numbers_webhookevent WHERE state = 'quarantined'"
    )


def test_hostile_words_are_stored_and_shown_harmlessly(running, judge):
    hostile = [
        "<script>alert(1)</script>",
        "a\u0000b",
        "\u202egnirts desrever",
        "x" * 4096,
        "'; DROP TABLE inbox_message; --",
        "{{ constructor }} ${7*7} {% debug %}",
    ]
    for text in hostile:
        running.simulator.write(text, person="amelia")

    judge.wait_until_reported()

    assert running.one(
        "SELECT count(*) FROM inbox_message WHERE direction='in'"
    ) == len(hostile)


def _text(n: int) -> dict:
    return {
        "from": f"15552{n % 300:06}",
        "id": f"wamid.poisoned-{n}",
        "timestamp": "1795300000",
        "type": "text",
        "text": {"body": f"message {n}"},
    }


def _post_raw(running, number: str, messages: list) -> dict:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": number, "display_phone_number": "1"},
        "contacts": [],
        "messages": messages,
    }
    entry = {
        "id": running.simulator.waba,
        "changes": [{"field": "messages", "value": value}],
    }
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]})
    return requests.post(
        f"{running.simulator.url}/_/webhook/raw?channel=whatsapp&signature=right",
        data=body,
    ).json()


def _announce_length(running, length: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    connection.putrequest("POST", "/webhooks/whatsapp")
    connection.putheader("Content-Length", str(length))
    connection.putheader("X-Hub-Signature-256", "sha256=00")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def _send_half(running) -> bool:
    """A body that never ends takes no thread and no connection to the database."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as half:
        half.sendall(
            b"POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            b"X-Hub-Signature-256: sha256=00\r\n\r\n{"
        )
        return requests.get(f"{running.url}/healthz", timeout=10).ok


def _kill_a_backend_hard(running) -> None:
    """SIGKILL of one backend: PostgreSQL restarts them all at once, as after a crash."""
    running.wait_for("SELECT count(*) > 20 FROM numbers_webhookevent")
    pid = running.one(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'converge-webhooks'"
        " AND datname = current_database() LIMIT 1"
    )
    os.kill(pid, 9)


def _wait_for_recovery(running) -> None:
    def answers() -> bool:
        try:
            return running.one("SELECT true")
        except psycopg.OperationalError:
            return False

    wait_until(answers)
