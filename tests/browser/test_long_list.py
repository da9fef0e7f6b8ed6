"""A list longer than a page: more of it is a large thing to touch, and joins what is there."""

import pytest
from playwright.sync_api import expect

from tests.browser.northwind import INBOX
from tests.browser.screens import DESK, PHONE

LONG = """
WITH one AS (SELECT c.* FROM inbox_conversation c JOIN accounts_workspace w
    ON w.id = c.workspace_id WHERE w.slug = 'northwind' ORDER BY c.id LIMIT 1),
people AS (INSERT INTO inbox_contact (public_id, workspace_id, name, profile_name,
    country, fields, refuses_marketing, created_at)
  SELECT gen_random_uuid(), workspace_id, 'Long list ' || n, '', '', '{}', false, now()
  FROM one, generate_series(1, 120) n RETURNING id)
INSERT INTO inbox_conversation SELECT (jsonb_populate_record(
  null::inbox_conversation, to_jsonb(o) || jsonb_build_object(
  'id', nextval(pg_get_serial_sequence('inbox_conversation', 'id')),
  'public_id', gen_random_uuid(), 'contact_id', p.id, 'state', 'open',
  'snoozed_until', null, 'last_at', now() - interval '9 days'))).*
FROM one o, people p
"""
SHORT = """
WITH gone AS (DELETE FROM inbox_conversation c USING inbox_contact p
  WHERE p.id = c.contact_id AND p.name LIKE 'Long list %%' RETURNING p.id)
SELECT count(*) FROM gone
"""


@pytest.fixture(scope="module", autouse=True)
def long_list(northwind):
    """A hundred conversations more than the page shows, all of them old."""
    northwind.running.sql(LONG)
    yield
    northwind.running.sql(SHORT)


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_load_more_has_room_for_a_finger(screens, viewport):
    page = screens.of("ana", viewport)
    page.goto(INBOX)

    link = page.get_by_role("link", name="Load more")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()

    assert box["width"] >= 44
    assert box["height"] >= 44


def test_more_joins_what_is_there_and_the_selection_stays(page):
    page.goto(INBOX)
    rows, more = page.locator(".conv"), page.get_by_role("link", name="Load more")
    expect(rows).to_have_count(50)
    rows.first.hover()
    rows.first.locator("input").check()

    more.click()
    expect(rows).to_have_count(100)
    more.click()
    expect(rows.nth(110)).to_be_attached()

    expect(rows.first.locator("input")).to_be_checked()
    ids = page.evaluate("[...document.querySelectorAll('.conv')].map((li) => li.id)")
    assert len(set(ids)) == len(ids)
    rows.nth(105).locator(".conv__link").focus()
    page.keyboard.press("Shift+X")
    expect(page.get_by_role("form", name="Selected")).to_contain_text("106 selected")


def test_without_a_script_more_is_the_next_page(screens):
    plain = screens.of("ana", java_script_enabled=False)
    plain.goto(INBOX)
    first = plain.locator(".conv").first.get_attribute("id")

    plain.get_by_role("link", name="Load more").click()

    expect(plain.locator(".conv")).to_have_count(50)
    assert plain.locator(".conv").first.get_attribute("id") != first
