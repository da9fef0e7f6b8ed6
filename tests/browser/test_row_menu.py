"""A row of the list: its menu, its undo, and choosing rows by Shift and j or k."""

import pytest
from playwright.sync_api import expect

from tests.browser.northwind import INBOX
from tests.browser.screens import PHONE
from tests.browser.test_accessibility import find_violations
from tests.browser.test_together import (
    begin_in_a_row,
    open_list,
    states,
    wait_for_states,
)


@pytest.fixture
def three(northwind):
    return begin_in_a_row(northwind, "Row")


def row(page, conversation):
    return page.locator(f"#row-{conversation.id}")


def open_menu(page, conversation):
    row(page, conversation).hover()
    row(page, conversation).get_by_role("link", name="More for").click()
    menu = page.locator("#row-menu")
    expect(menu).to_be_visible()
    return menu


def test_a_row_is_closed_from_its_menu_and_the_notice_undoes(page, northwind, three):
    open_list(page)

    menu = open_menu(page, three[1])
    assert find_violations(page) == []
    menu.get_by_role("button", name="Close").click()

    expect(menu).to_be_hidden()
    expect(row(page, three[1])).to_have_attribute("data-gone", "")
    notice = page.locator("#notices")
    expect(notice).to_contain_text("Closed 1 conversation.")
    notice.get_by_role("button", name="Undo").click()
    expect(notice).to_contain_text("Undone: closed 1 conversation.")
    wait_for_states(northwind, [three[1]], "open")


def test_the_keyboard_reaches_it_and_the_page_stays(page, northwind, three):
    open_list(page)
    row(page, three[0]).locator(".conv__link").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    more = row(page, three[0]).get_by_role("link", name="More for")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#row-menu .menu__item").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#row-menu")).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Assign to me").press("Enter")

    expect(page.locator("#notices")).to_contain_text("Assigned 1 conversation to Ana.")
    expect(row(page, three[0]).locator(".conv__assignee")).to_contain_text("Ana")


def test_a_row_sleeps_until_a_time_of_ones_own(page, northwind, three):
    open_list(page)

    menu = open_menu(page, three[2])
    menu.get_by_text("Snooze until…").click()
    menu.get_by_label("Snooze until").fill("2026-12-24T09:00")
    menu.get_by_role("button", name="Snooze", exact=True).click()

    wait_for_states(northwind, [three[2]], "snoozed")
    expect(page.locator("#notices")).to_contain_text("Snoozed 1 conversation until")


def test_a_finger_reaches_it_on_a_phone(screens, northwind, three):
    page = screens.of("ana", viewport=PHONE)
    open_list(page)
    more = row(page, three[0]).get_by_role("link", name="More for")
    box = more.bounding_box()
    assert min(box["width"], box["height"]) >= 44

    more.tap()
    menu = page.locator("#row-menu")
    menu.get_by_role("button", name="Mark unread").tap()

    expect(menu).to_be_hidden()
    expect(row(page, three[0])).to_have_attribute("data-unread", "")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_a_script_it_is_a_page_and_the_way_back_is_on_the_next(
    screens, northwind, three
):
    page = screens.of("ana", java_script_enabled=False)
    page.goto(INBOX)

    row(page, three[0]).get_by_role("link", name="More for").click()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Closed 1 conversation.")).to_be_visible()
    wait_for_states(northwind, [three[0]], "closed")
    page.get_by_role("button", name="Undo").click()

    wait_for_states(northwind, [three[0]], "open")


def test_shift_and_j_or_k_extend_the_selection(page, northwind, three):
    open_list(page)
    bar = page.get_by_role("form", name="Selected conversations")
    row(page, three[0]).locator(".conv__link").focus()

    page.keyboard.press("Shift+J")
    expect(bar).to_contain_text("2 selected")
    page.keyboard.press("Shift+J")
    expect(bar).to_contain_text("3 selected")
    expect(row(page, three[2]).locator(".conv__link")).to_be_focused()
    page.keyboard.press("Shift+K")
    expect(bar).to_contain_text("2 selected")
    expect(row(page, three[1]).locator(".conv__link")).to_be_focused()


def test_several_sleep_until_a_time_of_ones_own(page, northwind, three):
    open_list(page)
    row(page, three[0]).locator(".conv__link").focus()
    page.keyboard.press("Shift+J")
    bar = page.get_by_role("form", name="Selected conversations")

    bar.get_by_role("button", name="Snooze").click()
    field = bar.get_by_label("Snooze the selected until")
    field.fill("2026-12-24T09:00")
    field.press("Enter")

    expect(page.locator("#notices")).to_contain_text("Snoozed 2 conversations until")
    wait_for_states(northwind, three[:2], "snoozed")
    assert states(northwind, three[2:]) == ["open"]
