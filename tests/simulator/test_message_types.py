"""Every type of message: what is taken and what is refused, over real HTTP."""

import pytest

from tests.simulator.simulated import refusal

LINK = "https://northwind.example/file"


def _button(n: int = 1, title: str = "Yes") -> dict:
    return {"type": "reply", "reply": {"id": f"b{n}", "title": f"{title}{n}"}}


def _interactive(kind: str, action: dict, **more) -> dict:
    return {
        "type": "interactive",
        "interactive": {
            "type": kind,
            "body": {"text": "Choose"},
            "action": action,
            **more,
        },
    }


def _list(rows: int, sections: int = 1) -> dict:
    return {
        "button": "Open",
        "sections": [
            {
                "title": f"Section {s}",
                "rows": [{"id": f"{s}-{n}", "title": f"Row {n}"} for n in range(rows)],
            }
            for s in range(sections)
        ],
    }


FLOW = {
    "name": "flow",
    "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Open"},
}
CARD = {"name": {"formatted_name": "Robin Example", "first_name": "Robin"}}

ACCEPTED = [
    {"type": "text", "text": {"body": "x" * 4096, "preview_url": True}},
    {"type": "image", "image": {"link": LINK, "caption": "c"}},
    {"type": "video", "video": {"link": LINK}},
    {"type": "audio", "audio": {"link": LINK}},
    {"type": "document", "document": {"link": LINK, "filename": "a.pdf"}},
    {"type": "sticker", "sticker": {"link": LINK}},
    {"type": "location", "location": {"latitude": 51.5, "longitude": -0.1}},
    {"type": "contacts", "contacts": [CARD]},
    _interactive("button", {"buttons": [_button(1), _button(2), _button(3)]}),
    _interactive("list", _list(10)),
    _interactive("list", _list(5, sections=2), footer={"text": "f"}),
    _interactive(
        "cta_url",
        {"name": "cta_url", "parameters": {"display_text": "See", "url": LINK}},
        header={"type": "image", "image": {"link": LINK}},
    ),
    _interactive("flow", FLOW),
    _interactive("location_request_message", {"name": "send_location"}),
    _interactive("request_contact_info", {"name": "request_contact_info"}),
]

REFUSED = [
    ({"type": "text", "text": {"body": "x" * 4097}}, 131009),
    ({"type": "text", "text": {"body": ""}}, 131008),
    ({"type": "text", "text": "no object"}, 131009),
    ({"type": "text"}, 131008),
    ({"type": "poll", "poll": {}}, 100),
    ({"type": "image", "image": {}}, 131008),
    ({"type": "image", "image": {"id": "1"}}, 131009),
    ({"type": "image", "image": {"link": LINK, "caption": "x" * 1025}}, 131009),
    ({"type": "audio", "audio": {"link": LINK, "caption": "c"}}, 131009),
    ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
    ({"type": "contacts", "contacts": []}, 131009),
    ({"type": "contacts", "contacts": [{"phones": []}]}, 131008),
    ({"type": "reaction", "reaction": {"message_id": "wamid.x"}}, 131008),
    (_interactive("button", {"buttons": [_button(n) for n in range(4)]}), 131009),
    (_interactive("button", {"buttons": [_button(1), _button(1)]}), 131009),
    (_interactive("button", {"buttons": [_button(1, "x" * 20)]}), 131009),
    (_interactive("list", _list(11)), 131009),
    (_interactive("list", _list(6, sections=2)), 131009),
    (
        _interactive(
            "list", _list(1), header={"type": "image", "image": {"link": LINK}}
        ),
        131009,
    ),
    (_interactive("wish", {}), 131009),
    (
        {"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x" * 513},
        131009,
    ),
    ({"type": "text", "text": {"body": "x"}, "recipient_type": "crowd"}, 131009),
]


@pytest.mark.parametrize("message", ACCEPTED, ids=lambda m: m["type"])
def test_a_valid_message_is_accepted(simulated, message):
    simulated.write()

    answer = simulated.send(**message)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("message", "code"), REFUSED)
def test_an_invalid_message_is_refused_and_not_journalled(simulated, message, code):
    simulated.write()

    answer = simulated.send(**message)

    assert refusal(answer) == (400, code)
    assert simulated.journal() == []


@pytest.mark.parametrize("to", ["", "abc", "+12", "+1234567890123456"])
def test_what_is_no_number_is_refused(simulated, to):
    answer = simulated.send_text(to=to)

    assert refusal(answer)[1] in (131008, 131009)


def test_a_body_that_is_no_json_is_refused(simulated):
    answer = simulated.graph(
        "POST",
        f"{simulated.number}/messages",
        data="{not json",
        headers={"Content-Type": "application/json"},
    )

    assert refusal(answer) == (400, 100)
