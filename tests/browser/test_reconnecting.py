"""A server that was away, and eight tabs: everything arrives once, over one stream."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import bubble, open_live, texts

TABS = 8
# What a browser and htmx report of a server that does not answer.
WHILE_AWAY = ("net::ERR_", "Failed to load resource", "502", "503", "console: htmx:")


@pytest.fixture
def away(northwind):
    """`away()` takes the web server from the net; it is back after the test anyhow."""
    running = northwind.running
    yield lambda: running.kill("web")
    if "web" not in running.processes:
        come_back(northwind)


def come_back(northwind) -> None:
    northwind.running.begin("web")
    northwind.running.wait_for_web()


def test_messages_of_an_outage_appear_once_and_in_order(
    screens, page, northwind, conversation, away
):
    screens.excuse(page, *WHILE_AWAY)
    open_live(page, conversation)

    away()
    expect(page.locator("#live-state")).to_have_text("Reconnecting…")
    for n in range(5):
        northwind.simulator.write(f"While away {n}", person=conversation.person)
    come_back(northwind)
    northwind.simulator.control("POST", "webhooks/flush", {})

    expect(page.locator("#live-state")).to_have_text("Live")
    expect(bubble(page, "While away 4")).to_be_visible()
    expect(page.locator(".bubble__text", has_text="While away")).to_have_count(5)
    seen = [text for text in texts(page) if "While away" in text]
    assert seen == [f"While away {n}" for n in range(5)]


def test_eight_tabs_share_one_stream_and_all_receive(page, northwind, conversation):
    streams = []
    page.context.on("request", lambda r: streams.append(r) if "/live/" in r.url else 0)
    tabs = [page, *(page.context.new_page() for _ in range(TABS - 1))]
    for tab in tabs:
        open_live(tab, conversation)

    northwind.write(conversation.person, "To every tab")

    for tab in tabs:
        expect(bubble(tab, "To every tab")).to_be_visible()
    assert len(streams) == 1


def test_when_the_tab_with_the_stream_closes_another_takes_it(
    page, northwind, conversation
):
    other = page.context.new_page()
    open_live(page, conversation)
    open_live(other, conversation)

    with other.expect_request("**/live/**"):
        page.close()
    northwind.write(conversation.person, "Still here")

    expect(bubble(other, "Still here")).to_be_visible()
