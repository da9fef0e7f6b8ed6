"""Contacts as a team deals with them: merged and parted again, brought in and taken back."""

from playwright.sync_api import expect

from tests.browser.desk import bubble

CONTACTS = "/w/northwind/contacts/"


def test_two_contacts_are_compared_merged_and_parted_again(page, northwind):
    mine, theirs = northwind.begin("First half"), northwind.begin("Second half")
    page.goto(northwind.url + northwind.contact_of(mine.person))

    page.get_by_role("link", name="Merge").click()
    search = page.get_by_role("searchbox", name="Search contacts by name")
    search.fill(theirs.person.removeprefix("+"))
    search.press("Enter")
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Are these two one person?"
    )
    page.get_by_role("button", name="Merge into one contact").click()
    expect(page.get_by_text("became part of this contact")).to_be_visible()

    page.goto(northwind.url + theirs.path)
    expect(bubble(page, "First half")).to_be_visible()
    expect(bubble(page, "Second half")).to_be_visible()

    page.goto(northwind.url + northwind.contact_of(mine.person))
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("a contact of their own again")).to_be_visible()
    page.goto(northwind.url + theirs.path)
    expect(bubble(page, "Second half")).to_be_visible()
    expect(bubble(page, "First half")).to_have_count(0)


def test_a_csv_is_mapped_checked_brought_in_and_taken_back(page, northwind, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("Phone,Name\n+447700900661,Zoë Imported\nn/a,Nobody\n")
    page.goto(f"{northwind.url}{CONTACTS}import/")

    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_label("How did these people agree").fill("order form")
    page.get_by_label("Everybody in this file agreed").check()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("Phone", exact=True)).to_have_value("phone")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("link", name="1 line: New people")).to_be_visible()
    page.get_by_role("button", name="Import these people").click()
    expect(page.get_by_text("Nothing was sent.")).to_be_visible()
    expect(page.get_by_role("link", name="Download the 1 line")).to_be_visible()

    page.goto(f"{northwind.url}{CONTACTS}?q=Zo%C3%AB")
    expect(page.get_by_role("link", name="Zoë Imported")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("This import was undone")).to_be_visible()
    page.goto(f"{northwind.url}{CONTACTS}?q=Zo%C3%AB")
    expect(page.get_by_text("Nobody found")).to_be_visible()
