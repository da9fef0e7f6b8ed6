"""From a filter over contacts to a segment, and on to a broadcast."""

from playwright.sync_api import expect


def test_a_filter_becomes_a_segment_and_an_audience(page, northwind):
    page.goto(northwind.url + "/w/northwind/contacts/")
    page.get_by_label("Channel").select_option(label="WhatsApp")
    page.get_by_role("button", name="Show").click()

    page.get_by_role("link", name="Keep as a segment").click()
    page.get_by_label("Name").fill("On WhatsApp, of the browser")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="On WhatsApp, of the browser").click()
    expect(page.get_by_role("table")).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Opted out, of the browser")
    page.get_by_label("Rule").select_option(label="Opted out (dnd)")
    page.get_by_role("button", name="Count first").click()
    expect(page.get_by_text("Opted out (dnd), On WhatsApp")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Opted out, of the browser” is saved.")).to_be_visible()
    page.get_by_role("button", name="Send them a broadcast").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Broadcast of")
    page.go_back()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Its people stay.")).to_be_visible()
