"""With JavaScript off, every act is a plain form or link."""

import pytest
from playwright.sync_api import expect

from tests.browser.northwind import INBOX


@pytest.fixture
def plain(screens):
    return screens.of("ana", java_script_enabled=False)


def test_an_agent_reads_answers_and_closes(plain, northwind, conversation):
    plain.goto(INBOX)
    plain.locator(f"#row-{conversation.id} .conv__link").click()

    plain.locator("textarea").fill("Answered plainly")
    plain.get_by_role("button", name="Send", exact=True).click()

    expect(plain.locator(".thread")).to_contain_text("Answered plainly")
    northwind.wait_for_state("Answered plainly", "delivered")
    plain.get_by_role("button", name="Close", exact=True).click()
    expect(plain.get_by_role("button", name="Reopen")).to_be_visible()


def test_an_agent_adds_a_note_a_tag_and_an_assignee(plain, conversation):
    plain.goto(conversation.path)
    plain.get_by_role("link", name="Note", exact=True).click()
    plain.get_by_role("textbox", name="Note").fill("Plain note")
    plain.get_by_role("button", name="Add note").click()
    expect(plain.locator(".msg--note")).to_contain_text("Plain note")

    plain.get_by_role("button", name="Add tag").click()
    plain.get_by_label("Tag", exact=True).fill("plain")
    plain.locator("form[popover]:popover-open").get_by_role("button").click()
    expect(plain.get_by_role("button", name="Remove the tag plain")).to_be_visible()
    plain.get_by_role("button", name="Assign", exact=True).click()
    plain.get_by_role("button", name="Marc Dubois").click()

    expect(plain.locator(".thread")).to_contain_text("assigned this to Marc")


def test_the_list_is_filtered_and_searched(plain, northwind):
    plain.goto(INBOX)
    plain.get_by_role("button", name="Filters").click()
    plain.get_by_label("Channel").select_option("instagram")
    plain.get_by_role("button", name="Show").click()
    badges = set(plain.locator(".conv__avatar .badge").all_inner_texts())

    plain.get_by_role("searchbox").first.fill("Camille")
    plain.keyboard.press("Enter")

    assert badges == {"IG"}
    expect(plain.locator(".conv")).to_have_count(1)


def test_a_template_is_chosen_filled_and_sent(plain, northwind):
    conversation = northwind.begin("Write to me tomorrow")
    northwind.running.sql(
        "UPDATE inbox_conversation SET last_inbound_at = now() - interval '2 days'"
        " WHERE id = %s",
        conversation.row,
    )
    plain.goto(conversation.path)

    plain.get_by_role("button", name="Choose a template").click()
    plain.get_by_role("link", name="hello_world").click()
    plain.get_by_role("button", name="Send template").click()

    expect(plain.locator(".thread")).to_contain_text("Template: hello_world")
    assert len(northwind.messages(conversation)) == 1


def test_history_is_reached_by_a_link(plain, northwind):
    conversation = northwind.begin("History 0")
    for n in range(1, 60):
        northwind.simulator.write(f"History {n}", person=conversation.person)
    northwind.running.wait_for(
        "SELECT count(*) = 60 FROM inbox_message WHERE conversation_id = %s",
        conversation.row,
    )
    plain.goto(conversation.path)

    plain.get_by_role("link", name="Earlier messages").click()

    expect(plain.get_by_text("History 0", exact=True)).to_be_visible()
