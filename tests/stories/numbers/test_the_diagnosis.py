"""Each step broken on purpose is named as the cause, and its one button mends it."""

import pytest
from playwright.sync_api import expect


@pytest.fixture(autouse=True)
def mended(office):
    yield
    office.set_app(
        callback_url=f"{office.northwind.url}/webhooks/whatsapp",
        verify_token="simulated-verify-token",
        fields="messages,account_update,security",
    )


def test_all_is_well_and_said_so(office):
    office.diagnose()

    expect(office.broken).to_have_count(0)
    office.expect_verdicts("Yes", "Yes")
    assert office.number("meta_status") == "CONNECTED"


def test_messages_is_missing_and_one_button_adds_it(office):
    office.set_app(
        callback_url=f"{office.northwind.url}/webhooks/whatsapp",
        verify_token="simulated-verify-token",
        fields="security,account_update",
    )

    office.diagnose()
    office.expect_broken(3)
    office.expect_verdicts("No", "Yes")
    office.broken.get_by_role("button", name="Add messages").click()

    expect(office.broken).to_have_count(0)
    assert "messages" in {f["name"] for f in office.app()["fields"]}
    office.receives("after messages came back")


def test_our_app_left_the_account_and_is_subscribed_again(office):
    office.meta.graph("DELETE", f"{office.meta.waba}/subscribed_apps")

    office.diagnose()
    office.expect_broken(3)
    office.broken.get_by_role("button", name="Subscribe again").click()

    expect(office.broken).to_have_count(0)
    office.receives("after our app came back")


def test_a_wrong_callback_is_named_with_both_addresses(office):
    other = f"{office.northwind.url}/webhooks/instagram"
    office.set_app(
        callback_url=other,
        verify_token="simulated-verify-token",
    )

    office.diagnose()
    office.expect_broken(2)
    expect(office.broken).to_contain_text(other)
    office.broken.get_by_role("button", name="Use our callback URL").click()

    expect(office.broken).to_have_count(0)
    assert office.app()["callback_url"].endswith("/webhooks/whatsapp")
    office.receives("after the address was ours again")


def test_an_override_of_the_number_is_found_and_removed(office):
    other = f"{office.northwind.url}/webhooks/instagram"
    hook = {"override_callback_uri": other, "verify_token": "simulated-verify-token"}
    answer = office.meta.post(office.meta.number, {"webhook_configuration": hook})
    assert answer.ok, answer.text

    office.diagnose()
    office.expect_broken(2)
    office.expect_verdicts("No", "Yes")
    office.broken.get_by_role("button", name="Remove the override").click()

    expect(office.broken).to_have_count(0)
    office.receives("after the override was gone")


def test_a_phone_meta_calls_disconnected_is_step_four(office):
    office.meta.control(
        "POST", f"numbers/{office.meta.number}", {"status": "DISCONNECTED"}
    )

    office.diagnose()
    office.expect_broken(4)
    office.expect_verdicts("No", "No")
    expect(office.broken.get_by_role("link", name="Start recovery")).to_be_visible()

    office.meta.control(
        "POST", f"numbers/{office.meta.number}", {"status": "CONNECTED"}
    )
    office.diagnose()
    office.expect_verdicts("Yes", "Yes")


def test_the_past_says_that_it_was_fine_yesterday(office):
    office.diagnose()
    office.open("checks/")

    expect(office.page.get_by_role("row").nth(1)).to_contain_text("Pass")
    office.page.get_by_role("row").nth(1).get_by_role("link").click()
    office.page.get_by_text("Request and answer").first.click()
    expect(office.page.locator(".answer").first).to_contain_text(
        "whatsapp_business_account"
    )


def test_the_diagnosis_works_without_a_script(screens, northwind, office):
    plain = screens.of("ana", java_script_enabled=False)

    plain.goto(f"/w/northwind/numbers/{office.support}/")
    plain.get_by_role("button", name="Run the diagnosis").first.click()

    assert plain.locator(".diag__step").count() == 6
    assert plain.locator('.diag__step[data-state="fail"]').count() == 0


def test_a_message_of_ones_own_phone_is_heard(office):
    office.open()
    office.page.get_by_role("button", name="Start listening").click()
    expect(office.page.locator("#live-test")).to_contain_text("Listening until")

    office.receives("hello from my own phone")

    expect(office.page.locator("#live-test")).to_contain_text("Inbound works.")


def test_a_signed_test_event_comes_through_our_own_door(office):
    office.open()
    office.page.get_by_role("button", name="Send a signed test event").click()
    office.running.wait_for(
        "SELECT last_event_at IS NOT NULL FROM numbers_number WHERE id = %s",
        office.support,
    )

    office.page.reload()
    expect(office.page.get_by_text("A signed one came through")).to_be_visible()


def test_the_command_says_the_same_as_the_page(office):
    said = office.running.manage("doctor", office.meta.number)

    assert "1  Pass" in said
    assert "Can receive: Yes" in said
