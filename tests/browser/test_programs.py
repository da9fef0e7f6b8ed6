"""Keys and webhooks in the settings, as an owner makes them, down to a call outside."""

import http.server
import re
import threading

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import find_violations
from tests.inbox.listening import Ear

SETTINGS = "/w/northwind/settings/"


@pytest.fixture
def outside():
    """A server of somebody else's."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.calls, server.answers, server.long = [], {}, b""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_key_is_shown_once_and_revoked(page):
    page.goto(SETTINGS)
    page.get_by_role("link", name="API keys").click()
    page.get_by_label("Name").fill("Till")
    page.get_by_role("button", name="Make the key").click()

    expect(page.get_by_text(re.compile(r"^cvg_[\w-]{43}$"))).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name="Revoke Till").click()
    expect(page.get_by_text("“Till” is revoked and works no longer.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^cvg_[\w-]{43}$"))).to_have_count(0)


def test_a_webhook_gets_a_test_event(page, northwind, outside):
    page.goto(f"{SETTINGS}webhooks/")
    page.get_by_label("URL").fill(f"http://127.0.0.1:{outside.server_port}/hook")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text(re.compile(r"^whsec_[\w-]{43}$"))).to_be_visible()
    page.get_by_role("button", name="Send test event").click()
    expect(page.get_by_text("A test event is on its way")).to_be_visible()

    northwind.running.wait_for(
        "SELECT EXISTS (SELECT FROM inbox_outgoingdelivery"
        " WHERE kind = 'test' AND state = 'delivered')"
    )
    page.reload()

    expect(page.get_by_role("cell", name="Accepted")).to_be_visible()
    assert [c.body["type"] for c in outside.calls] == ["test"]
    assert find_violations(page) == []


def test_a_wrong_address_is_explained_where_it_was_typed(page, screens):
    screens.excuse(page, "422")
    page.goto(f"{SETTINGS}webhooks/")

    page.get_by_label("URL").fill("gopher://shop.example")
    page.get_by_role("button", name="Add").click()

    expect(page.get_by_role("alert").first).to_be_focused()
    expect(page.get_by_label("URL")).to_have_value("gopher://shop.example")
    assert find_violations(page) == []
