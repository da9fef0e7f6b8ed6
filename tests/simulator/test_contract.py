"""The simulator and Meta's own OpenAPI file say the same, where that file is right."""

import re

import pytest

from tests.simulator.openapi import openapi  # noqa: F401 - a fixture
from tests.simulator.simulated import refusal
from tests.simulator.test_media import upload
from tests.simulator.test_message_types import ACCEPTED
from tests.simulator.test_template_sends import ACCEPTED as TEMPLATES

SCHEMAS = {
    "text": "TextMessage",
    "image": "ImageMessage",
    "video": "VideoMessage",
    "audio": "AudioMessage",
    "document": "DocumentMessage",
    "sticker": "StickerMessage",
    "location": "LocationMessage",
    "contacts": "ContactsMessage",
    "interactive": "InteractiveMessage",
    "template": "TemplateMessage",
    "reaction": "ReactionMessage",
}
SENDS = "/{Version}/{Phone-Number-ID}/messages"
# The last of them is a mistake of the file: it has no type at all.
OUT_OF_SCOPE = ("Catalog", "Product", "Order", "Send Reply to List Message")
MEDIA = {
    "image": "image/png",
    "audio": "audio/ogg",
    "video": "video/mp4",
    "document": "application/pdf",
    "sticker": "image/webp",
}


@pytest.mark.parametrize("message", ACCEPTED, ids=lambda m: m["type"])
def test_what_is_accepted_is_a_message_by_metas_schema(openapi, message):  # noqa: F811
    body = {"messaging_product": "whatsapp", "to": "+447700900112", **message}

    assert openapi.find_problems(SCHEMAS[message["type"]], body) == []


@pytest.mark.parametrize(("name", "language", "components"), TEMPLATES)
def test_accepted_templates_are_messages_by_metas_schema(
    openapi,  # noqa: F811
    name,
    language,
    components,
):
    body = {
        "messaging_product": "whatsapp",
        "to": "+447700900112",
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": language},
            "components": components,
        },
    }

    assert openapi.find_problems("TemplateMessage", body) == []


def test_metas_own_examples_are_accepted(openapi, simulated):  # noqa: F811
    simulated.control("POST", "settings", {"mps": 1000, "pair_rate": False})
    inbound = simulated.write()
    media = {
        kind: upload(simulated, b"x", mime).json()["id"] for kind, mime in MEDIA.items()
    }
    answers = {
        name: simulated.post(
            f"{simulated.number}/messages", _fill_in(example, inbound, media)
        )
        for name, example in openapi.read_examples(SENDS).items()
        if not any(word in name for word in OUT_OF_SCOPE)
    }

    refused = {
        name: refusal(answer)
        for name, answer in answers.items()
        if answer.status_code != 200
    }
    # Only templates that do not exist here; that they are looked up shows the rest fits.
    assert set(refused.values()) == {(404, 132001)}
    assert all(
        "Template" in name or name == "Send Sample Text Message" for name in refused
    )
    assert len(answers) - len(refused) >= 30


def _fill_in(example: dict, inbound: str, media: dict[str, str]) -> dict:
    filled = dict(example)
    if "to" in filled:
        filled["to"] = "+447700900112"
    if "context" in filled:
        filled["context"] = {"message_id": inbound}
    if "message_id" in filled:
        filled["message_id"] = inbound
    kind = filled.get("type")
    if kind in media:
        filled[kind] = _fill_in_media(filled[kind], media[kind])
    if kind == "reaction":
        filled["reaction"] = {**filled["reaction"], "message_id": inbound}
    return filled


def _fill_in_media(content: dict, media_id: str) -> dict:
    if "id" in content:
        return {**content, "id": media_id}
    link = re.sub(r"^<?http\(s\)://([^>]*)>?$", r"https://\1.example", content["link"])
    return {**content, "link": link}


def test_answers_have_metas_shape(openapi, simulated):  # noqa: F811
    simulated.write()
    sent = simulated.send_text().json()
    media_id = upload(simulated).json()["id"]
    wamid = sent["messages"][0]["id"]
    history = simulated.get(f"{simulated.number}/message_history", message_id=wamid)
    phone = "/{Version}/{Phone-Number-ID}"
    waba = "/{Version}/{WABA-ID}"
    answers = [
        (phone, "get", simulated.get(simulated.number)),
        (f"{phone}/message_history", "get", history),
        ("/{Version}/{Media-ID}", "get", simulated.get(media_id)),
        (waba, "get", simulated.get(simulated.waba)),
        (
            f"{waba}/phone_numbers",
            "get",
            simulated.get(
                f"{simulated.waba}/phone_numbers",
                fields="id,display_phone_number,status",
            ),
        ),
        (
            f"{waba}/message_templates",
            "get",
            simulated.get(f"{simulated.waba}/message_templates", limit=100),
        ),
        (
            f"{waba}/subscribed_apps",
            "get",
            simulated.get(f"{simulated.waba}/subscribed_apps"),
        ),
    ]

    problems = {
        path: found
        for path, method, answer in answers
        if (found := openapi.find_answer_problems(path, method, answer.json()))
    }

    assert problems == {}
    assert openapi.find_problems("MessageResponsePayload", sent) == []


def test_webhooks_have_metas_shape(openapi, simulated, product):  # noqa: F811
    simulated.write()
    simulated.write(type="image")
    simulated.send_text()
    simulated.wait_until_idle()

    envelopes = [received.json for received in product.received]
    statuses = [v for v in product.values() if "statuses" in v]
    inbound = [v for v in product.values() if "messages" in v]

    assert len(envelopes) == 4
    assert [openapi.find_problems("WebhookPayload", e) for e in envelopes] == [[]] * 4
    assert [openapi.find_problems("StatusMessageValue", v) for v in statuses] == [
        []
    ] * 2
    assert [
        openapi.find_problems("IncomingMessageValueGeneral", v) for v in inbound
    ] == ([[]] * 2)


def test_a_wrong_shape_is_noticed(openapi):  # noqa: F811
    wrong = {"messaging_product": "whatsapp", "type": "text"}

    assert openapi.find_problems("TextMessage", wrong)
    assert openapi.find_problems("MarkMessageRequestPayload", {"status": "read"})
