"""Replies that are more than words: arranged with a preview, answered on the phone."""

from playwright.sync_api import expect

from tests.browser.desk import bubble, open_live, tick
from tests.browser.test_accessibility import COLOURS, find_violations
from tests.browser.test_files import accepted


def begin(page, label: str):
    page.get_by_role("button", name="More to send").click()
    page.get_by_role("link", name=label, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text(label)
    return dialog


def write(dialog, **fields) -> None:
    for label, value in fields.items():
        dialog.get_by_label(label.replace("_", " ")).fill(value)


def test_buttons_are_previewed_sent_and_pressed(page, northwind, conversation):
    open_live(page, conversation)

    dialog = begin(page, "Buttons")
    write(dialog, Text="Which lamp is it?", Button_1="The oak one", Button_2="Green")
    preview = page.locator("#arrange-preview")
    expect(preview).to_contain_text("Which lamp is it?")
    expect(preview.locator(".template__button")).to_have_text(["The oak one", "Green"])
    dialog.get_by_role("button", name="Send").click()

    expect(dialog).to_be_hidden()
    question = "Which lamp is it?"
    expect(tick(page, question)).to_have_attribute("data-state", "delivered")
    expect(bubble(page, question).get_by_role("list")).to_contain_text("The oak one")
    (sent,) = accepted(northwind, conversation)
    reply = sent["content"]["action"]["buttons"][0]["reply"]
    northwind.write(
        conversation.person, type="button_reply", context=sent["id"], **reply
    )
    expect(bubble(page, "The oak one").last).to_contain_text("chose")
    expect(page.get_by_role("switch", name="Human takeover")).to_be_checked()


def test_what_is_too_long_is_counted_and_said(screens, page, northwind, conversation):
    screens.excuse(page, "422")
    open_live(page, conversation)

    dialog = begin(page, "Buttons")
    write(dialog, Text="Hi", Button_1="Much too long for a button")
    count = dialog.locator(".field", has_text="Button 1").locator(".field__count")
    expect(count).to_have_text("26 of 20")
    dialog.get_by_role("button", name="Send").click()

    expect(dialog).to_contain_text("6 characters too long: 20 are possible.")
    expect(dialog.get_by_label("Button 1")).to_be_focused()
    expect(dialog.get_by_label("Text")).to_have_value("Hi")
    assert northwind.messages(conversation) == []


def test_another_kind_keeps_the_words(page, conversation):
    open_live(page, conversation)
    dialog = begin(page, "Buttons")
    write(dialog, Header="Your lamp", Text="Which one is it?", Button_1="Oak")

    dialog.get_by_role("link", name="List").click()

    expect(dialog.get_by_label("Words that open the list")).to_be_visible()
    expect(dialog.get_by_label("Text")).to_have_value("Which one is it?")
    expect(page.locator("#arrange-preview")).to_contain_text("Your lamp")


def test_rows_of_a_list_come_one_after_the_other(page, northwind, conversation):
    open_live(page, conversation)

    dialog = begin(page, "List")
    expect(dialog.get_by_label("Row 1", exact=True)).to_be_visible()
    expect(dialog.get_by_label("Row 2", exact=True)).to_be_hidden()
    write(dialog, Text="When shall we come?", Words_that_open_the_list="Choose a day")
    dialog.get_by_label("Section above row 1", exact=True).fill("This week")
    dialog.get_by_label("Row 1", exact=True).fill("Thursday")
    dialog.get_by_label("About row 1", exact=True).fill("8 to 12")
    dialog.get_by_label("Row 2", exact=True).fill("Friday")
    dialog.get_by_label("Section above row 3").fill("Next week")
    dialog.get_by_label("Row 3", exact=True).fill("Monday")
    expect(page.locator(".arrange__section")).to_have_count(2)
    dialog.get_by_role("button", name="Send").click()

    expect(tick(page, "When shall we come?")).to_have_attribute(
        "data-state", "delivered"
    )
    (sent,) = accepted(northwind, conversation)
    sections = sent["content"]["action"]["sections"]
    assert [(s["title"], len(s["rows"])) for s in sections] == [
        ("This week", 2),
        ("Next week", 1),
    ]


def test_a_place_and_a_card_are_sent(page, northwind, conversation):
    open_live(page, conversation)

    dialog = begin(page, "Location")
    write(dialog, Where="51.5072, -0.1276", Name="Our shop")
    expect(page.locator("#arrange-preview")).to_contain_text("Our shop")
    dialog.get_by_role("button", name="Send").click()
    expect(page.locator("li.msg--out .tick[data-state=delivered]")).to_have_count(1)
    dialog = begin(page, "Contact card")
    write(dialog, Name="Robin Fitter", Phone_number="+44 7700 900118")
    dialog.get_by_role("button", name="Send").click()

    expect(page.locator("li.msg--out .tick[data-state=delivered]")).to_have_count(2)
    expect(page.locator("li.msg--out").first).to_contain_text("Our shop")
    expect(page.locator("li.msg--out").last).to_contain_text("Robin Fitter")
    place, card = accepted(northwind, conversation)
    assert place["content"]["latitude"] == 51.5072
    assert card["content"][0]["phones"][0]["wa_id"] == "447700900118"


def test_without_script_it_is_a_page(screens, northwind, conversation):
    page = screens.of("ana", java_script_enabled=False)
    page.goto(conversation.path + "arrange/link/")

    page.get_by_label("Text").fill("Here it is")
    page.get_by_label("Words on the button").fill("Follow it")
    page.get_by_label("Address").fill("https://example.com/1")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(bubble(page, "Here it is")).to_contain_text("Follow it")
    northwind.wait_for_state("Here it is", "delivered")


def test_a_closed_window_offers_none_of_it(page, northwind):
    page.goto(northwind.conversation_of("ebba").path)

    expect(page.get_by_role("button", name="More to send")).to_have_count(0)


def test_axe_finds_nothing_in_the_dialog(page, conversation):
    open_live(page, conversation)

    dialog = begin(page, "List")
    write(dialog, Text="When?")
    in_light = find_violations(page)
    page.emulate_media(color_scheme="dark")
    in_dark = find_violations(page, COLOURS)

    assert in_light == in_dark == []
