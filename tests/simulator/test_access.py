"""Tokens: their states, proofs and reach, and what debug_token says about them."""

import hashlib
import hmac

import pytest

from tests.simulator.simulated import refusal

APP_TOKEN = "simulated-app|simulated-secret"


@pytest.mark.parametrize(
    ("state", "status", "code", "subcode"),
    [
        ("expired", 401, 190, 463),
        ("revoked", 401, 190, None),
        ("password_changed", 401, 190, 460),
        ("app_removed", 401, 190, 458),
        ("checkpoint", 401, 190, 459),
        ("lost_permission", 403, 200, None),
        ("lost_asset", 400, 100, 33),
        ("blocked", 403, 368, None),
    ],
)
def test_a_token_refuses_as_its_state_says(simulated, state, status, code, subcode):
    simulated.control("POST", "tokens", {"token": simulated.token, "state": state})

    answer = simulated.get(f"{simulated.waba}/message_templates")

    assert refusal(answer) == (status, code)
    assert answer.json()["error"].get("error_subcode") == subcode


@pytest.mark.parametrize("state", ["lost_permission", "lost_asset", "revoked"])
def test_nothing_is_sent_or_shown_without_permission(simulated, state):
    simulated.control("POST", "tokens", {"token": simulated.token, "state": state})

    send = simulated.send_template()
    read = simulated.get(simulated.number)

    assert send.status_code >= 400
    assert refusal(send) == refusal(read)
    assert simulated.journal() == []


def test_a_token_without_a_meaning_cannot_be_parsed(simulated):
    answer = simulated.graph("GET", simulated.number, token="nonsense")

    assert refusal(answer) == (401, 190)


def test_a_call_without_a_token_is_refused(simulated):
    assert simulated.graph("GET", simulated.number, token=None).status_code == 401


def test_a_lost_permission_still_shows_a_valid_token(simulated):
    simulated.control(
        "POST", "tokens", {"token": simulated.token, "state": "lost_permission"}
    )

    answer = simulated.graph(
        "GET", "debug_token", token=APP_TOKEN, params={"input_token": simulated.token}
    )

    assert answer.json()["data"]["is_valid"] is True


def test_debug_token_tells_expiry_scopes_and_targets(simulated):
    data = simulated.graph(
        "GET",
        "debug_token",
        token=APP_TOKEN,
        params={"input_token": simulated.short_token},
    ).json()["data"]

    assert data["is_valid"] is True
    assert data["expires_at"] > 0
    assert "whatsapp_business_messaging" in data["scopes"]
    assert simulated.waba in data["granular_scopes"][0]["target_ids"]


def test_debug_token_answers_200_for_a_dead_token(simulated):
    simulated.control("POST", "tokens", {"token": simulated.token, "state": "revoked"})

    answer = simulated.graph(
        "GET", "debug_token", token=APP_TOKEN, params={"input_token": simulated.token}
    )

    assert answer.status_code == 200
    assert answer.json()["data"]["is_valid"] is False
    assert answer.json()["data"]["error"]["code"] == 190


def test_a_token_dies_when_its_time_has_come(simulated):
    simulated.advance(hours=3)

    answer = simulated.graph("GET", simulated.number, token=simulated.short_token)

    assert refusal(answer) == (401, 190)
    assert answer.json()["error"]["error_subcode"] == 463


def test_the_right_appsecret_proof_is_accepted_and_a_wrong_one_refused(simulated):
    proof = hmac.new(b"simulated-secret", simulated.token.encode(), hashlib.sha256)

    right = simulated.get(simulated.number, appsecret_proof=proof.hexdigest())
    wrong = simulated.get(simulated.number, appsecret_proof="0" * 64)

    assert right.status_code == 200
    assert refusal(wrong) == (400, 100)
