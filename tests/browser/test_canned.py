"""Canned replies in the box: found with a slash, filled in, sent only when whole."""

import re

from playwright.sync_api import expect

from tests.browser.desk import box, bubble, open_live


def offered(page):
    return page.locator("#replies [role=option]:visible")


def test_a_slash_offers_replies_and_enter_puts_one_into_the_box(page, conversation):
    open_live(page, conversation)

    box(page).press_sequentially("Good morning. /")
    expect(offered(page)).to_have_count(3)
    box(page).press_sequentially("open")
    expect(offered(page)).to_have_count(1)
    expect(page.locator("#live-polite")).to_have_text("1 reply, first: Opening hours")
    box(page).press("Enter")

    expect(offered(page)).to_have_count(0)
    expect(box(page)).to_have_value(re.compile(r"Good morning\. Hi \w+, we are here"))
    expect(box(page)).to_be_focused()


def test_arrows_choose_and_escape_leaves_the_words(page, conversation):
    open_live(page, conversation)

    box(page).press_sequentially("/")
    expect(offered(page)).to_have_count(3)
    box(page).press("ArrowDown")
    expect(offered(page).nth(1)).to_have_attribute("aria-selected", "true")
    box(page).press("Escape")

    expect(offered(page)).to_have_count(0)
    expect(box(page)).to_have_value("/")
    expect(box(page)).to_be_focused()


def test_a_gap_is_selected_and_stops_the_message(page, conversation, screens):
    screens.excuse(page, "422")
    open_live(page, conversation)

    page.get_by_role("link", name="Canned replies").click()
    offered(page).nth(1).click()
    selected = "() => { const t = document.activeElement; return t.value.slice(t.selectionStart, t.selectionEnd); }"
    assert page.evaluate(selected) == "{{order}}"
    box(page).press("Enter")
    expect(page.locator("[data-hint]")).to_have_text(
        "1 placeholder has no value: order. Nothing was sent."
    )
    expect(box(page)).to_have_value(
        "Thank you. Your order {{order}} left our warehouse today."
    )

    box(page).fill("Your order 4711 left today.")
    box(page).press("Enter")
    expect(bubble(page, "Your order 4711 left today.")).to_be_visible()


def test_a_slash_inside_a_word_offers_nothing(page, conversation):
    open_live(page, conversation)

    box(page).press_sequentially("Either/or 24/7")

    expect(offered(page)).to_have_count(0)
    expect(box(page)).to_have_value("Either/or 24/7")
