"""Reports: figures lead to what they count, periods have an address, tables are files."""

from pathlib import Path

from playwright.sync_api import expect

REPORTS = "/w/northwind/reports/"
LIST_PAGE = 50


def test_a_figure_leads_to_the_conversations_it_counts(page, northwind, conversation):
    page.goto(northwind.url + "/w/northwind/inbox/")
    page.get_by_role("link", name="Reports").click()

    figure = page.get_by_role("link", name="Waiting for a reply")
    counted = int(figure.inner_text().split()[0])
    figure.click()

    expect(page).to_have_url(f"{northwind.url}/w/northwind/inbox/?waiting=on")
    shown = min(counted, LIST_PAGE)
    expect(page.locator("#conversations > .conv")).to_have_count(shown)


def test_a_period_is_chosen_kept_between_tabs_and_exported(page, northwind):
    page.goto(f"{northwind.url}{REPORTS}service/")

    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_role("link", name="7 days")).to_have_attribute(
        "aria-current", "true"
    )
    page.get_by_role("link", name="Delivery").click()
    expect(page.get_by_role("link", name="7 days")).to_have_attribute(
        "aria-current", "true"
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV of day by day").click()

    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("from,messages,accepted")
    assert len(lines) == 8


def test_a_period_is_chosen_without_a_script(screens, northwind):
    page = screens.of("ana", java_script_enabled=False)
    page.goto(f"{northwind.url}{REPORTS}delivery/")

    number = page.get_by_role("combobox", name="Number")
    number.select_option(label="Support UK")
    page.get_by_role("button", name="Show").click()

    expect(number).to_have_value("1")
    expect(page.get_by_role("heading", name="By number")).to_be_visible()


def test_waiting_within_business_hours_is_a_switch_that_stays(page, northwind):
    page.goto(f"{northwind.url}{REPORTS}service/")
    expect(page.get_by_role("heading", name="When customers write")).to_be_visible()
    expect(page.get_by_role("heading", name="By tag")).to_be_visible()

    page.get_by_label("Business hours only").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Business hours", exact=True)).to_be_visible()
    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_label("Business hours only")).to_be_checked()
    page.get_by_role("link", name="Delivery").click()
    page.get_by_role("link", name="Service").click()

    expect(page.get_by_label("Business hours only")).to_be_checked()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV of the hours").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("hour,monday")
    assert len(lines) == 25
