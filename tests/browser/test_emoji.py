"""Emoji from a list of our own: searched, walked with the arrows, the last ones first."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import box, open_live, send, tick
from tests.browser.test_accessibility import find_violations


def ask(page):
    page.get_by_role("button", name="Emoji").click()
    search = page.get_by_role("combobox", name="Search emoji")
    expect(search).to_be_focused()
    return search


def test_one_is_found_by_its_name_and_put_where_the_caret_is(page, conversation):
    open_live(page, conversation)
    box(page).fill("Well done")
    for _ in range(5):
        box(page).press("ArrowLeft")

    ask(page).fill("thumbs up")
    page.keyboard.press("Enter")

    expect(box(page)).to_have_value("Well👍 done")
    expect(box(page)).to_be_focused()
    expect(page.locator("#emoji")).to_be_hidden()


def test_undo_takes_it_back(page, conversation):
    open_live(page, conversation)
    box(page).fill("Fine ")
    ask(page).fill("rocket")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Fine 🚀")

    page.keyboard.press("Control+z")

    expect(box(page)).to_have_value("Fine ")


def test_the_arrows_walk_the_grid_and_escape_goes_back(page, conversation):
    open_live(page, conversation)
    search = ask(page)
    chosen = page.locator("#emoji-chosen")
    expect(chosen).to_have_attribute("data-emoji", "😀")

    search.press("ArrowRight")
    expect(chosen).to_have_attribute("data-emoji", "😃")
    search.press("ArrowDown")
    below = chosen.get_attribute("data-emoji")
    search.press("ArrowUp")
    expect(chosen).to_have_attribute("data-emoji", "😃")
    search.press("Escape")

    assert below not in ("😀", "😃", "😄")
    expect(page.locator("#emoji")).to_be_hidden()
    expect(box(page)).to_be_focused()


def test_the_last_ones_come_first_and_the_words_are_sent(page, conversation):
    open_live(page, conversation)
    ask(page).fill("parcel")
    page.locator("[data-emoji='📦']").click()
    box(page).press("End")
    box(page).press_sequentially(" is on its way")

    box(page).press("Enter")

    expect(tick(page, "📦 is on its way")).to_have_attribute("data-state", "delivered")
    ask(page)
    first = page.locator(".emoji__group").first
    expect(first).to_have_attribute("aria-label", "Used last")
    expect(first.locator("[data-emoji]").first).to_have_attribute("data-emoji", "📦")


def test_what_nobody_knows_is_said(page, conversation):
    open_live(page, conversation)

    search = ask(page)
    search.fill("zzzz-nothing")

    expect(page.locator("#emoji")).to_contain_text("No emoji of this name")
    search.press("Enter")
    expect(page.locator("#emoji")).to_be_visible()


def test_a_note_takes_them_too(page, conversation):
    open_live(page, conversation, "?mode=note")

    ask(page).fill("warning")
    page.keyboard.press("Enter")

    expect(box(page)).to_have_value("⚠️")


@pytest.mark.parametrize("query", ["heart", "thanks", "delivery", "yes"])
def test_common_words_find_something(query, page, conversation):
    open_live(page, conversation)

    ask(page).fill(query)

    expect(page.locator("#emoji-chosen")).to_be_visible()


def test_it_is_fetched_only_when_somebody_asks(page, conversation):
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "emoji" in r.url else None)
    open_live(page, conversation)
    send(page, "Before")
    assert asked == []

    ask(page)

    assert len(asked) == 1


def test_axe_finds_nothing_in_it(page, conversation):
    open_live(page, conversation)

    ask(page)

    assert find_violations(page) == []
