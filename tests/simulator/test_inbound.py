"""Customers' messages on command: every type, any shape, and thousands."""

import pytest

from tests.simulator.simulated import wait_until


def receive(simulated, product, **fields) -> dict:
    simulated.write(**fields)
    simulated.wait_until_idle()
    return product.messages()[-1]


def test_a_text_carries_names_ids_and_times_as_meta_sends_them(simulated, product):
    message = receive(simulated, product, text="Hello")

    (value,) = product.values()
    assert value["metadata"] == {
        "display_phone_number": "442079460821",
        "phone_number_id": simulated.number,
    }
    assert value["contacts"] == [
        {
            "profile": {"name": "Amelia Okafor"},
            "wa_id": "447700900112",
            "user_id": "GB.20417833650112",
        }
    ]
    assert message["from"] == "447700900112"
    assert message["id"].startswith("wamid.")
    assert message["timestamp"].isdecimal()
    assert message["text"] == {"body": "Hello"}
    assert "time" not in product.received[0].json["entry"][0]


@pytest.mark.parametrize(
    ("fields", "kind", "keys"),
    [
        ({"type": "image", "caption": "c"}, "image", {"caption", "id", "sha256"}),
        ({"type": "document"}, "document", {"filename", "id"}),
        ({"type": "sticker"}, "sticker", {"animated", "id"}),
        ({"type": "location"}, "location", {"latitude", "longitude", "name"}),
        (
            {"type": "button", "text": "Yes", "payload": "YES"},
            "button",
            {"text", "payload"},
        ),
        (
            {"type": "button_reply", "id": "b", "title": "Yes"},
            "interactive",
            {"type", "button_reply"},
        ),
        (
            {"type": "list_reply", "id": "r", "title": "Row"},
            "interactive",
            {"type", "list_reply"},
        ),
        ({"type": "flow_reply"}, "interactive", {"type", "nfm_reply"}),
        ({"type": "order"}, "order", {"catalog_id", "product_items"}),
        (
            {"type": "system", "system": {"type": "user_changed_number", "wa_id": "1"}},
            "system",
            {"type", "wa_id"},
        ),
    ],
)
def test_each_type_has_its_shape(simulated, product, fields, kind, keys):
    message = receive(simulated, product, **fields)

    assert message["type"] == kind
    assert keys <= set(message[kind])


def test_a_contact_card_is_a_list(simulated, product):
    message = receive(simulated, product, type="contacts", name="Robin Example")

    assert message["contacts"][0]["name"]["formatted_name"] == "Robin Example"


def test_unsupported_messages_carry_an_error_and_no_content(simulated, product):
    message = receive(simulated, product, type="unsupported")

    assert message["errors"][0]["code"] == 131051
    assert "unsupported" not in message


def test_a_shape_nobody_foresaw_is_sent_as_it_is(simulated, product):
    edit = {"original_message_id": "wamid.x", "message": {"type": "text"}}

    message = receive(simulated, product, type="edit", edit=edit)

    assert message["edit"] == edit


def test_a_reply_quotes_and_an_ad_refers(simulated, product):
    referral = {"source_type": "ad", "source_id": "1"}

    message = receive(
        simulated, product, text="Hi", context="wamid.quoted", referral=referral
    )

    assert message["context"] == {"id": "wamid.quoted"}
    assert message["referral"] == referral


def test_a_person_with_a_username_hides_every_number(simulated, product):
    receive(simulated, product, person="kit")

    (value,) = product.values()
    assert value["contacts"][0] == {
        "profile": {"name": "Kit Marlow", "username": "kit.marlow"},
        "user_id": "GB.20417833650215",
    }
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == "GB.20417833650215"


def test_an_old_message_keeps_its_time(simulated, product):
    message = receive(simulated, product, at=1_700_000_000)

    assert message["timestamp"] == "1700000000"


def test_a_number_nobody_has_yet_becomes_somebody(simulated, product):
    message = receive(simulated, product, person="447700900188")

    assert message["from"] == "447700900188"


def test_a_message_in_bulk_is_one_of_many(simulated, product):
    wanted = {
        "number": simulated.number,
        "customers": 40,
        "messages": 250,
        "batch": 100,
    }

    simulated.control("POST", "inbound/bulk", wanted)

    messages = product.messages()
    assert len({message["id"] for message in messages}) == 250
    assert len({message["from"] for message in messages}) == 40
    assert len(product.received) == 3


def test_bulk_without_waiting_answers_at_once_and_delivers_all(simulated, product):
    wanted = {"number": simulated.number, "messages": 30, "rate": 1000, "wait": False}

    simulated.control("POST", "inbound/bulk", wanted)

    wait_until(lambda: len(product.messages()) == 30)


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "1", "from": "amelia"},
        {"from": "nobody at all"},
        {"from": "juniper"},
        {"from": "amelia", "type": "dance"},
        {"from": "amelia", "type": "text", "text": ""},
        {"from": "amelia", "type": "reaction"},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(simulated, product, fields):
    wanted = {"number": simulated.number, "type": "text", "text": "x", **fields}

    answer = simulated.control("POST", "inbound", wanted, status=400)

    assert answer["error"]
    assert product.received == []


def test_a_reply_from_the_businesses_own_app_is_an_echo(simulated, product):
    wanted = {"number": simulated.number, "customer": "amelia", "text": "Called you"}

    simulated.control("POST", "echo", wanted)

    simulated.wait_until_idle()
    (value,) = product.values("smb_message_echoes")
    (echo,) = value["message_echoes"]
    assert (echo["from"], echo["to"]) == ("442079460821", "447700900112")
    assert simulated.journal() == []
