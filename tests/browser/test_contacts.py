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


def test_a_list_of_opt_outs_is_pasted_looked_at_brought_in_and_taken_back(
    page, northwind
):
    page.goto(f"{northwind.url}{CONTACTS}")
    page.get_by_role("link", name="Opt-outs").click()

    page.get_by_label("Phone numbers").fill("+447700900671\nnobody")
    page.get_by_label("Where is this list from?").fill("Old newsletter")
    page.get_by_role("button", name="Look at the list").click()
    expect(page.get_by_role("link", name="1 line: New people")).to_be_visible()
    expect(page.get_by_role("link", name="1 line: Not a phone number")).to_be_visible()
    page.get_by_role("button", name="Opt these people out").click()
    expect(page.get_by_text("New here, and opted out")).to_be_visible()

    page.goto(f"{northwind.url}{CONTACTS}?rule=dnd&q=900671")
    expect(page.get_by_role("link", name="Unnamed contact")).to_be_visible()
    page.go_back()
    with page.expect_download() as download:
        page.goto(f"{northwind.url}{CONTACTS}opt-outs/")
        page.get_by_role("link", name="Export everyone opted out").click()
    assert "list: Old newsletter" in download.value.path().read_text()
    page.get_by_role("link", name="Pasted numbers").first.click()
    page.get_by_role("button", name="Take this list back").click()
    expect(page.get_by_text("This list was taken back.")).to_be_visible()
    page.goto(f"{northwind.url}{CONTACTS}?rule=dnd&q=900671")
    expect(page.get_by_text("Nobody found")).to_be_visible()
