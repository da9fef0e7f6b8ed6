"""Template sends held against the template."""

import pytest

from tests.simulator.simulated import refusal, wamid


def text(value: str, name: str | None = None) -> dict:
    parameter = {"type": "text", "text": value}
    return {**parameter, "parameter_name": name} if name else parameter


def body(*parameters: dict) -> dict:
    return {"type": "body", "parameters": list(parameters)}


def header(*parameters: dict) -> dict:
    return {"type": "header", "parameters": list(parameters)}


def button(sub_type: str, index: int, **parameter) -> dict:
    return {
        "type": "button",
        "sub_type": sub_type,
        "index": str(index),
        "parameters": [parameter],
    }


URL = button("url", 0, type="text", text="20418")
ORDER = [header(text("NW-1")), body(text("Amelia"), text("Tuesday")), URL]
IMAGE = {"type": "image", "image": {"link": "https://northwind.example/a.jpg"}}
PLACE = {"latitude": 1, "longitude": 2, "name": "Depot", "address": "1 Dock Road"}

ACCEPTED = [
    ("hello_world", "en_US", []),
    ("order_confirmed", "en", ORDER),
    ("order_confirmed", "pt_BR", ORDER),
    (
        "order_confirmed",
        "de",
        [*ORDER, button("quick_reply", 1, type="payload", payload="ADDRESS")],
    ),
    (
        "appointment_reminder",
        "en",
        [
            header(text("Maya", "first_name")),
            body(
                text("10:30", "time"),
                text("Maya", "first_name"),
                text("Thursday", "day"),
            ),
        ],
    ),
    (
        "spring_sale",
        "en",
        [
            header(IMAGE),
            body(text("Amelia"), text("20%")),
            button("copy_code", 0, type="coupon_code", coupon_code="SPRING20"),
        ],
    ),
    (
        "pickup_point",
        "en",
        [
            header({"type": "location", "location": PLACE}),
            body(text("77"), text("Friday")),
        ],
    ),
    (
        "return_form",
        "en",
        [body(text("Noah")), button("flow", 0, type="action", action={})],
    ),
]

REFUSED = [
    ("nobody_knows", "en", [], 132001),
    ("order_confirmed", "fr", ORDER, 132001),
    ("loyalty_launch", "en", [body(text("Ebba"))], 132001),
    ("win_a_prize", "en", [], 132001),
    ("flash_sale", "en", [body(text("30%"))], 132015),
    ("old_newsletter", "de", [], 132016),
    ("order_confirmed", "en", [header(text("1")), body(text("only one")), URL], 132000),
    ("hello_world", "en_US", [body(text("too many"))], 132000),
    ("order_confirmed", "en", ORDER[:2], 131008),
    ("order_confirmed", "en", [header(IMAGE), *ORDER[1:]], 132012),
    ("spring_sale", "en", [header(text("x")), body(text("a"), text("b"))], 132012),
    ("spring_sale", "en", [header(IMAGE), body(text("a"), text("b"))], 131008),
    (
        "order_confirmed",
        "en",
        [header(text("1")), body(text("two\nlines"), text("b")), URL],
        132007,
    ),
    (
        "order_confirmed",
        "en",
        [header(text("1")), body(text("five     spaces"), text("b")), URL],
        132007,
    ),
    (
        "order_confirmed",
        "en",
        [header(text("1")), body(text("x" * 1024), text("b")), URL],
        132005,
    ),
    (
        "order_confirmed",
        "en",
        [header(text("1")), body(text(""), text("b")), URL],
        131008,
    ),
    (
        "appointment_reminder",
        "en",
        [
            header(text("M", "first_name")),
            body(text("a"), text("b", "day"), text("c", "time")),
        ],
        132012,
    ),
    (
        "order_confirmed",
        "en",
        [*ORDER, button("url", 7, type="text", text="x")],
        132018,
    ),
    (
        "order_confirmed",
        "en",
        [*ORDER, button("url", 1, type="text", text="x")],
        132012,
    ),
]


@pytest.mark.parametrize(("name", "language", "components"), ACCEPTED)
def test_a_filled_template_is_accepted_outside_the_window(
    simulated, name, language, components
):
    answer = simulated.send_template(name, language, components=components)

    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"][0]["message_status"] == "accepted"


@pytest.mark.parametrize(("name", "language", "components", "code"), REFUSED)
def test_a_template_that_does_not_fit_is_refused(
    simulated, name, language, components, code
):
    answer = simulated.send_template(name, language, components=components)

    assert refusal(answer) == (404 if code == 132001 else 400, code)
    assert simulated.journal() == []


def test_a_template_of_another_account_does_not_exist(simulated):
    simulated.control("POST", f"numbers/{simulated.bakery}", {"registered": True})
    body = {
        "messaging_product": "whatsapp",
        "to": "+447700900112",
        "type": "template",
        "template": {"name": "hello_world", "language": {"code": "en_US"}},
    }

    answer = simulated.post(f"{simulated.bakery}/messages", body)

    assert refusal(answer) == (404, 132001)


def test_a_paced_template_is_held_and_then_released(simulated, product):
    simulated.control("POST", "settings", {"hold_for": 600})

    answer = simulated.send_template("how_did_we_do", "en")
    held = wamid(answer)
    simulated.advance(minutes=11)

    status = answer.json()["messages"][0]["message_status"]
    assert status == "held_for_quality_assessment"
    product.wait_for_statuses(held, "sent", "delivered")


def test_held_messages_die_when_the_assessment_is_bad(simulated, product):
    simulated.control("POST", "settings", {"hold_for": 600})
    template = next(
        t for t in simulated.world["templates"] if t["name"] == "how_did_we_do"
    )
    held = wamid(simulated.send_template("how_did_we_do", "en"))

    simulated.control("POST", f"templates/{template['id']}", {"release": False})

    (status,) = product.wait_for_statuses(held, "failed")
    assert status["errors"][0]["code"] == 132015


def test_pausing_a_template_refuses_sends_and_sends_the_webhook(simulated, product):
    template = next(
        t for t in simulated.world["templates"] if t["name"] == "hello_world"
    )

    simulated.control("POST", f"templates/{template['id']}", {"status": "PAUSED"})

    assert refusal(simulated.send_template()) == (400, 132015)
    simulated.wait_until_idle()
    (value,) = product.values("message_template_status_update")
    assert value["event"] == "PAUSED"
    assert value["message_template_id"] == int(template["id"])
    assert value["other_info"]["title"] == "FIRST_PAUSE"


@pytest.mark.parametrize(
    ("name", "language", "components", "expected"),
    [
        ("how_did_we_do", "en", [], None),
        ("hello_world", "en_US", [], (400, 134100)),
    ],
)
def test_the_marketing_endpoint_takes_marketing_templates_only(
    simulated, name, language, components, expected
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

    answer = simulated.post(f"{simulated.number}/marketing_messages", body)

    if expected is None:
        assert wamid(answer)
    else:
        assert refusal(answer) == expected
