"""Webhooks: signed over the exact bytes, repeated until 200, routed and disordered."""

import hashlib
import hmac

import pytest

from tests.simulator.simulated import refusal, wamid

SECRET = b"simulated-secret"


def is_signed(received) -> bool:
    expected = hmac.new(SECRET, received.body, hashlib.sha256).hexdigest()
    return received.signature == f"sha256={expected}"


def test_a_webhook_is_signed_over_its_exact_bytes(simulated, product):
    simulated.write("Grüße: 日本 https://northwind.example/a")

    (received,) = product.wait_for_count(1)

    assert received.path == "/webhooks/whatsapp"
    assert is_signed(received)
    assert b"https:\\/\\/northwind.example" in received.body
    assert received.body.isascii()


def test_anything_but_200_is_tried_again_until_200(simulated, product):
    product.answers = [500, 404, 201, 302]

    simulated.write()

    received = product.wait_for_count(5)
    simulated.wait_until_idle()
    assert len({r.body for r in received}) == 1
    summary = simulated.control("GET", "webhooks/summary")
    assert summary["answers"] == {"500": 1, "404": 1, "201": 1, "302": 1, "200": 1}


def test_the_first_repetition_is_at_once_and_the_gaps_grow(simulated, product):
    simulated.control("POST", "settings", {"retry_scale": 1000, "retry_cap": 1000})
    product.answers = [500] * 4

    simulated.write()
    product.wait_for_count(2)
    simulated.advance(seconds=1001)
    product.wait_for_count(3)
    simulated.advance(seconds=1001)
    still_waiting = len(product.received)
    simulated.advance(seconds=1000)
    product.wait_for_count(4)

    assert still_waiting == 3


def test_after_a_week_meta_gives_up(simulated, product):
    simulated.control("POST", "settings", {"retry_scale": 1000})
    product.answers = [500] * 10
    simulated.write()
    product.wait_for_count(2)

    simulated.advance(days=8)

    product.wait_for_count(3)
    simulated.wait_until_idle()
    assert simulated.control("GET", "webhooks/summary")["given_up"] == 1


def test_a_callback_that_fails_its_verification_is_not_accepted(simulated, product):
    wrong = {"override_callback_uri": f"{product.url}/x", "verify_token": "wrong"}

    refused = simulated.post(f"{simulated.waba}/subscribed_apps", wrong)
    simulated.write()

    assert refusal(refused) == (400, 2200)
    assert product.wait_for_count(1)[0].path == "/webhooks/whatsapp"


def test_an_override_diverts_messages_only(simulated, product):
    override = {
        "override_callback_uri": f"{product.url}/elsewhere",
        "verify_token": "simulated-verify-token",
    }
    assert simulated.post(f"{simulated.waba}/subscribed_apps", override).ok

    simulated.write()
    simulated.control("POST", "webhook", {"preset": "alert"})

    paths = {received.path for received in product.wait_for_count(2)}
    assert paths == {"/elsewhere", "/webhooks/whatsapp"}
    assert product.received[0].path == "/elsewhere"
    (app,) = simulated.get(f"{simulated.waba}/subscribed_apps").json()["data"]
    assert app["override_callback_uri"].endswith("/elsewhere")


def test_a_numbers_override_wins_and_an_empty_post_removes_the_accounts(
    simulated, product
):
    token = {"verify_token": "simulated-verify-token"}
    account = {"override_callback_uri": f"{product.url}/account", **token}
    number = {"override_callback_uri": f"{product.url}/number", **token}
    simulated.post(f"{simulated.waba}/subscribed_apps", account)
    simulated.post(simulated.number, {"webhook_configuration": number})

    simulated.write()
    shown = simulated.get(simulated.number, fields="webhook_configuration").json()
    removed = {"webhook_configuration": {"override_callback_uri": ""}}
    simulated.post(simulated.number, removed)
    simulated.write()
    simulated.post(f"{simulated.waba}/subscribed_apps")
    simulated.write()

    paths = [received.path for received in product.wait_for_count(3)]
    assert paths == ["/number", "/account", "/webhooks/whatsapp"]
    assert shown["webhook_configuration"]["phone_number"].endswith("/number")


def test_an_unsubscribed_app_hears_nothing_and_the_reason_is_known(simulated, product):
    simulated.graph("DELETE", f"{simulated.waba}/subscribed_apps")

    simulated.write()

    not_sent = simulated.control("GET", "webhooks/summary")["not_sent"]
    assert not_sent == {"the app is not among the account's subscribed apps": 1}
    assert product.received == []


def test_a_field_the_app_did_not_subscribe_is_not_sent(simulated, product):
    path = "simulated-app/subscriptions"
    wanted = {
        "object": "whatsapp_business_account",
        "callback_url": f"{product.url}/webhooks/whatsapp",
        "verify_token": "simulated-verify-token",
        "fields": "account_update",
    }
    app_token = "simulated-app|simulated-secret"
    assert simulated.post(path, wanted, token=app_token).ok

    simulated.write()

    assert simulated.control("GET", "webhooks/summary")["not_sent"] == {
        "the app is not subscribed to messages": 1
    }


def test_copies_arrive_with_the_same_bytes(simulated, product):
    simulated.control("POST", "settings", {"webhook_connections": 8})
    simulated.fault(seed=3, webhook_duplicate={"probability": 1, "most": 5})

    for _ in range(10):
        simulated.write()

    simulated.wait_until_idle()
    bodies = [received.body for received in product.received]
    assert len(set(bodies)) == 10
    assert 10 < len(bodies) <= 50


def test_the_same_seed_gives_the_same_copies(simulated, product):
    counts = []
    for _ in range(2):
        product.forget()
        simulated.fault(seed=11, webhook_duplicate={"probability": 0.5, "most": 4})
        for _ in range(12):
            simulated.write()
        simulated.wait_until_idle()
        counts.append(len(product.received))

    assert counts[0] == counts[1] > 12


def test_updates_are_batched_into_one_post(simulated, product):
    simulated.fault(webhook_batch={"probability": 1, "size": 50, "within": 30})

    for n in range(50):
        simulated.write(f"message {n}")

    (received,) = product.wait_for_count(1)
    assert len(product.messages()) == 50
    assert is_signed(received)


def test_shuffled_webhooks_all_arrive_in_another_order(simulated, product):
    simulated.fault(seed=5, webhook_shuffle={"probability": 1, "within": 30})
    for n in range(20):
        simulated.write(str(n))

    simulated.control("POST", "webhooks/flush", {})

    product.wait_for_count(20)
    texts = [message["text"]["body"] for message in product.messages()]
    assert texts != [str(n) for n in range(20)]
    assert sorted(texts, key=int) == [str(n) for n in range(20)]


def test_held_webhooks_wait_for_the_flush(simulated, product):
    simulated.fault(webhook_hold=True)
    simulated.write("held")
    assert simulated.control("GET", "webhooks/summary")["held"] == 1
    assert product.received == []

    flushed = simulated.control("POST", "webhooks/flush", {})

    product.wait_for_count(1)
    assert flushed == {"flushed": 1}


def test_lost_statuses_are_counted_and_messages_still_come(simulated, product):
    simulated.fault(webhook_drop_statuses=1)
    simulated.write()

    simulated.send_text()

    simulated.wait_until_idle()
    assert product.statuses() == []
    assert len(product.messages()) == 1
    lost = simulated.control("GET", "webhooks/summary")["not_sent"]
    assert lost["status lost on purpose"] == 2


def test_a_wrong_signature_does_not_match_and_its_body_is_whole(simulated, product):
    simulated.fault(webhook_wrong_signature={"next": 1})

    simulated.write("one")
    simulated.write("two")

    first, second = product.wait_for_count(2)
    assert not is_signed(first)
    assert is_signed(second)


def test_bodies_can_be_larger_than_a_megabyte(simulated, product):
    simulated.fault(webhook_pad={"next": 1})

    simulated.write()

    (received,) = product.wait_for_count(1)
    assert len(received.body) > 1_000_000
    assert is_signed(received)


def test_a_status_can_overtake_the_answer_of_its_send(simulated, product):
    simulated.write()
    simulated.wait_until_idle()
    product.forget()
    simulated.fault(status_before_answer={"next": 1})

    answer = simulated.send_text()

    assert [status["status"] for status in product.statuses()][:1] == ["sent"]
    assert product.statuses()[0]["id"] == wamid(answer)


@pytest.mark.parametrize(("kind", "right"), [("right", True), ("wrong", False)])
def test_raw_bytes_are_sent_as_given(simulated, product, http, kind, right):
    body = b'{"object": "whatsapp_business_account",  "entry": [\x00'

    answer = http.post(
        f"{simulated.url}/_/webhook/raw?signature={kind}", data=body
    ).json()

    (received,) = product.received
    assert received.body == body
    assert is_signed(received) is right
    assert answer["answer"] == 200
    assert answer["digest"] == hashlib.sha256(body).hexdigest()


def test_raw_bytes_can_be_sent_without_any_signature(simulated, product, http):
    http.post(f"{simulated.url}/_/webhook/raw?signature=none", data=b"{}")

    assert product.received[0].signature is None


def test_any_field_and_value_can_be_sent(simulated, product):
    value = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}

    simulated.control("POST", "webhook", {"field": "account_update", "value": value})

    product.wait_for_count(1)
    assert product.values("account_update") == [value]
    assert "time" in product.received[0].json["entry"][0]


def test_every_preset_can_be_sent(simulated, product):
    answer = simulated.control("POST", "webhook", {"preset": "?"}, status=400)
    names = answer["error"].partition(": ")[2].split(", ")

    for name in names:
        simulated.control("POST", "webhook", {"preset": name})

    summary = simulated.wait_until_idle()
    assert len(names) >= 25
    # After "partner_removed" the app is unsubscribed, so the rest is not sent to it.
    assert summary["delivered"] + sum(summary["not_sent"].values()) == len(names)


def test_events_of_unknown_numbers_and_accounts_are_sent(simulated, product):
    simulated.control("POST", "webhook", {"preset": "unknown_number"})
    simulated.control("POST", "webhook", {"preset": "unknown_waba"})

    known, unknown = product.wait_for_count(2)
    numbers = {value["metadata"]["phone_number_id"] for value in product.values()}
    assert simulated.number not in numbers
    assert known.json["entry"][0]["id"] == simulated.waba
    assert unknown.json["entry"][0]["id"] != simulated.waba


def test_connections_are_kept_alive(simulated, product):
    for _ in range(5):
        simulated.write()

    product.wait_for_count(5)

    assert len({received.connection for received in product.received}) == 1
