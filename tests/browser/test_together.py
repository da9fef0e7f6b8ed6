"""Several conversations at once, from the keyboard, by mouse and without a script."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.northwind import INBOX
from tests.browser.screens import PHONE
from tests.browser.test_accessibility import find_violations


@pytest.fixture
def three(northwind):
    return begin_in_a_row(northwind, "Together")


def begin_in_a_row(northwind, word: str) -> list:
    """Three conversations, newest first, as in the list, and nothing between them.

    Meta's times are whole seconds: a reply of the second they begin in would be newer.
    """
    northwind.running.wait_until_quiet()
    time.sleep(1)
    return [northwind.begin(f"{word} {n}") for n in range(3)][::-1]


def open_list(page) -> None:
    page.goto(INBOX)
    expect(page.locator("#live-state")).to_have_text("Live")


def select(page, conversation, **options) -> None:
    page.locator(f"#row-{conversation.id}").hover()
    page.locator(f"#row-{conversation.id} input").click(**options)


def states(northwind, conversations) -> list[str]:
    rows = northwind.running.sql(
        "SELECT id, state FROM inbox_conversation WHERE id = ANY(%s)",
        [c.row for c in conversations],
    )
    found = dict(rows)
    return [found[c.row] for c in conversations]


def wait_for_states(northwind, conversations, state: str) -> None:
    northwind.running.wait_for(
        "SELECT bool_and(state = %s) FROM inbox_conversation WHERE id = ANY(%s)",
        state,
        [c.row for c in conversations],
    )


def test_a_range_is_closed_and_z_brings_it_back(page, northwind, three):
    open_list(page)
    bar = page.get_by_role("form", name="Selected conversations")
    expect(bar).to_be_hidden()
    page.locator(f"#row-{three[0].id} .conv__link").focus()

    page.keyboard.press("x")
    expect(bar).to_contain_text("1 selected")
    ticked = page.locator(f"#row-{three[0].id} .conv__select")
    expect(ticked).to_have_css("opacity", "1")
    page.locator(f"#row-{three[2].id} .conv__link").focus()
    page.keyboard.press("Shift+X")
    expect(bar).to_contain_text("3 selected")
    expect(page.locator("#live-polite")).to_have_text("3 selected")
    bar.get_by_role("button", name="Close", exact=True).click()

    notice = page.locator("#notices")
    expect(notice).to_contain_text("Closed 3 conversations.")
    wait_for_states(northwind, three, "closed")
    expect(page.locator(f"#row-{three[0].id}")).to_have_attribute("data-gone", "")
    expect(bar).to_be_hidden()
    expect(page.locator(f"#row-{three[2].id} .conv__link")).to_be_focused()
    page.keyboard.press("z")
    expect(notice).to_contain_text("Undone: closed 3 conversations.")
    wait_for_states(northwind, three, "open")
    expect(page.locator(f"#row-{three[0].id}")).not_to_have_attribute("data-gone", "")


def test_shift_and_click_select_a_range_and_the_toast_undoes(page, northwind, three):
    open_list(page)
    select(page, three[0])
    select(page, three[2], modifiers=["Shift"])
    bar = page.get_by_role("form", name="Selected conversations")
    expect(bar).to_contain_text("3 selected")

    bar.get_by_role("button", name="Assign").click()
    page.get_by_role("button", name="Marc Dubois").click()
    expect(page.locator("#notices")).to_contain_text(
        "Assigned 3 conversations to Marc."
    )
    expect(page.locator(f"#row-{three[1].id} .conv__assignee")).to_contain_text("Marc")
    page.locator("#notices").get_by_role("button", name="Undo").click()

    expect(page.locator("#notices")).to_contain_text("Undone: assigned 3")
    expect(page.locator(f"#row-{three[1].id} .conv__assignee")).to_contain_text(
        "Unassigned"
    )


def test_what_changed_since_is_left_and_counted(screens, page, northwind, three):
    open_list(page)
    for conversation in three:
        select(page, conversation)
    page.get_by_role("button", name="Close", exact=True).click()
    wait_for_states(northwind, three, "closed")
    northwind.write(three[1].person, "Are you there?")

    page.locator("#notices").get_by_role("button", name="Undo").click()

    expect(page.locator("#notices")).to_contain_text(
        "Undone in 2 of 3 conversations. 1 has changed since and stayed as it is."
    )
    assert states(northwind, three) == ["open"] * 3


def test_enter_in_the_field_of_a_tag_adds_it(page, northwind, three):
    open_list(page)
    select(page, three[0])
    select(page, three[1])
    page.get_by_role("form", name="Selected").get_by_role("button", name="Tag").click()
    expect(page.get_by_label("Tag for the selected")).to_be_focused()
    page.keyboard.type("spring")
    page.keyboard.press("Enter")

    expect(page.locator("#notices")).to_contain_text(
        "Added the tag spring in 2 conversations."
    )
    assert states(northwind, three) == ["open"] * 3


def test_a_row_that_changes_stays_selected(page, northwind, three):
    open_list(page)
    select(page, three[0])

    northwind.write(three[0].person, "One more thing")
    expect(page.locator(f"#row-{three[0].id}")).to_contain_text("One more thing")

    expect(page.locator(f"#row-{three[0].id} input")).to_be_checked()


def test_nothing_is_lost_for_who_has_no_script(screens, northwind, three):
    plain = screens.of("ana", java_script_enabled=False)
    plain.goto(INBOX)
    plain.get_by_role("button", name="Sort").last.click()
    plain.get_by_role("link", name="Select several").click()
    for conversation in three[:2]:
        plain.locator(f"#row-{conversation.id} input").check()
    plain.get_by_role("button", name="Snooze", exact=True).click()
    plain.get_by_role("button", name="Tomorrow").click()

    expect(plain.get_by_role("heading", level=1)).to_contain_text(
        "Snoozed 2 conversations until"
    )
    assert states(northwind, three) == ["snoozed", "snoozed", "open"]
    scripted = screens.of("ana")
    scripted.goto(plain.url)
    assert find_violations(scripted) == []
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator(".notices__item")).to_contain_text("Undone: snoozed 2")
    assert states(northwind, three) == ["open"] * 3


def test_a_finger_selects_too(screens, northwind, three):
    page = screens.of("ana", PHONE)
    page.goto(INBOX + "?select=1")
    for conversation in three[:2]:
        page.locator(f"#row-{conversation.id} input").check()
    bar = page.get_by_role("form", name="Selected conversations")
    expect(bar).to_contain_text("2 selected")

    assert find_violations(page) == []
    small = [
        b.bounding_box()
        for b in bar.get_by_role("button").all()
        if b.is_visible() and b.bounding_box()["height"] < 44
    ]
    assert small == []
    bar.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("Closed 2 conversations.")
