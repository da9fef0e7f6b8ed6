"""Retired and recovered, and a PIN that was wrong twice."""

from playwright.sync_api import expect

from tests.browser.northwind import PASSWORD

PIN = "258013"


def retire(office, four: str = "0821", password: str = PASSWORD) -> None:
    page = office.open("retire/")
    page.get_by_label("Type the last four digits to confirm").fill(four)
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name="Retire the number").click()


def test_the_guard_holds_until_the_digits_and_the_password_are_right(screens, office):
    screens.excuse(office.page, "422")
    page = office.open("retire/")
    expect(page.get_by_text("open conversation").first).to_be_visible()
    acts = page.locator(".page__body form .row").get_by_role("link")
    expect(acts.first).to_have_text("Keep the number")

    retire(office, four="9999")
    retire(office, password="not it")

    expect(page.get_by_text("This is not your password.").first).to_be_visible()
    assert office.calls("/deregister") == 0


def test_deregistered_connected_again_and_recovered(office):
    retire(office)
    office.expect_verdicts("No", "No")
    assert office.calls("/deregister") == 1

    page = office.page
    page.goto("/w/northwind/numbers/connect/")
    page.get_by_role("link", name="WhatsApp: continue with Meta").click()
    office.consent(only=office.meta.waba)
    page.get_by_role("radio", name="Northwind Support UK").check()
    page.get_by_role("button", name="Connect this number").click()
    office.diagnose()
    office.expect_verdicts("No", "No")
    office.expect_broken(5)
    assert office.account("authorisation") == "connected"
    expect(page.locator(".diag__step").nth(3)).to_contain_text("Consequence")

    office.broken.get_by_role("link", name="Start recovery").click()
    page.get_by_role("button", name="Start recovery").click()
    office.meta.control("POST", f"numbers/{office.meta.number}", {"pin": None})
    page.get_by_label("Two-step verification is off").check()
    page.get_by_role("button", name="Continue").click()
    office.verify(office.meta.number, between="-")
    office.register(PIN)

    office.expect_verdicts("Yes", "Yes")
    office.receives("after recovery")
    assert PIN not in office.running.logs()


def test_two_wrong_pins_and_the_form_is_gone(screens, office):
    screens.excuse(office.page, "422")
    office.running.sql(
        "UPDATE numbers_number SET status = 'draft', is_verified = true, has_pin = true"
        " WHERE meta_id = %s",
        office.meta.shop,
    )
    before = office.calls("/register")
    shop = office.id_of(office.meta.shop)
    page = office.open("setup/", shop)
    for words in ("1 try left here.", "We stopped to protect the number."):
        page.get_by_label("6-digit PIN").fill("111222")
        page.get_by_role("button", name="Register the number").click()
        expect(page.get_by_text(words).first).to_be_visible()
        office.meta.advance(seconds=5)

    expect(page.get_by_text("We stopped to protect the number.")).to_be_visible()
    expect(page.locator("#main input[type=password]")).to_have_count(0)
    assert office.calls("/register") - before == 2
    page.reload()
    expect(page.locator("#main input[type=password]")).to_have_count(0)
    expect(page.get_by_role("link", name="Start verification")).to_be_visible()
    assert office.calls("/register") - before == 2


def test_a_forgotten_pin_is_set_anew_without_deregistering(office):
    page = office.open("pin/")
    page.get_by_label("6-digit PIN").fill("908172")
    page.get_by_label("The same PIN again").fill("908172")
    page.get_by_label("I have saved the PIN").check()
    page.get_by_role("button", name="Set the PIN").click()

    expect(page.get_by_text("The new PIN is set.")).to_be_visible()
    kept = office.meta.control("GET", f"numbers/{office.meta.number}")
    assert kept["pin"] == "908172"
    assert "908172" not in office.running.logs()
