"""Reading numbers, accounts and templates: fields, paging, filters, refusals."""

import pytest

from tests.simulator.simulated import refusal


def test_a_number_shows_the_fields_asked_for(simulated):
    fields = "status,quality_rating,throughput{level},health_status,is_pin_enabled"

    number = simulated.get(simulated.number, fields=fields).json()

    assert number["id"] == simulated.number
    assert (number["status"], number["quality_rating"]) == ("CONNECTED", "GREEN")
    assert number["throughput"] == {"level": "STANDARD"}
    assert number["health_status"]["can_send_message"] == "AVAILABLE"
    assert set(number) == {*fields.replace("{level}", "").split(","), "id"}


def test_a_field_that_does_not_exist_is_refused(simulated):
    answer = simulated.get(simulated.number, fields="id,shoe_size")

    assert refusal(answer) == (400, 100)
    assert "shoe_size" in answer.json()["error"]["message"]


def test_paths_work_with_and_without_version(simulated, http):
    bearer = {"Authorization": f"Bearer {simulated.token}"}

    answers = [
        http.get(f"{simulated.url}/{version}{simulated.number}", headers=bearer)
        for version in ("", "v19.0/", "v25.0/")
    ]

    assert {answer.json()["id"] for answer in answers} == {simulated.number}


def test_a_missing_object_and_a_foreign_one_look_the_same(simulated):
    missing = simulated.get("999").json()["error"]
    foreign = simulated.graph("GET", simulated.number, token=simulated.instagram_token)

    for error in (missing, foreign.json()["error"]):
        assert (error["code"], error["error_subcode"]) == (100, 33)
        assert error["type"] == "GraphMethodException"


def test_templates_are_paged_to_the_end_by_cursor(simulated):
    names, after = [], None
    while True:
        page = simulated.get(
            f"{simulated.waba}/message_templates",
            limit=7,
            fields="name,language",
            **({"after": after} if after else {}),
        ).json()
        names += [(t["name"], t["language"]) for t in page["data"]]
        if "next" not in page["paging"]:
            break
        after = page["paging"]["cursors"]["after"]

    expected = {(t["name"], t["language"]) for t in simulated.world["templates"]}
    assert len(names) == len(expected)
    assert set(names) == expected


def test_the_link_to_the_next_page_carries_no_token(simulated):
    page = simulated.graph(
        "GET",
        f"{simulated.waba}/message_templates",
        token=None,
        params={"limit": 1, "access_token": simulated.token},
    ).json()

    assert simulated.token not in page["paging"]["next"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "PAUSED"), ("category", "AUTHENTICATION"), ("language", "pt_BR")],
)
def test_templates_are_filtered(simulated, name, value):
    found = simulated.get(
        f"{simulated.waba}/message_templates", **{name: value}, fields=name
    ).json()["data"]

    assert found
    assert {template[name] for template in found} == {value}


def test_every_kind_of_template_is_there(simulated):
    templates = simulated.get(
        f"{simulated.waba}/message_templates", limit=100, fields="components,status"
    ).json()["data"]

    components = [c for t in templates for c in t["components"]]
    headers = {c["format"] for c in components if c["type"] == "HEADER"}
    buttons = {b["type"] for c in components for b in c.get("buttons", [])}
    assert headers == {"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"}
    assert buttons == {"QUICK_REPLY", "URL", "COPY_CODE", "FLOW", "PHONE_NUMBER"}
    assert {t["status"] for t in templates} == {
        "APPROVED",
        "PENDING",
        "REJECTED",
        "PAUSED",
        "DISABLED",
    }


def test_a_template_is_created_edited_and_deleted(simulated, product):
    path = f"{simulated.waba}/message_templates"
    content = {
        "name": "thanks",
        "language": "en",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Thank you."}],
    }

    created = simulated.post(path, content).json()
    again = simulated.post(path, content).json()["error"]
    deleted = simulated.graph("DELETE", path, params={"name": "thanks"}).json()

    assert created["status"] == "PENDING"
    assert (again["code"], again["error_subcode"]) == (100, 2388024)
    assert deleted == {"success": True}
    assert simulated.get(path, name="thanks").json()["data"] == []


def test_an_account_lists_its_numbers_newest_first(simulated):
    numbers = simulated.get(
        f"{simulated.waba}/phone_numbers", fields="id,status"
    ).json()

    assert [n["id"] for n in numbers["data"]] == [simulated.shop, simulated.number]


def test_the_app_is_subscribed_and_can_unsubscribe(simulated):
    path = f"{simulated.waba}/subscribed_apps"

    before = simulated.get(path).json()["data"]
    simulated.graph("DELETE", path)
    between = simulated.get(path).json()["data"]
    simulated.post(path)
    after = simulated.get(path).json()["data"]

    assert [app["whatsapp_business_api_data"]["id"] for app in before] == [
        "simulated-app"
    ]
    assert between == []
    assert after == before


def test_the_app_sees_its_callback_and_fields(simulated, product):
    answer = simulated.graph(
        "GET", "simulated-app/subscriptions", token="simulated-app|simulated-secret"
    ).json()

    whatsapp = next(s for s in answer["data"] if s["object"] != "instagram")
    assert whatsapp["callback_url"] == f"{product.url}/webhooks/whatsapp"
    assert "messages" in {field["name"] for field in whatsapp["fields"]}


def test_a_banned_number_is_blocked_in_its_health_status(simulated):
    simulated.control("POST", f"numbers/{simulated.number}", {"status": "BANNED"})

    health = simulated.get(simulated.number, fields="health_status").json()

    assert health["health_status"]["can_send_message"] == "BLOCKED"
    assert health["health_status"]["entities"][0]["errors"]
    assert refusal(simulated.send_template()) == (403, 131031)


def test_people_who_wrote_can_be_blocked_at_meta(simulated):
    simulated.write()
    path = f"{simulated.number}/block_users"
    wanted = {
        "messaging_product": "whatsapp",
        "block_users": [{"user": "+447700900112"}],
    }

    blocked = simulated.post(path, wanted).json()
    refused = simulated.send_text()
    simulated.graph("DELETE", path, json=wanted)

    assert blocked["block_users"]["added_users"][0]["wa_id"] == "447700900112"
    assert refusal(refused) == (403, 130403)
    assert simulated.send_text().status_code == 200


def test_who_did_not_write_lately_cannot_be_blocked(simulated):
    wanted = {
        "messaging_product": "whatsapp",
        "block_users": [{"user": "+447700900112"}],
    }

    answer = simulated.post(f"{simulated.number}/block_users", wanted)

    assert refusal(answer) == (400, 139100)
    assert answer.json()["error"]["block_users"]["failed_users"]
