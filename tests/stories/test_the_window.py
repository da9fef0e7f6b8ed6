"""The 24 hours pass: what can still be said, and what happens to half a sentence."""

from playwright.sync_api import expect

from tests.browser.desk import box, bubble, open_live, send

DAY = 24 * 3600


def test_the_window_closes_while_somebody_writes(page, northwind, conversation):
    northwind.simulator.control("POST", "clock", {"advance": DAY - 8})
    open_live(page, conversation)

    box(page).fill("I was about to say")
    choose = page.locator(".composer").get_by_role("link", name="Choose a template")
    expect(choose).to_be_visible()

    expect(box(page)).to_have_value("I was about to say")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    northwind.write(conversation.person, "Are you still there?")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    send(page, "I was about to say yes")
    northwind.wait_for_state("I was about to say yes", "delivered")


def test_the_server_refuses_what_the_page_did_not_know(
    screens, page, northwind, conversation
):
    screens.excuse(page, "422")
    open_live(page, conversation)

    northwind.simulator.control("POST", "clock", {"advance": DAY + 60})
    box(page).fill("One second late")
    page.wait_for_timeout(1500)
    box(page).press("Enter")

    expect(page.locator("[data-hint]")).to_contain_text("Not sent.")
    expect(box(page)).to_have_value("One second late")
    assert northwind.messages(conversation) == []


def test_a_template_reaches_who_wrote_long_ago(screens, page, northwind, conversation):
    screens.excuse(page, "422")
    northwind.simulator.control("POST", "clock", {"advance": DAY + 60})
    open_live(page, conversation)

    page.get_by_role("button", name="Choose a template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="appointment_reminder").click()
    english = dialog.get_by_role("link", name="English")
    english.click()
    expect(english).to_have_attribute("aria-current", "true")
    day = dialog.get_by_label("Body: day")
    day.click()
    day.press_sequentially("Thursday")
    expect(dialog.locator("#template-preview")).to_contain_text("Thursday")
    dialog.get_by_role("button", name="Send template").click()
    expect(dialog.get_by_label("Body: time")).to_have_attribute("aria-invalid", "true")
    for name in ("Header: first name", "Body: first name"):
        dialog.get_by_label(name).fill("Amina")
    dialog.get_by_label("Body: time").fill("10:30")
    dialog.get_by_role("button", name="Send template").click()

    expect(dialog).to_be_hidden()
    sent = bubble(page, "Thursday at 10:30")
    expect(sent.locator(".tick")).to_have_attribute("data-state", "delivered")
    expect(page.get_by_role("switch", name="Human takeover")).not_to_be_checked()


def test_no_value_is_typed_into_a_template_that_is_being_replaced(
    page, northwind, conversation
):
    northwind.simulator.control("POST", "clock", {"advance": DAY + 60})
    open_live(page, conversation)
    page.get_by_role("button", name="Choose a template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="appointment_reminder").click()
    expect(dialog.get_by_label("Body: day")).to_be_enabled()
    held = []
    page.route("**/template/*/", lambda route: held.append(route))

    dialog.get_by_role("link", name="English").click()

    expect(dialog.get_by_label("Body: day")).to_be_disabled()
    assert len(held) == 1
    held[0].continue_()
    expect(dialog.get_by_label("Body: day")).to_be_enabled()
