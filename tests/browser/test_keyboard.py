"""Everything can be done from the keyboard, and nothing happens to who is writing."""

import re

from playwright.sync_api import expect

from accounts.frame import SHORTCUTS
from tests.browser.desk import box, open_live
from tests.browser.northwind import INBOX, PASSWORD
from tests.running import ROOT

FOCUS = """() => {
  const el = document.activeElement, box = el.getBoundingClientRect();
  const style = getComputedStyle(el), frame = el.closest(".composer__box");
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    what: el.outerHTML.slice(0, 90),
    isOutlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      || !!frame && getComputedStyle(frame).boxShadow !== "none",
    isCovered: !(at && (el.contains(at) || at.contains(el))),
  };
}"""


def listed_keys() -> set[str]:
    return {" ".join(keys) for keys, _ in SHORTCUTS} | {
        key for keys, _ in SHORTCUTS for key in keys
    }


def walk_to(page, conversation) -> None:
    """Down the list: an answer sent in the same second may stand above."""
    row = f"row-{conversation.id}"
    for _ in range(5):
        page.keyboard.press("j")
        if page.evaluate("document.activeElement.closest('li')?.id") == row:
            return
    raise AssertionError("the conversation is not near the top of the list")


def test_a_whole_answer_needs_no_mouse(screens, northwind, conversation):
    page = screens.of(None)
    page.goto(f"/accounts/login/?next={INBOX}")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("marc@northwind.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#live-state")).to_have_text("Live")

    walk_to(page, conversation)
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type("Answered by hand")
    page.keyboard.press("Enter")
    northwind.wait_for_state("Answered by hand", "delivered")
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(page.locator(".thread")).to_contain_text("assigned this to Marc")
    page.keyboard.press("l")
    expect(page.get_by_label("Tag", exact=True)).to_be_focused()
    page.keyboard.type("urgent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the tag urgent")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".thread").focus()
    page.keyboard.press("e")

    northwind.running.wait_for(
        "SELECT state = 'closed' FROM inbox_conversation WHERE id = %s",
        conversation.row,
    )
    expect(page.locator(".conv__link").nth(1)).to_be_focused()


def test_focus_is_always_seen(page, conversation):
    open_live(page, conversation)
    page.locator("body").evaluate("el => document.activeElement.blur()")

    hidden = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(FOCUS)
        if "<body" not in seen["what"] and (
            not seen["isOutlined"] or seen["isCovered"]
        ):
            hidden.append(seen)

    assert hidden == []


def test_keys_only_write_while_somebody_writes(page, conversation):
    open_live(page, conversation)

    box(page).press_sequentially("jkuesr?")

    expect(box(page)).to_have_value("jkuesr?")
    assert page.url.endswith(conversation.path)
    assert page.locator("dialog[open]").count() == 0


def test_keys_do_nothing_for_who_switched_them_off(screens, northwind, conversation):
    northwind.running.sql(
        "UPDATE accounts_user SET has_shortcuts = false WHERE email LIKE 'priya@%%'"
    )
    page = screens.of("priya")
    open_live(page, conversation)
    page.locator(".thread").focus()

    page.keyboard.press("?")
    page.keyboard.press("e")

    assert page.locator("dialog[open]").count() == 0
    assert northwind.running.one(
        "SELECT state FROM inbox_conversation WHERE id = %s", conversation.row
    ) == ("open")


def test_the_list_of_shortcuts_names_every_one_there_is(page, conversation):
    open_live(page, conversation)
    declared = page.evaluate(
        "[...document.querySelectorAll('[aria-keyshortcuts]')]"
        ".map((el) => el.getAttribute('aria-keyshortcuts'))"
    )
    script = (ROOT / "static" / "js" / "keys.js").read_text()
    table = script.partition("const OWN = {")[2].partition("  };")[0]
    own = re.findall(r'^    "?(\S)"?: ', table, re.MULTILINE)

    page.locator(".thread").focus()
    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert {*declared, *own} - listed_keys() == set()
    assert len(own) == 12


def test_focus_returns_to_what_opened_a_dialog(page, northwind):
    page.goto(northwind.conversation_of("ebba").path)
    opener = page.get_by_role("button", name="Choose a template")
    dialog = page.get_by_role("dialog")

    for close in ("Escape", "Cancel", "Close"):
        opener.click()
        expect(dialog).to_be_visible()
        if close == "Escape":
            page.keyboard.press("Escape")
        else:
            dialog.get_by_role("link", name=close).click()
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()


def test_closing_leads_to_the_next_row(page, northwind):
    below, above = northwind.begin("Below"), northwind.begin("Above")
    open_live(page, above)

    page.get_by_role("button", name="Close", exact=True).click()

    expect(page.locator(f"#row-{below.id} .conv__link")).to_be_focused()
    expect(page.locator(f"#row-{above.id}")).to_have_attribute("data-gone", "")


def test_s_offers_times_to_snooze_until(page, northwind, conversation):
    open_live(page, conversation)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.get_by_role("button", name="Tomorrow").click()

    expect(page.locator(".thread")).to_contain_text("snoozed this until")
    northwind.running.wait_for(
        "SELECT state = 'snoozed' FROM inbox_conversation WHERE id = %s",
        conversation.row,
    )
