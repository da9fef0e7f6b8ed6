"""What rings: a desktop notification where nobody looks at Converge, and a sound if wanted."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import box, open_live

# A browser that was allowed, and that keeps what it shows and plays. Nobody looks at it.
ALLOWED = """
document.hasFocus = () => window.isFront || false;
window.shown = []; window.played = 0;
window.Notification = class extends EventTarget {
  static permission = "granted";
  constructor(title, options) { super(); window.shown.push([title, options.body, this]); }
  close() {}
};
window.AudioContext = class extends AudioContext {
  constructor() { super(); window.played += 1; }
};
"""
ASKS = """
window.asked = 0;
window.Notification = class {
  static permission = "default";
  static async requestPermission() { window.asked += 1; this.permission = "granted"; }
};
"""
SETTINGS = "/w/northwind/settings/notifications/"


@pytest.fixture
def marc(screens):
    page = screens.of("marc")
    page.add_init_script(ALLOWED)
    open_away(page)
    return page


def open_away(page) -> None:
    """Somewhere else than in the inbox; what rang before is known."""
    with page.expect_response("**/mentions/rings/"):
        page.goto("/w/northwind/contacts/")
    expect(page.locator("#live-state")).to_have_text("Live")


def shown(page, count: int = 1) -> list:
    page.wait_for_function("count => window.shown.length >= count", arg=count)
    return page.evaluate("window.shown.map(([title, body]) => [title, body])")


def note(page, conversation, text: str) -> None:
    open_live(page, conversation, "?mode=note")
    box(page).fill(text)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".note__text", has_text=text)).to_be_visible()


def assign(page, northwind, conversation, person: str) -> None:
    northwind.running.sql(
        "UPDATE inbox_conversation SET assignee_id ="
        " (SELECT id FROM accounts_user WHERE name LIKE %s) WHERE id = %s",
        f"{person}%",
        conversation.row,
    )


def test_a_mention_is_shown_on_the_desktop_and_leads_to_the_note(
    screens, marc, conversation
):
    note(screens.of("ana"), conversation, "@Marc, secret words")

    ((title, body),) = shown(marc)

    assert title == "Ana mentioned you"
    assert body.startswith("In a note about ")
    marc.evaluate("window.shown[0][2].dispatchEvent(new Event('click'))")
    expect(marc.locator(".note__text", has_text="secret words")).to_be_visible()


def test_a_message_in_a_conversation_of_mine_rings_and_others_do_not(
    marc, northwind, conversation
):
    other = northwind.begin("Somebody elses")
    assign(marc, northwind, conversation, "Marc")

    northwind.write(other.person, "not for Marc")
    northwind.write(conversation.person, "secret words")

    ((title, body),) = shown(marc)
    assert title and "The conversation is yours." in body
    assert marc.evaluate("window.played") == 0


def test_nothing_is_shown_while_a_tab_is_in_front_and_the_sound_is_a_setting(
    screens, northwind, conversation
):
    page = screens.of("priya")
    page.goto(SETTINGS)
    page.get_by_label("Play a short sound with it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your notifications are saved.")).to_be_visible()
    page.add_init_script(ALLOWED + "window.isFront = true;")
    open_away(page)

    note(screens.of("ana"), conversation, "@Priya, look")

    page.wait_for_function("() => window.played === 1")
    assert page.evaluate("window.shown") == []


def test_permission_is_asked_by_the_button_alone(screens):
    page = screens.of("ana")
    page.add_init_script(ASKS)
    page.goto(SETTINGS)
    expect(page.get_by_text("has not been asked yet")).to_be_visible()
    assert page.evaluate("window.asked") == 0

    page.get_by_role("button", name="Allow desktop notifications").click()

    expect(page.locator("#live-polite")).to_contain_text("while Converge is open")
    expect(page.get_by_role("button", name="Allow desktop")).to_be_hidden()
    assert page.evaluate("window.asked") == 1


def test_the_settings_are_saved_without_a_script(screens):
    page = screens.of("priya", java_script_enabled=False)
    page.goto(SETTINGS)
    expect(page.get_by_text("That needs JavaScript.")).to_be_visible()
    field = page.get_by_label("E-mail me when I have not seen a mention")
    before = field.is_checked()

    field.set_checked(not before)
    page.get_by_role("button", name="Save").click()

    expect(field).to_be_checked(checked=not before)
    field.set_checked(before)
    page.get_by_role("button", name="Save").click()
