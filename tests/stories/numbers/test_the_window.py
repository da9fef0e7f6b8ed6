"""Embedded Signup in Meta's own window: code and message in either order, and every way out."""

import itertools

import pytest
from playwright.sync_api import expect

LINES = itertools.count(300)


def open_window(office, ending: str, *, allow: bool = True):
    page = office.page
    page.goto("/w/northwind/numbers/connect/")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="WhatsApp: in a window of Meta’s").click()
    popup = opened.value
    popup.get_by_label("Northwind Supply").uncheck()
    popup.get_by_label("Northwind Bakery").check()
    popup.get_by_label("How it ends").select_option(ending)
    popup.get_by_role("button", name="Allow" if allow else "Cancel").click()
    return page


@pytest.fixture
def fresh(office) -> str:
    """A number the window has just made in the bakery's account."""
    world = office.meta.world["business_accounts"]
    body = {
        "cc": "353",
        "phone_number": f"1555{next(LINES):04}",
        "verified_name": "Northwind Bakery Line",
    }
    answer = office.meta.post(f"{world[1]['id']}/phone_numbers", body)
    assert answer.ok, answer.text
    return answer.json()["id"]


@pytest.mark.parametrize("ending", ["FINISH", "CODE_FIRST"])
def test_the_named_number_is_connected_at_once(office, fresh, ending):
    page = open_window(office, ending)

    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    assert office.number("status", office.id_of(fresh)) == "draft"


@pytest.mark.parametrize(
    "ending", ["FINISH_ONLY_WABA", "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING"]
)
def test_without_a_number_it_is_chosen_next(office, ending):
    page = open_window(office, ending)

    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a number")


def test_ids_that_were_not_granted_are_refused(screens, office):
    screens.excuse(office.page, "422")
    page = open_window(office, "FOREIGN")

    expect(page.locator("#signup-problem")).to_contain_text("was not part of the login")


@pytest.mark.parametrize(
    ("ending", "words"),
    [("CANCEL", "left at the phone number"), ("ERROR", "Meta reported a problem")],
)
def test_leaving_is_said_and_nothing_is_changed(office, ending, words):
    page = open_window(office, ending)

    expect(page.locator("#signup-problem")).to_contain_text(words)


def test_a_window_that_closes_silently_hints_at_feature_unavailable(office):
    page = office.page
    page.goto("/w/northwind/numbers/connect/")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="WhatsApp: in a window of Meta’s").click()
    opened.value.close()

    expect(page.get_by_text("The window closed without an answer.")).to_be_visible()
