"""A teammate is called in a note: the bell tells at once, and leads to the note."""

import re

from playwright.sync_api import expect

from tests.browser.desk import box, open_live

BELL = re.compile("^Mentions")


def mention(page, northwind, conversation, text: str) -> None:
    open_live(page, conversation, "?mode=note")
    box(page).fill(text)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".note__text", has_text=text)).to_be_visible()


def bell(page):
    return page.get_by_role("link", name=BELL)


def test_the_bell_tells_at_once_and_leads_to_the_note(screens, northwind, conversation):
    ana, marc = screens.of("ana"), screens.of("marc")
    marc.goto("/w/northwind/contacts/")
    expect(marc.locator("#live-state")).to_have_text("Live")
    expect(bell(marc)).to_have_accessible_name("Mentions")

    mention(ana, northwind, conversation, "@Marc, can you take this?")

    expect(bell(marc)).to_have_accessible_name("Mentions 1 unread")
    expect(marc.get_by_text("Somebody mentioned you in a note.")).to_be_visible()
    bell(marc).press("Enter")
    marc.get_by_role("link", name="Ana Ribeiro mentioned you").click()
    expect(marc.locator(".note__text .mention", has_text="@Marc")).to_be_visible()
    expect(bell(marc)).to_have_accessible_name("Mentions")


def test_who_wrote_the_note_is_not_told(screens, northwind, conversation):
    ana = screens.of("ana")

    mention(ana, northwind, conversation, "@Ana, remember this")

    ana.goto("/w/northwind/inbox/mentions/")
    expect(ana.get_by_text("remember this")).to_have_count(0)


def test_mentions_are_read_without_a_script(screens, northwind, conversation):
    mention(screens.of("ana"), northwind, conversation, "@Priya, without a script")
    priya = screens.of("priya", java_script_enabled=False)

    priya.goto("/w/northwind/inbox/mentions/")
    priya.get_by_role("button", name="Mark as read").first.click()

    expect(priya.get_by_role("button", name="Mark as read")).to_have_count(0)
    expect(priya.get_by_text("without a script")).to_be_visible()


def test_a_name_is_offered_after_the_sign_and_put_in(page, conversation):
    open_live(page, conversation, "?mode=note")
    names = page.locator("#names [role=option]:visible")

    box(page).press_sequentially("Please ask @")
    expect(names).to_have_count(3)
    box(page).press_sequentially("ma")
    expect(names).to_have_count(1)
    expect(page.locator("#live-polite")).to_have_text("1 teammate, first: Marc Dubois")
    box(page).press("Enter")

    expect(names).to_have_count(0)
    expect(box(page)).to_have_value("Please ask @Marc ")
    expect(box(page)).to_be_focused()


def test_escape_leaves_the_words_and_an_address_offers_nobody(page, conversation):
    open_live(page, conversation, "?mode=note")
    names = page.locator("#names [role=option]:visible")

    box(page).press_sequentially("@")
    expect(names).to_have_count(3)
    box(page).press("Escape")
    expect(names).to_have_count(0)
    box(page).press_sequentially(" mail@")

    expect(names).to_have_count(0)
    expect(box(page)).to_have_value("@ mail@")
