"""Instagram: events in, messages out, echoes, windows, profiles."""

import hashlib
import hmac

import pytest

from tests.simulator.simulated import refusal

JUNIPER = "6817700900501"


def receive(simulated, product, **fields) -> dict:
    wanted = {"number": simulated.instagram, "from": "juniper", **fields}
    simulated.control("POST", "inbound", wanted)
    simulated.wait_until_idle()
    return product.events()[-1]


def test_a_message_comes_as_an_instagram_event(simulated, product):
    event = receive(simulated, product, type="text", text="Hi")

    (received,) = product.received
    expected = hmac.new(b"simulated-secret", received.body, hashlib.sha256).hexdigest()
    assert received.path == "/webhooks/instagram"
    assert received.signature == f"sha256={expected}"
    assert received.json["object"] == "instagram"
    assert received.json["entry"][0]["id"] == simulated.instagram
    assert event["sender"] == {"id": JUNIPER}
    assert event["recipient"] == {"id": simulated.instagram}
    assert event["timestamp"] > 1_600_000_000_000
    assert event["message"]["text"] == "Hi"


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        (
            {"type": "image"},
            lambda e: e["message"]["attachments"][0]["type"] == "image",
        ),
        (
            {"type": "story_reply", "text": "Wow"},
            lambda e: e["message"]["reply_to"]["story"]["url"],
        ),
        (
            {"type": "story_mention"},
            lambda e: e["message"]["attachments"][0]["type"] == "story_mention",
        ),
        (
            {"type": "reaction", "message_id": "m1", "emoji": "❤️"},
            lambda e: (
                e["reaction"]["action"] == "react" and e["reaction"]["mid"] == "m1"
            ),
        ),
        (
            {"type": "reaction", "message_id": "m1"},
            lambda e: e["reaction"]["action"] == "unreact",
        ),
        (
            {"type": "postback", "title": "Prices"},
            lambda e: e["postback"]["payload"] == "PRICES",
        ),
        (
            {"type": "deletion", "message_id": "m1"},
            lambda e: e["message"] == {"mid": "m1", "is_deleted": True},
        ),
        (
            {"type": "edit", "message_id": "m1", "text": "new"},
            lambda e: e["message_edit"]["text"] == "new",
        ),
        ({"type": "unsupported"}, lambda e: e["message"]["is_unsupported"]),
        ({"type": "sticker"}, lambda e: e["message"]["attachments"]),
    ],
)
def test_each_kind_of_event_has_its_shape(simulated, product, fields, check):
    assert check(receive(simulated, product, **fields))


def test_a_picture_is_fetched_without_a_token(simulated, product):
    event = receive(simulated, product, type="image")
    url = event["message"]["attachments"][0]["payload"]["url"]

    assert simulated.session.get(url).content.startswith(b"\x89PNG")


def test_an_answer_is_accepted_journalled_and_echoed(simulated, product):
    receive(simulated, product, type="text", text="Hi")

    answer = simulated.send_on_instagram(JUNIPER, message={"text": "Hello!"})

    simulated.wait_until_idle()
    assert answer.json()["recipient_id"] == JUNIPER
    echo = product.events()[-1]
    assert echo["message"]["is_echo"] is True
    assert echo["message"]["mid"] == answer.json()["message_id"]
    assert echo["sender"] == {"id": simulated.instagram}
    (entry,) = simulated.journal()
    assert (entry["to"], entry["callback"]) == (JUNIPER, None)


def test_me_is_the_account_of_the_token(simulated, product):
    receive(simulated, product, type="text", text="Hi")
    body = {"recipient": {"id": JUNIPER}, "message": {"text": "Hello"}}

    answer = simulated.post("me/messages", body, token=simulated.instagram_token)

    assert answer.status_code == 200


def test_the_window_is_a_day_and_a_week_for_people(simulated, product):
    receive(simulated, product, type="text", text="Hi")
    person = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    message = {"text": "Hello"}

    simulated.advance(hours=25)
    plain = simulated.send_on_instagram(JUNIPER, message=message)
    tagged = simulated.send_on_instagram(JUNIPER, message=message, **person)
    simulated.advance(days=7)
    too_late = simulated.send_on_instagram(JUNIPER, message=message, **person)

    assert refusal(plain) == (403, 10)
    assert plain.json()["error"]["error_subcode"] == 2534022
    assert tagged.status_code == 200
    assert refusal(too_late) == (403, 10)


@pytest.mark.parametrize(
    ("message", "subcode"),
    [
        ({"text": "ä" * 501}, 2534015),
        ({"text": ""}, 2534015),
        ({}, 2534015),
        ({"attachment": {"type": "image", "payload": {}}}, 2534015),
        ({"attachment": {"type": "image", "payload": {"url": "ftp://x"}}}, 2018008),
    ],
)
def test_what_instagram_does_not_take_is_refused(simulated, product, message, subcode):
    receive(simulated, product, type="text", text="Hi")

    error = simulated.send_on_instagram(JUNIPER, message=message).json()["error"]

    assert (error["code"], error["error_subcode"]) == (100, subcode)


def test_a_thousand_bytes_are_taken(simulated, product):
    receive(simulated, product, type="text", text="Hi")

    assert simulated.send_on_instagram(JUNIPER, message={"text": "ä" * 500}).ok


def test_nobody_has_this_id(simulated):
    error = simulated.send_on_instagram("1", message={"text": "x"}).json()["error"]

    assert (error["code"], error["error_subcode"]) == (100, 2534014)


def test_who_blocked_the_account_is_not_available(simulated, product):
    receive(simulated, product, type="text", text="Hi")
    blocked = {"blocked": True, "number": simulated.instagram}
    simulated.control("POST", "people/juniper", blocked)

    answer = simulated.send_on_instagram(JUNIPER, message={"text": "x"})

    assert refusal(answer) == (400, 551)


def test_a_profile_is_readable_once_the_person_wrote(simulated, product):
    def read():
        return simulated.graph(
            "GET",
            JUNIPER,
            token=simulated.instagram_token,
            params={"fields": "name,username,profile_pic"},
        )

    before = read()
    receive(simulated, product, type="text", text="Hi")
    after = read().json()

    assert refusal(before) == (403, 230)
    assert (after["name"], after["username"]) == ("Juniper Lane", "juniper.lane")
    assert simulated.session.get(after["profile_pic"]).content.startswith(b"\x89PNG")


def test_opening_the_chat_sends_seen(simulated, product):
    receive(simulated, product, type="text", text="Hi")
    sent = simulated.send_on_instagram(JUNIPER, message={"text": "x"}).json()

    opened = {"number": simulated.instagram, "customer": "juniper"}
    simulated.control("POST", "open", opened)

    simulated.wait_until_idle()
    assert product.events()[-1]["read"] == {"mid": sent["message_id"]}


def test_an_account_without_the_field_hears_nothing(simulated, product):
    path = f"{simulated.instagram}/subscribed_apps"
    token = simulated.instagram_token

    simulated.graph("DELETE", path, token=token)
    wanted = {"number": simulated.instagram, "from": "juniper", "text": "Hi"}
    simulated.control("POST", "inbound", wanted)
    unheard = list(product.received)
    subscribe = {"subscribed_fields": "messages,messaging_seen"}
    simulated.graph("POST", path, token=token, params=subscribe)
    heard = receive(simulated, product, type="text", text="Again")

    assert unheard == []
    assert heard["message"]["text"] == "Again"


def test_a_message_typed_in_the_app_is_an_echo_without_app(simulated, product):
    wanted = {"number": simulated.instagram, "customer": "juniper", "text": "From here"}

    simulated.control("POST", "echo", wanted)

    simulated.wait_until_idle()
    message = product.events()[-1]["message"]
    assert (message["is_echo"], message["text"]) == (True, "From here")
    assert "app_id" not in message
