"""The sentence somebody has just written is never lost."""

from playwright.sync_api import expect

from tests.browser.desk import box, bubble, open_live, send, tick
from tests.browser.northwind import PASSWORD


def test_a_draft_survives_a_reload(page, conversation):
    open_live(page, conversation)

    box(page).fill("Half a sentence")
    page.reload()

    expect(box(page)).to_have_value("Half a sentence")


def test_a_draft_waits_on_another_device(screens, page, conversation):
    open_live(page, conversation)
    box(page).fill("Begun at the desk")
    expect(page.locator("[data-note]")).to_have_text("Draft saved")

    other = screens.of("ana")
    other.goto(conversation.path)

    expect(box(other)).to_have_value("Begun at the desk")


def test_a_reply_and_a_note_have_drafts_of_their_own(page, conversation):
    open_live(page, conversation)
    box(page).fill("For the customer")

    page.get_by_role("link", name="Note", exact=True).click()
    expect(box(page)).to_have_value("")
    box(page).fill("For the team")
    page.get_by_role("link", name="Reply", exact=True).click()

    expect(box(page)).to_have_value("For the customer")


def test_a_draft_stays_when_another_conversation_is_opened(
    page, northwind, conversation
):
    other = northwind.begin("Somebody else")
    open_live(page, conversation)
    box(page).fill("I will come back to this")

    page.locator(f"#row-{other.id} .conv__link").click()
    expect(page.locator(f"#composer-{other.id}")).to_be_visible()
    expect(box(page)).to_have_value("")
    page.locator(f"#row-{conversation.id} .conv__link").click()

    expect(box(page)).to_have_value("I will come back to this")


def test_the_newer_draft_of_another_tab_is_offered(screens, page, conversation):
    screens.excuse(page, "409")
    open_live(page, conversation)
    other = screens.of("ana")
    other.goto(conversation.path)
    box(other).fill("The newer one")
    expect(other.locator("[data-note]")).to_have_text("Draft saved")
    box(page).fill("The older one")

    page.get_by_role("button", name="A newer draft exists").click()

    expect(box(page)).to_have_value("The newer one")


def test_being_signed_out_loses_nothing_and_sends_after_signing_in(
    screens, northwind, conversation
):
    page = screens.of(None)
    screens.excuse(page, "401")
    page.goto(f"/accounts/login/?next={conversation.path}")
    page.get_by_label("E-mail").fill("priya@northwind.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(box(page)).to_be_visible()
    box(page).fill("Sent after all")
    page.context.clear_cookies(name="session")

    page.evaluate("document.querySelector('[data-composer]').requestSubmit()")
    dialog = page.get_by_role("dialog", name="You were signed out")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_have_text("Email or password is not right.")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()

    expect(dialog).to_be_hidden()
    expect(tick(page, "Sent after all")).to_have_attribute("data-state", "delivered")
    assert northwind.messages(conversation) == ["Sent after all"]


def test_being_signed_out_does_not_interrupt_a_sentence(
    screens, northwind, conversation
):
    page = screens.of(None)
    screens.excuse(page, "401")
    page.goto(f"/accounts/login/?next={conversation.path}")
    page.get_by_label("E-mail").fill("priya@northwind.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    box(page).press_sequentially("Half a")
    page.context.clear_cookies(name="session")

    page.evaluate("converge.ask(location.pathname + 'tail/').then((r) => r.status)")
    box(page).press_sequentially(" sentence", delay=60)

    expect(box(page)).to_have_value("Half a sentence")
    expect(page.get_by_role("dialog", name="You were signed out")).to_be_visible()


def test_what_is_sent_offline_waits_and_goes_by_itself(
    screens, page, northwind, conversation
):
    screens.excuse(page, "ERR_INTERNET_DISCONNECTED")
    open_live(page, conversation)
    page.context.set_offline(True)

    send(page, "From the tunnel")
    box(page).fill("And this is unfinished")
    expect(bubble(page, "From the tunnel")).to_contain_text("waiting for connection")
    expect(page.locator(".status-line__offline")).to_be_visible()
    page.context.set_offline(False)

    expect(tick(page, "From the tunnel")).to_have_attribute("data-state", "delivered")
    expect(box(page)).to_have_value("And this is unfinished")
    assert northwind.messages(conversation) == ["From the tunnel"]
