"""Two teammates answer one customer: the second sees what the first said, and chooses."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import box, bubble, open_live, send, tick


@pytest.fixture
def crossed(screens, page, northwind, conversation):
    """Ana was writing when Marc answered; then she pressed Enter."""
    screens.excuse(page, "409")
    open_live(page, conversation)
    box(page).press_sequentially("It leaves on Friday")
    marc = screens.of("marc")
    open_live(marc, conversation)
    send(marc, "It leaves today")
    expect(bubble(page, "It leaves today")).to_be_visible()
    box(page).press("Enter")
    dialog = page.get_by_role("dialog", name="Marc replied while you were writing")
    expect(dialog).to_contain_text("It leaves today")
    assert northwind.messages(conversation) == ["It leaves today"]
    return dialog


def draft(northwind, conversation) -> str:
    return (
        "SELECT coalesce((SELECT d.body FROM inbox_draft d JOIN accounts_user u"
        " ON u.id = d.user_id WHERE u.email LIKE 'ana@%%' AND d.mode = 'reply'"
        f" AND d.conversation_id = {conversation.row}), '') = %s"
    )


def test_send_anyway_sends_it_once(crossed, page, northwind, conversation):
    crossed.get_by_role("button", name="Send anyway").dblclick()

    expect(crossed).to_be_hidden()
    expect(tick(page, "It leaves on Friday")).to_have_attribute(
        "data-state", "delivered"
    )
    expect(box(page)).to_have_value("")
    assert northwind.messages(conversation) == [
        "It leaves today", "It leaves on Friday",
    ]  # fmt: skip
    send(page, "By courier")
    expect(tick(page, "By courier")).to_have_attribute("data-state", "delivered")


def test_keep_as_draft_leaves_the_words_in_the_box(
    crossed, page, northwind, conversation
):
    crossed.get_by_role("button", name="Keep as draft").click()

    expect(crossed).to_be_hidden()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("It leaves on Friday")
    northwind.running.wait_for(draft(northwind, conversation), "It leaves on Friday")
    assert northwind.messages(conversation) == ["It leaves today"]


def test_discard_empties_the_box_and_the_draft(crossed, page, northwind, conversation):
    northwind.running.wait_for(draft(northwind, conversation), "It leaves on Friday")
    crossed.get_by_role("button", name="Discard").click()

    expect(crossed).to_be_hidden()
    expect(box(page)).to_have_value("")
    northwind.running.wait_for(draft(northwind, conversation), "")
    assert northwind.messages(conversation) == ["It leaves today"]


def test_what_came_before_somebody_began_to_write_is_not_asked_about(
    screens, page, northwind, conversation
):
    open_live(page, conversation)
    marc = screens.of("marc")
    open_live(marc, conversation)
    send(marc, "Good morning")
    expect(bubble(page, "Good morning")).to_be_visible()

    send(page, "And good day")

    expect(tick(page, "And good day")).to_have_attribute("data-state", "delivered")


def test_a_file_and_its_words_come_back_together(
    screens, page, northwind, conversation
):
    screens.excuse(page, "409")
    open_live(page, conversation)
    box(page).fill("The invoice")
    file = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    page.locator("[data-choose-files]").set_input_files(file)
    marc = screens.of("marc")
    open_live(marc, conversation)
    send(marc, "I send the invoice")
    expect(bubble(page, "I send the invoice")).to_be_visible()

    box(page).press("Enter")
    dialog = page.get_by_role("dialog", name="Marc replied")
    dialog.get_by_role("button", name="Keep as draft").click()

    expect(box(page)).to_have_value("The invoice")
    expect(page.locator("[data-files]")).to_contain_text("a.pdf")
    assert northwind.messages(conversation) == ["I send the invoice"]


def test_what_was_quoted_stays_quoted(screens, page, northwind, conversation):
    screens.excuse(page, "409")
    open_live(page, conversation)
    bubble(page, "Hello, is anybody there?").hover()
    page.get_by_role("link", name="Reply to this message").first.click()
    expect(page.locator("[data-quote]")).to_be_visible()
    box(page).press_sequentially("Here I am")
    marc = screens.of("marc")
    open_live(marc, conversation)
    send(marc, "Good morning")
    expect(bubble(page, "Good morning")).to_be_visible()
    box(page).press("Enter")

    page.get_by_role("button", name="Send anyway").click()

    expect(bubble(page, "Here I am").locator(".bubble__quote")).to_contain_text(
        "Hello, is anybody there?"
    )


def test_a_template_asks_in_its_own_dialog(screens, page, northwind, conversation):
    screens.excuse(page, "409")
    open_live(page, conversation)
    page.get_by_role("link", name="Template", exact=True).click()
    page.get_by_role("link", name="hello_world").click()
    dialog = page.get_by_role("dialog", name="Send a template")
    expect(dialog.locator("[aria-current]").first).to_contain_text("hello_world")
    marc = screens.of("marc")
    open_live(marc, conversation)
    send(marc, "Marc was first")
    expect(bubble(page, "Marc was first")).to_be_attached()

    dialog.get_by_role("button", name="Send template").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Marc was first")
    assert northwind.messages(conversation) == ["Marc was first"]
    dialog.get_by_role("button", name="Send anyway").click()

    expect(dialog).to_be_hidden()
    expect(page.locator(".thread")).to_contain_text("Template: hello_world")
    assert len(northwind.messages(conversation)) == 2


def test_without_a_script_the_choice_is_a_page(screens, northwind, conversation):
    plain = screens.of("ana", java_script_enabled=False)
    screens.excuse(plain, "409")
    plain.goto(conversation.path)
    plain.locator("textarea").fill("Answered plainly")
    marc = screens.of("marc")
    open_live(marc, conversation)
    send(marc, "Marc was first")
    expect(tick(marc, "Marc was first")).to_have_attribute("data-state", "delivered")

    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(
        "Marc replied while you were writing"
    )
    expect(plain.locator("main")).to_contain_text("Marc was first")
    plain.get_by_role("button", name="Send anyway").click()

    expect(plain.locator(".thread")).to_contain_text("Answered plainly")
    assert northwind.messages(conversation) == ["Marc was first", "Answered plainly"]


def test_the_line_says_it_at_once_and_show_is_reading_it(
    screens, page, northwind, conversation
):
    open_live(page, conversation)
    line = page.locator(".status-line")
    box(page).press_sequentially("It leaves on Friday")
    marc = screens.of("marc")
    open_live(marc, conversation)
    send(marc, "It leaves today")

    expect(line).to_contain_text(
        "Marc replied while you were writing. Read it before you send."
    )
    expect(page.locator("#live-polite")).to_have_text(
        "Marc replied while you were writing. Read it before you send."
    )
    line.get_by_role("link", name="Show").click()

    expect(line).not_to_contain_text("while you were writing")
    expect(bubble(page, "It leaves today")).to_be_in_viewport()
    expect(box(page)).to_have_value("It leaves on Friday")
    box(page).press("Enter")
    expect(tick(page, "It leaves on Friday")).to_have_attribute(
        "data-state", "delivered"
    )
