"""Every state of the window: what the chip says, what the composer offers."""

import pytest
from playwright.sync_api import expect

AGES = {
    "open": ("60 minutes", "22 h", "open"),
    "closing": ("22 hours 30 minutes", "1 h 29 m", "soon"),
    "last minutes": ("23 hours 50 minutes", "9 m", "last"),
    "closed": ("25 hours", "Closed", "closed"),
}


def begin_aged(northwind, age: str):
    conversation = northwind.begin("Some time ago")
    northwind.running.sql(
        "UPDATE inbox_conversation SET last_inbound_at = converge_now() - %s::interval"
        " WHERE id = %s",
        age,
        conversation.row,
    )
    return conversation


@pytest.mark.parametrize("name", AGES)
def test_the_chip_says_what_is_left(name, page, northwind):
    age, words, phase = AGES[name]
    conversation = begin_aged(northwind, age)

    page.goto(conversation.path)

    chip = page.locator(".composer__bar > .chip")
    expect(chip).to_contain_text(words[:-1] if phase in ("soon", "last") else words)
    expect(chip).to_have_attribute("data-window", phase)


def test_the_composer_is_equally_high_in_every_state(page, northwind):
    conversations = [begin_aged(northwind, age) for age, *_ in AGES.values()]
    conversations += [northwind.conversation_of(p) for p in ("juniper", "tomas")]

    heights = set()
    for conversation in conversations:
        for mode in ("reply", "note"):
            page.goto(f"{conversation.path}?mode={mode}")
            heights.add(page.locator(".composer").bounding_box()["height"])

    assert len(heights) == 1


@pytest.mark.parametrize("person", ["juniper", "tomas"])
def test_instagram_offers_no_template(person, page, northwind):
    page.goto(northwind.conversation_of(person).path)

    composer = page.locator(".composer")

    expect(composer.get_by_role("button", name="Template")).to_have_count(0)
    expect(composer.get_by_role("link", name="Template")).to_have_count(0)


def test_a_closed_window_offers_templates_and_still_takes_notes(page, northwind):
    page.goto(begin_aged(northwind, "25 hours").path)

    expect(page.get_by_role("button", name="Choose a template")).to_be_visible()
    page.get_by_role("link", name="Note", exact=True).click()

    expect(page.get_by_role("textbox", name="Note")).to_be_focused()
