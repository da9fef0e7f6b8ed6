"""Sends as Meta accepts them: answer, normalisation, journal, statuses."""

import hashlib
import json

import pytest

from tests.simulator.simulated import refusal, wamid


def test_a_text_inside_the_window_is_accepted_and_journalled(simulated):
    simulated.write("Hello?")

    answer = simulated.send_text("Hi", biz_opaque_callback_data="attempt-1")

    assert answer.json()["contacts"] == [
        {
            "input": "+447700900112",
            "wa_id": "447700900112",
            "user_id": "GB.20417833650112",
        }
    ]
    (entry,) = simulated.journal()
    assert entry["wamid"] == wamid(answer)
    assert entry["callback"] == "attempt-1"
    assert (entry["to"], entry["type"]) == ("447700900112", "text")
    assert entry["digest"] == hashlib.sha256(answer.request.body).hexdigest()


def test_the_journal_is_also_a_file(simulated):
    simulated.write()

    sent = wamid(simulated.send_text())

    lines = (simulated.folder / "journal.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["wamid"] == sent


def test_posting_twice_sends_twice(simulated):
    simulated.write()

    simulated.send_text(biz_opaque_callback_data="same")
    simulated.send_text(biz_opaque_callback_data="same")

    summary = simulated.control("GET", "journal/summary")
    assert summary["accepted"] == 2
    assert summary["duplicate_callbacks"] == {"same": 2}


@pytest.mark.parametrize(
    ("given", "wa_id"),
    [
        ("+5511955501234", "551155501234"),
        ("+525555500147", "5215555500147"),
        ("+44 7700 900-113", "447700900113"),
        ("7700900114", "447700900114"),
    ],
)
def test_numbers_are_normalised_as_meta_does(simulated, given, wa_id):
    answer = simulated.send_template(to=given)

    assert answer.json()["contacts"][0]["wa_id"] == wa_id


def test_a_user_id_is_sent_to_by_recipient_and_gets_no_wa_id(simulated):
    simulated.write(person="sol")

    answer = simulated.send(
        None, recipient="US.20417833650229", type="text", text={"body": "Hi"}
    )

    assert answer.json()["contacts"] == [
        {"input": "US.20417833650229", "user_id": "US.20417833650229"}
    ]


def test_a_code_cannot_go_to_a_user_id(simulated):
    code = {"type": "body", "parameters": [{"type": "text", "text": "123456"}]}
    button = {
        "type": "button",
        "sub_type": "url",
        "index": "0",
        "parameters": [{"type": "text", "text": "123456"}],
    }
    template = {
        "name": "login_code",
        "language": {"code": "en"},
        "components": [code, button],
    }

    answer = simulated.send(
        None, recipient="US.20417833650229", type="template", template=template
    )

    assert refusal(answer) == (400, 131062)


def test_statuses_come_with_callback_pricing_and_contacts(simulated, product):
    simulated.write()

    sent = wamid(simulated.send_text(biz_opaque_callback_data="attempt-7"))

    statuses = product.wait_for_statuses(sent, "sent", "delivered")
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"attempt-7"}
    assert {status["recipient_id"] for status in statuses} == {"447700900112"}
    assert statuses[0]["pricing"]["category"] == "service"
    assert "pricing" not in statuses[1]


def test_a_message_is_read_when_the_customer_opens_the_chat(simulated, product):
    simulated.write()
    sent = wamid(simulated.send_text())
    product.wait_for_statuses(sent, "sent", "delivered")

    simulated.control(
        "POST", "open", {"number": simulated.number, "customer": "amelia"}
    )

    product.wait_for_statuses(sent, "sent", "delivered", "read")


def test_a_phone_that_is_off_gets_everything_when_it_is_on(simulated, product):
    simulated.write()
    simulated.control("POST", "people/amelia", {"phone_off": True})
    sent = wamid(simulated.send_text())
    product.wait_for_statuses(sent, "sent")

    simulated.control("POST", "people/amelia", {"phone_off": False})

    product.wait_for_statuses(sent, "sent", "delivered")


def test_who_blocked_the_business_never_receives_and_meta_says_nothing(
    simulated, product
):
    blocked = {"blocked": True, "number": simulated.number}
    simulated.control("POST", "people/amelia", blocked)

    sent = wamid(simulated.send_template())

    product.wait_for_statuses(sent, "sent")
    simulated.wait_until_idle()
    assert simulated.control("GET", f"messages/{sent}")["status"] == "sent"


def test_a_message_is_marked_read_with_a_typing_indicator(simulated):
    inbound = simulated.write()

    answer = simulated.post(
        f"{simulated.number}/messages",
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": inbound,
            "typing_indicator": {"type": "text"},
        },
    )

    assert answer.json() == {"success": True}
    assert simulated.control("GET", f"messages/{inbound}")["status"] == "read"
    assert simulated.journal() == []


def test_a_reaction_gets_only_sent(simulated, product):
    inbound = simulated.write()

    reaction = {"message_id": inbound, "emoji": "👍"}
    sent = wamid(simulated.send(type="reaction", reaction=reaction))

    product.wait_for_statuses(sent, "sent")
    simulated.wait_until_idle()
    assert len(product.statuses(sent)) == 1


def test_a_reaction_to_nothing_fails_later(simulated, product):
    simulated.write()

    reaction = {"message_id": "wamid.unknown", "emoji": "👍"}
    sent = wamid(simulated.send(type="reaction", reaction=reaction))

    (status,) = product.wait_for_statuses(sent, "failed")
    assert status["errors"][0]["code"] == 131009


def test_the_history_of_a_message_tells_its_statuses(simulated, product):
    simulated.write()
    sent = wamid(simulated.send_text())
    product.wait_for_statuses(sent, "sent", "delivered")
    simulated.wait_until_idle()

    answer = simulated.get(f"{simulated.number}/message_history", message_id=sent)

    (entry,) = answer.json()["data"]
    events = entry["events"]["data"]
    assert [event["delivery_status"] for event in events] == ["SENT", "DELIVERED"]
    assert {event["webhook_update_state"] for event in events} == {"DELIVERED"}
    edges = simulated.get(f"{entry['id']}/events", status_filter="SENT").json()["data"]
    assert [edge["node"]["delivery_status"] for edge in edges] == ["SENT"]
