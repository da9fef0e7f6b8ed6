"""A named filter, from choosing it to opening it, from the keyboard and without a script."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.northwind import INBOX
from tests.browser.screens import PHONE

NAMES = (f"Soon {n}" for n in itertools.count(1))


@pytest.fixture(autouse=True)
def nothing_saved(northwind):
    northwind.running.sql("DELETE FROM inbox_savedview")


def save(page, name: str, *, shared: bool = False, window: str = "") -> None:
    page.goto(f"{INBOX}?view=unassigned")
    page.get_by_role("button", name="Filters").last.click()
    page.get_by_label("Channel").select_option("instagram")
    page.get_by_label("Window", exact=True).select_option(window)
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name="Save this view").click()
    expect(page.locator("main")).to_contain_text("Unassigned · Channel: Instagram")
    page.get_by_role("textbox", name="Name").fill(name)
    if shared:
        page.get_by_label("Everybody in this workspace sees it").check()
    page.get_by_role("button", name="Save view").click()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_view_is_saved_opened_renamed_and_deleted(screens, northwind, has_script):
    page, name = screens.of("ana", java_script_enabled=has_script), next(NAMES)
    save(page, name, shared=True)
    views = page.get_by_role("navigation", name="Saved views")
    chosen = views.get_by_role("link", name=name, exact=True)
    expect(chosen).to_have_attribute("aria-current", "true")

    page.goto(INBOX)
    chosen.click()
    assert "channel=instagram" in page.url
    assert set(page.locator(".conv__avatar .badge").all_inner_texts()) == {"IG"}

    views.get_by_role("link", name="Edit saved views").click()
    page.get_by_role("link", name=f"Rename or share {name}").click()
    page.get_by_role("textbox", name="Name").fill(f"{name} again")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name=f"Delete {name} again").click()
    page.get_by_role("button", name="Undo").click()
    page.goto(INBOX)
    expect(views.get_by_role("link", name=f"{name} again")).to_be_visible()


def test_a_colleague_sees_only_what_is_shared(screens, page):
    own, shared = next(NAMES), next(NAMES)
    save(page, own)
    save(page, shared, shared=True, window="open")

    marc = screens.of("marc")
    marc.goto(INBOX)

    views = marc.get_by_role("navigation", name="Saved views")
    expect(views.get_by_role("link", name=shared, exact=True)).to_be_visible()
    expect(views.get_by_role("link", name=own)).to_have_count(0)


def test_many_views_stay_on_one_line_and_under_a_finger(screens, northwind):
    page = screens.of("priya", PHONE)
    northwind.running.sql(
        "INSERT INTO inbox_savedview (workspace_id, user_id, name, query, position)"
        " SELECT m.workspace_id, m.user_id, 'A view of mine ' || n, 'unread=1', n"
        " FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id,"
        " generate_series(1, 25) n WHERE u.email LIKE 'priya@%%'"
    )
    page.goto(INBOX)

    items = page.locator(".views__item")
    boxes = [item.bounding_box() for item in items.all()]

    assert len({box["y"] for box in boxes}) == 1
    assert min(box["height"] for box in boxes) >= 44
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
