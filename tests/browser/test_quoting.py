"""Answering one message of many, with the customer seeing which."""

from playwright.sync_api import expect

from tests.browser.desk import box, bubble, open_live, send, tick


def quote(page, text: str) -> None:
    bubble(page, text).hover()
    bubble(page, text).get_by_role("link", name="Reply to this message").click()
    expect(page.locator("[data-quote]")).to_contain_text(text)


def test_the_answer_carries_what_it_answers(page, northwind, conversation):
    northwind.write(conversation.person, "Is the oak lamp in stock?")
    northwind.write(conversation.person, "And the green one?")
    open_live(page, conversation)
    box(page).fill("Two are left")

    quote(page, "Is the oak lamp in stock?")
    expect(box(page)).to_have_value("Two are left")
    box(page).press("Enter")

    expect(tick(page, "Two are left")).to_have_attribute("data-state", "delivered")
    expect(bubble(page, "Two are left").locator(".bubble__quote")).to_contain_text(
        "Is the oak lamp in stock?"
    )
    expect(page.locator("[data-quote]")).to_have_count(0)
    sent, answered = (
        northwind.running.one("SELECT wamid FROM inbox_message WHERE body = %s", text)
        for text in ("Two are left", "Is the oak lamp in stock?")
    )
    at_meta = northwind.simulator.control("GET", f"messages/{sent}")
    assert at_meta["context"] == answered


def test_a_quote_can_be_taken_back(page, northwind, conversation):
    open_live(page, conversation)
    quote(page, "Hello, is anybody there?")

    page.get_by_role("link", name="Do not quote").click()
    send(page, "Without a quote")

    expect(tick(page, "Without a quote")).to_have_attribute("data-state", "delivered")
    expect(bubble(page, "Without a quote").locator(".bubble__quote")).to_have_count(0)


def test_without_script_a_quote_is_a_page_away(screens, northwind, conversation):
    page = screens.of("ana", java_script_enabled=False)
    page.goto(conversation.path)

    page.get_by_role("link", name="Reply to this message").first.click()
    box(page).fill("Yes, we are here")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(bubble(page, "Yes, we are here").locator(".bubble__quote")).to_contain_text(
        "Hello, is anybody there?"
    )


def test_what_a_dialog_sends_carries_the_quote(page, northwind, conversation):
    open_live(page, conversation)
    quote(page, "Hello, is anybody there?")

    page.get_by_role("button", name="More to send").click()
    page.get_by_role("link", name="Location", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Hello, is anybody there?")
    dialog.get_by_label("Where").fill("51.5072, -0.1276")
    dialog.get_by_role("button", name="Send").click()

    expect(dialog).to_be_hidden()
    expect(page.locator("[data-quote]")).to_have_count(0)
    sent = page.locator("li.msg--out").last
    expect(sent.locator(".tick")).to_have_attribute("data-state", "delivered")
    expect(sent.locator(".bubble__quote")).to_contain_text("Hello, is anybody there?")


def test_a_quote_taken_back_is_not_carried_into_a_dialog(page, conversation):
    open_live(page, conversation)
    quote(page, "Hello, is anybody there?")
    page.get_by_role("link", name="Do not quote").click()

    page.get_by_role("button", name="More to send").click()
    page.get_by_role("link", name="Location", exact=True).click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text("Location")
    expect(dialog.locator("[name=reply_to]")).to_have_count(0)
