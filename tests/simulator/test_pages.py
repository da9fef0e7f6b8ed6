"""The phone and the control page, as a browser without script sees them."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.simulator.simulated import wamid

PAGES = ["/", "/phone/", "/phone/amelia/", "/phone/juniper/", "/control/"]


class Inline(HTMLParser):
    """Collects what a strict content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [n for n in names if n == "style" or n.startswith("on")]


def read(simulated, http, path: str) -> str:
    answer = http.get(f"{simulated.url}{path}")
    assert answer.status_code == 200
    return answer.text


def press(simulated, http, path: str, **fields):
    return http.post(f"{simulated.url}{path}", data=fields, allow_redirects=False)


def write(simulated, http, **fields):
    path = f"/phone/amelia/write?number={simulated.number}"
    answer = press(simulated, http, path, **fields)
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_nothing_inline_and_a_policy_that_says_so(simulated, http, path):
    simulated.write("<b>Hello</b>")
    answer = http.get(f"{simulated.url}{path}")
    parser = Inline()

    parser.feed(answer.text)

    assert parser.found == []
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["base.css", "phone.css", "control.css", "live.js"])
def test_files_of_pages_are_served(simulated, http, name):
    assert http.get(f"{simulated.url}/static/{name}").status_code == 200


def test_files_outside_the_folder_are_not(simulated, http):
    for name in ("..%2Fworld.py", "%2e%2e%2fworld.py", "world.py"):
        assert http.get(f"{simulated.url}/static/{name}").status_code >= 400


def test_what_a_customer_writes_on_the_phone_is_sent_and_shown(
    simulated, product, http
):
    write(simulated, http, text="Is *it* <here>?")

    simulated.wait_until_idle()
    page = read(simulated, http, "/phone/amelia/")
    assert product.messages()[0]["text"]["body"] == "Is *it* <here>?"
    assert "Is <strong>it</strong> &lt;here&gt;?" in page


def test_a_template_is_drawn_with_header_body_footer_and_buttons(simulated, http):
    components = [
        {"type": "header", "parameters": [{"type": "text", "text": "NW-1"}]},
        {
            "type": "body",
            "parameters": [
                {"type": "text", "text": "Amelia"},
                {"type": "text", "text": "Friday"},
            ],
        },
        {
            "type": "button",
            "sub_type": "url",
            "index": "0",
            "parameters": [{"type": "text", "text": "77"}],
        },
    ]
    simulated.send_template("order_confirmed", "en", components=components)
    simulated.advance(seconds=1)

    page = read(simulated, http, "/phone/amelia/")

    for words in ("Order NW-1", "Thanks Amelia", "Friday", "Northwind Supply"):
        assert words in page
    assert 'href="https://northwind.example/orders/77"' in page
    assert "Change address" in page


def test_pressing_a_button_of_a_template_sends_its_payload(simulated, product, http):
    film = [
        {
            "type": "header",
            "parameters": [
                {"type": "video", "video": {"link": "https://northwind.example/f.mp4"}}
            ],
        },
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "1",
            "parameters": [{"type": "payload", "payload": "CHAIR"}],
        },
    ]
    sent = wamid(simulated.send_template("new_arrivals_film", "en", components=film))
    simulated.advance(seconds=1)
    page = read(simulated, http, "/phone/amelia/")
    prepared = next(
        unescape(value)
        for value in re.findall(r'name="fields" value="([^"]*)"', page)
        if "CHAIR" in value
    )

    write(simulated, http, kind="button", fields=prepared, context=sent)

    simulated.wait_until_idle()
    (message,) = product.messages()
    assert message["button"] == {"payload": "CHAIR", "text": "The chair"}
    assert message["context"] == {"id": sent}


def test_looking_at_the_phone_marks_what_was_delivered_as_read(
    simulated, product, http
):
    simulated.write()
    sent = wamid(simulated.send_text())
    product.wait_for_statuses(sent, "sent", "delivered")

    read(simulated, http, "/phone/amelia/")

    product.wait_for_statuses(sent, "sent", "delivered", "read")


def test_without_read_receipts_looking_tells_nothing(simulated, product, http):
    path = f"/phone/amelia/do?number={simulated.number}"
    press(simulated, http, path, act="receipts", on="0")
    simulated.write()
    sent = wamid(simulated.send_text())
    product.wait_for_statuses(sent, "sent", "delivered")

    read(simulated, http, "/phone/amelia/")

    simulated.wait_until_idle()
    assert len(product.statuses(sent)) == 2


def test_the_switches_of_the_phone_do_what_they_say(simulated, product, http):
    path = f"/phone/amelia/do?number={simulated.number}"

    press(simulated, http, path, act="phone", on="0")
    press(simulated, http, path, act="marketing", on="0")
    press(simulated, http, path, act="block", on="1")

    person = next(
        p for p in simulated.control("GET", "world")["customers"] if p["id"] == "amelia"
    )
    assert person["phone_off"] is True
    assert person["marketing_stopped"] is True
    assert person["blocked"] == [simulated.number]


def test_a_new_number_is_told_by_system_and_user_id_update(simulated, product, http):
    path = f"/phone/amelia/do?number={simulated.number}"

    press(simulated, http, path, act="change_number")

    simulated.wait_until_idle()
    (message,) = product.messages()
    assert message["from"] == "447700900112"
    assert message["system"]["wa_id"] == "447700900113"
    assert "contacts" not in product.values()[0]
    (update,) = product.values("user_id_update")[0]["user_id_update"]
    assert update["user_id"]["previous"] == "GB.20417833650112"


def test_a_chat_that_did_not_change_is_not_sent_again(simulated, http):
    simulated.write()
    url = f"{simulated.url}/phone/amelia/chat"
    version = re.search(r'data-version="([^"]+)"', http.get(url).text)[1]

    unchanged = http.get(url, params={"version": version})
    simulated.write()
    changed = http.get(url, params={"version": version})

    assert (unchanged.status_code, changed.status_code) == (204, 200)


def test_a_file_of_ones_own_can_be_sent(simulated, product, http):
    answer = http.post(
        f"{simulated.url}/phone/amelia/write?number={simulated.number}",
        data={"kind": "upload"},
        files={"file": ("note.pdf", b"%PDF-1.4", "application/pdf")},
        allow_redirects=False,
    )

    simulated.wait_until_idle()
    assert answer.status_code == 303
    assert product.messages()[0]["document"]["filename"] == "note.pdf"


def test_a_form_of_another_site_is_refused(simulated, product, http):
    answer = http.post(
        f"{simulated.url}/phone/amelia/write",
        data={"text": "x"},
        headers={"Origin": "https://elsewhere.example"},
    )

    assert answer.status_code == 403
    assert product.received == []


def test_fault_buttons_show_their_state(simulated, http):
    press(simulated, http, "/control/", act="fault", name="http_500", how="next1")

    page = read(simulated, http, "/control/")

    assert "next 1" in page
    assert simulated.control("GET", "faults")["active"]["http_500"]["next"] == 1
    press(simulated, http, "/control/", act="fault", name="http_500", how="off")
    assert simulated.control("GET", "faults")["active"] == {}


def test_control_buttons_move_the_clock_and_change_things(simulated, product, http):
    template = simulated.world["templates"][0]["id"]

    press(simulated, http, "/control/", act="jump", seconds="85800")
    press(
        simulated, http, "/control/", act="template", template=template, status="PAUSED"
    )
    token = {"token": simulated.token, "state": "revoked"}
    press(simulated, http, "/control/", act="token", **token)
    press(simulated, http, "/control/", act="event", preset="account_restriction")

    assert product.clock_offsets == [85_800]
    simulated.wait_until_idle()
    assert product.values("message_template_status_update")[0]["event"] == "PAUSED"
    assert product.values("account_update")[0]["event"] == "ACCOUNT_RESTRICTION"
    assert simulated.get(simulated.number).status_code == 401


def test_a_button_nobody_knows_is_refused_with_a_sentence(simulated, http):
    answer = press(simulated, http, "/control/", act="explode")

    assert answer.status_code == 400
    assert "explode" in answer.text


def test_the_logs_show_sends_webhooks_and_calls(simulated, http):
    simulated.send_template(callback="attempt-9")
    simulated.wait_until_idle()

    page = read(simulated, http, "/control/logs")

    assert "attempt-9" in page
    assert "delivered" in page
    assert f"{simulated.number}/messages" in page


@pytest.mark.parametrize("name", ["voice", "video"])
def test_samples_that_need_an_encoder_work_or_say_so(simulated, product, http, name):
    answer = press(
        simulated, http, f"/phone/amelia/write?number={simulated.number}", kind=name
    )

    if answer.status_code == 400:
        assert "ffmpeg" in answer.text
    else:
        simulated.wait_until_idle()
        assert product.messages()[0]["type"] == {"voice": "audio"}.get(name, name)


def test_the_control_page_sends_the_contacts_of_the_app(simulated, http, product):
    number = {"section": "numbers", "act": "number", "number": simulated.number}
    press(simulated, http, "/control/", **number, what="is_on_biz_app")
    assert "App’s contacts" in read(simulated, http, "/control/")

    press(simulated, http, "/control/", **number, what="smb_app_state_sync")
    press(simulated, http, "/control/", **number, what="removal")

    simulated.wait_until_idle()
    added, removed = product.values("smb_app_state_sync")
    assert len(added["state_sync"]) > 1
    (gone,) = removed["state_sync"]
    assert gone["action"] == "remove"
    assert "full_name" not in gone["contact"]
