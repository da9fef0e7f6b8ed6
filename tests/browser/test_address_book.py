"""Contacts of the phone app: their names are shown, until somebody types another here."""

import pytest
import requests
from playwright.sync_api import expect


@pytest.fixture
def in_the_app_too(northwind):
    """The first number is also used in the phone app; afterwards nobody knows."""
    simulator = northwind.simulator
    simulator.control("POST", f"numbers/{simulator.number}", {"is_on_biz_app": True})
    yield
    simulator.control("POST", f"numbers/{simulator.number}", {"is_on_biz_app": False})
    northwind.running.sql(
        "UPDATE inbox_contact SET name = '', phone_name = '', phone_name_at = NULL"
        " WHERE phone_name_at IS NOT NULL"
    )


def press(northwind, what: str) -> None:
    """A button of the simulator's control page."""
    number = {"act": "number", "number": northwind.simulator.number, "what": what}
    address = f"{northwind.simulator.url}/control/"
    requests.post(address, data=number, timeout=10).raise_for_status()


def test_a_name_of_the_phone_comes_and_one_typed_here_stays(
    page, northwind, in_the_app_too
):
    person = northwind.contact_of("amelia")
    row = northwind.conversation_of("amelia").row
    state = (
        "SELECT EXISTS (SELECT FROM inbox_contact c JOIN inbox_conversation v"
        " ON v.contact_id = c.id WHERE v.id = %s AND (c.phone_name <> '') = %s)"
    )
    press(northwind, "smb_app_state_sync")
    northwind.running.wait_for(state, row, True)

    page.goto(northwind.url + person)
    name = page.get_by_label("Name", exact=True)
    expect(name).not_to_have_value("")
    name.fill("Amelia of the warehouse")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("In the phone app")).to_be_visible()

    press(northwind, "removal")
    northwind.running.wait_for(state, row, False)
    page.goto(northwind.url + person)
    expect(name).to_have_value("Amelia of the warehouse")
    expect(page.get_by_text("In the phone app")).to_have_count(0)
