"""A menu is built, tried, published and used; people interrupt it; nothing talks over them."""

from playwright.sync_api import expect

from tests.browser.desk import bubble, open_live, send
from tests.browser.screens import PHONE
from tests.browser.test_accessibility import COLOURS, find_violations
from tests.browser.test_every_page import OVERFLOW
from tests.stories.automation import (
    FLOWS,
    begin_starter,
    inspector,
    press,
    publish,
    run_of,
    wait_for_answer,
    wait_for_run,
)


def test_a_menu_is_built_from_a_starter_tried_published_and_used(page, northwind, word):
    sent_before = len(northwind.simulator.journal())
    begin_starter(page, "Welcome menu", word)
    page.locator("#step-2 > a.step").click()
    inspector(page).get_by_label("Text").fill("Welcome, {{first_name|friend}}!")
    inspector(page).get_by_role("button", name="Save step").click()
    expect(page.locator("#step-2")).to_contain_text("Welcome, {{first_name|friend}}!")

    page.get_by_label("Write as the customer").fill(word)
    page.locator("#test").get_by_role("button", name="Send").click()
    test = page.locator("#test")
    expect(test).to_contain_text("Welcome, Amina!")
    test.get_by_role("button", name="Return").click()
    expect(test).to_contain_text("Tell us what you would like to return and why.")
    test.get_by_label("Name of the test").fill("Returns")
    test.get_by_role("button", name="Save", exact=True).click()
    assert len(northwind.simulator.journal()) == sent_before
    publish(page)

    conversation = northwind.begin(f"{word}, please")
    northwind.running.wait_for(
        "SELECT EXISTS (SELECT FROM inbox_message WHERE conversation_id = %s"
        " AND kind = 'interactive' AND state IN ('sent', 'delivered'))",
        conversation.row,
    )
    wait_for_answer(northwind, conversation)
    press(northwind, conversation, "A person")
    wait_for_run(northwind, conversation, "finished")

    open_live(page, conversation)
    expect(
        bubble(page, "One moment, a colleague will answer you here.")
    ).to_be_visible()
    expect(page.get_by_role("switch", name="Human takeover")).to_be_checked()
    expect(page.locator("#contact-panel")).to_contain_text("Handed over to the team")


def test_a_reply_of_a_person_stops_the_flow_and_the_run_says_who(page, northwind, word):
    begin_starter(page, "Collect order number", word)
    publish(page)
    conversation = northwind.begin(word)
    wait_for_answer(northwind, conversation)

    open_live(page, conversation)
    send(page, "Hello, it is me")
    wait_for_run(northwind, conversation, "stopped")
    northwind.write(conversation.person, "47790")

    assert run_of(northwind, conversation) == ("stopped", "TAKEOVER")
    assert northwind.messages(conversation)[-1] == "Hello, it is me"
    page.get_by_role("link", name=f"Collect order number {word}").click()
    expect(page.locator("#main")).to_contain_text(
        "because Ana replied (human takeover)."
    )


def test_a_flow_is_started_from_a_conversation(page, northwind, word, conversation):
    begin_starter(page, "Collect order number", word)
    publish(page)

    open_live(page, conversation)
    panel = page.locator("#contact-panel")
    panel.get_by_label("Flow to start").select_option(f"Collect order number {word}")
    panel.get_by_role("button", name="Start this flow").click()

    expect(bubble(page, "Which order is it about?")).to_be_visible()
    expect(panel).to_contain_text(f"Collect order number {word} v1")


def test_time_travel_finds_the_closed_window_before_a_customer_does(page, word):
    begin_starter(page, "Welcome menu", word)
    page.get_by_role("link", name="Add a step after 2").click()
    page.get_by_role("button", name="Wait", exact=True).click()
    inspector(page).get_by_label("How long").select_option("2 days")
    inspector(page).get_by_role("button", name="Save step").click()

    expect(page.locator("#problems")).to_contain_text(
        "Step 3 sends a free message after a 2-day wait."
    )
    page.get_by_label("Write as the customer").fill(word)
    page.locator("#test").get_by_role("button", name="Send").click()
    expect(page.locator("#test")).to_contain_text("The flow waits 2 days")
    page.locator("#test").get_by_role("button", name="Skip the wait").click()
    expect(page.locator("#test")).to_contain_text("The 24-hour window is closed.")

    page.get_by_role("link", name="Publish", exact=True).click()
    expect(page.locator("#main")).to_contain_text("must be solved")
    expect(page.get_by_role("button", name="Publish version")).to_have_count(0)


def test_without_script_a_flow_is_built_tried_and_published(screens, word):
    plain = screens.of("ana", java_script_enabled=False)
    plain.goto(FLOWS)
    plain.get_by_role("button", name="New flow").or_(
        plain.get_by_role("button", name="Begin empty")
    ).first.click()
    plain.get_by_role("link", name="Add a step after 1").click()
    plain.get_by_role("button", name="Send message").click()
    inspector(plain).get_by_label("Text").fill("Plainly said")
    inspector(plain).get_by_role("button", name="Save step").click()
    plain.locator("#step-1 > a.step").click()
    inspector(plain).get_by_label("Name of the flow").fill(f"Plain {word}")
    inspector(plain).get_by_label("It starts when").select_option(
        "Customer writes a word"
    )
    plain.get_by_label("Words, payloads, tag or ad id, one a line").first.fill(word)
    inspector(plain).get_by_role("button", name="Save step").click()

    plain.get_by_label("Write as the customer").fill(word)
    plain.locator("#test").get_by_role("button", name="Send").click()
    expect(plain.locator("#test")).to_contain_text("Plainly said")
    publish(plain)

    expect(plain.locator(".flow-head")).to_contain_text("Live v1")


def test_on_a_phone_a_step_is_changed_and_the_outline_is_back(screens, word):
    page = screens.of("ana", PHONE)
    begin_starter(page, "Collect order number", word)
    page.get_by_role("link", name="All steps").first.click()
    page.locator("#step-2 > a.step").click()

    inspector(page).get_by_label("Text").fill("Which order, please?")
    inspector(page).get_by_role("button", name="Save step").click()
    expect(page.locator("#step-2")).to_contain_text("Which order, please?")
    page.get_by_role("link", name="All steps").first.click()

    expect(page.locator("#step-2 > a.step")).to_be_visible()
    expect(page.locator("#step-2")).to_contain_text("Which order, please?")


def test_axe_finds_nothing_in_the_editor_and_on_its_pages(page, word):
    url = begin_starter(page, "Welcome menu", word)
    page.get_by_label("Write as the customer").fill(word)
    page.locator("#test").get_by_role("button", name="Send").click()
    expect(page.locator("#test")).to_contain_text("Choose one:")
    found = {"test": find_violations(page)}
    for rest in (
        "?step=3",
        "?step=1",
        "add/?at=2.next",
        "publish/",
        "versions/",
        "runs/",
    ):
        page.goto(url + rest)
        found[rest] = find_violations(page)
        page.emulate_media(color_scheme="dark")
        found[rest] += find_violations(page, COLOURS)
        page.emulate_media(color_scheme="light")

    assert {where: faults for where, faults in found.items() if faults} == {}


def test_no_page_of_a_flow_scrolls_sideways(page, word):
    url = begin_starter(page, "Welcome menu", word)
    wide = {}
    for rest in (
        "?step=3",
        "?test=1",
        "add/?at=2.next",
        "publish/",
        "versions/",
        "runs/",
    ):
        page.goto(url + rest)
        for width in (1440, 1024, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            wide[rest, width] = page.evaluate(OVERFLOW)

    assert {where: more for where, more in wide.items() if more} == {}
