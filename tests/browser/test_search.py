"""From a word in the list's field to the message that says it, and back."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import bubble, send, tick
from tests.browser.northwind import INBOX

FILL = """
INSERT INTO inbox_message (id, workspace_id, conversation_id, contact_id, number_id,
  direction, origin, kind, body, payload, wamid, reply_to, at, seq, created_at, state,
  decision, error_text, priority, generation, tries)
SELECT gen_random_uuid(), workspace_id, conversation_id, contact_id, number_id,
  direction, origin, kind, 'Hay ' || n, payload, wamid || n, '', at + n * interval '1 s',
  seq + n, created_at, state, decision, '', 0, 0, 0
FROM inbox_message, generate_series(1, %s) AS n WHERE conversation_id = %s
"""


@pytest.fixture
def begin(northwind):
    """`begin("zebrawood", 80)`: somebody says that, and eighty other things after it."""

    def say(word: str, then: int):
        conversation = northwind.begin(f"Do you have a table of {word}, please?")
        northwind.running.sql(
            "UPDATE inbox_message SET at = at - interval '1 hour'"
            " WHERE conversation_id = %s",
            conversation.row,
        )
        northwind.running.sql(FILL, then, conversation.row)
        northwind.running.sql(
            "UPDATE inbox_conversation c SET last_inbound_seq ="
            " (SELECT max(seq) FROM inbox_message m WHERE m.conversation_id = c.id)"
            " WHERE id = %s",
            conversation.row,
        )
        return conversation

    return say


def hit(page, word: str):
    return page.locator(".hit__link", has=page.locator("mark", has_text=word))


def test_a_word_leads_to_an_old_message_and_back(page, begin):
    begin("zebrawood", 80)
    page.goto(INBOX)

    page.keyboard.press("/")
    page.keyboard.type("zebraw")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Search messages for “zebraw”").click()
    expect(hit(page, "zebrawood")).to_have_count(1)
    hit(page, "zebrawood").click()

    found = bubble(page, "a table of zebrawood")
    expect(found).to_be_in_viewport()
    expect(found.locator(".bubble")).to_have_css("outline-style", "solid")
    expect(bubble(page, "Hay 80")).to_have_count(0)
    page.go_back()
    expect(hit(page, "zebrawood")).to_have_count(1)
    expect(page.get_by_label("Search people and messages")).to_have_value("zebraw")


def test_an_answer_given_at_an_old_message_leads_to_the_newest(page, begin):
    conversation = begin("rosewood", 80)
    page.goto(f"{INBOX}search/?q=rosewood")
    hit(page, "rosewood").click()
    expect(page.locator("#live-state")).to_have_text("Live")

    send(page, "Rosewood is gone, oak is here")

    expect(tick(page, "oak is here")).to_have_attribute("data-state", "delivered")
    expect(bubble(page, "Hay 80")).to_have_count(1)
    expect(page).to_have_url(f"{page.url.split('/w/')[0]}{conversation.path}")


def test_opening_a_hit_marks_nothing_read_until_somebody_scrolls(page, begin):
    begin("teakwood", 12)
    page.goto(f"{INBOX}search/?q=teakwood")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/read/" in r.url else None)
    page.clock.install()

    hit(page, "teakwood").click()
    expect(bubble(page, "a table of teakwood")).to_be_in_viewport()
    page.clock.run_for(3000)
    assert asked == []

    with page.expect_request("**/read/"):
        bubble(page, "a table of teakwood").hover()
        page.mouse.wheel(0, 5000)
        expect(bubble(page, "Hay 12")).to_be_in_viewport()
        page.clock.run_for(3000)


def test_without_script_a_hit_is_an_anchor(screens, begin):
    begin("cedarwood", 80)
    page = screens.of("ana", java_script_enabled=False)
    page.goto(f"{INBOX}search/?q=cedarwood")

    hit(page, "cedarwood").click()

    expect(bubble(page, "a table of cedarwood")).to_be_in_viewport()
    page.get_by_role("link", name="Newest messages").click()
    expect(bubble(page, "Hay 80")).to_be_visible()
