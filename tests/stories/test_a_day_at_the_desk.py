"""A customer's message and everything that happens to the answer."""

from playwright.sync_api import expect

from tests.browser.desk import box, bubble, open_live, send, tick


def test_a_question_is_answered_delivered_and_read(page, northwind, conversation):
    simulator = northwind.simulator
    open_live(page, conversation)
    northwind.write(conversation.person, "Do you have the oak lamp?")
    expect(bubble(page, "Do you have the oak lamp?")).to_be_visible()

    send(page, "Two are left")
    expect(tick(page, "Two are left")).to_have_attribute("data-state", "delivered")
    simulator.control(
        "POST", "open", {"number": simulator.number, "customer": conversation.person}
    )

    expect(tick(page, "Two are left")).to_have_attribute("data-state", "read")
    expect(page.get_by_role("switch", name="Human takeover")).to_be_checked()
    expect(page.locator(".thread")).to_contain_text(
        "Human takeover turned on because Ana replied"
    )


def test_a_send_without_an_answer_is_unknown_until_news_come(
    screens, page, northwind, conversation
):
    simulator = northwind.simulator
    open_live(page, conversation)
    simulator.fault(webhook_hold={"probability": 1}, reset_after={"next": 1})

    send(page, "Did this arrive?")
    report = bubble(page, "Did this arrive?").locator(".report")
    expect(tick(page, "Did this arrive?")).to_have_attribute("data-state", "unknown")
    expect(report).to_contain_text("We do not know if this was sent.")
    asked = [
        e for e in simulator.journal() if e["to"].endswith(conversation.person[-9:])
    ]
    simulator.control("DELETE", "faults")
    simulator.control("POST", "webhooks/flush", {})

    expect(tick(page, "Did this arrive?")).to_have_attribute("data-state", "delivered")
    expect(report).to_have_count(0)
    assert len(asked) == 1
    assert northwind.messages(conversation) == ["Did this arrive?"]


def test_sending_an_unknown_one_again_asks_first(page, northwind, conversation):
    simulator = northwind.simulator
    open_live(page, conversation)
    simulator.fault(webhook_hold={"probability": 1}, reset_after={"next": 1})
    send(page, "Perhaps")
    bubble(page, "Perhaps").get_by_role("link", name="Send again").click()

    dialog = page.get_by_role("dialog", name="Send it again?")
    expect(dialog).to_contain_text("gets it twice")
    dialog.get_by_role("link", name="Wait").click()

    expect(dialog).to_be_hidden()
    expect(tick(page, "Perhaps")).to_have_attribute("data-state", "unknown")
    simulator.control("DELETE", "faults")
    simulator.control("POST", "webhooks/flush", {})
    expect(tick(page, "Perhaps")).to_have_attribute("data-state", "delivered")


def test_everybody_sees_the_takeover_and_who_answered(
    screens, page, northwind, conversation
):
    marc = screens.of("marc")
    open_live(marc, conversation)
    open_live(page, conversation)

    send(page, "I take this one")

    expect(marc.get_by_role("switch", name="Human takeover")).to_be_checked()
    expect(bubble(marc, "I take this one")).to_contain_text("I take this one")
    expect(box(marc)).to_have_value("")


def test_stop_is_kept_as_an_opt_out_and_a_person_may_still_answer(
    page, northwind, conversation
):
    open_live(page, conversation)

    northwind.write(conversation.person, "STOP")

    switch = page.get_by_role("switch", name="Opted out")
    expect(switch).to_be_checked()
    send(page, "Understood")
    expect(tick(page, "Understood")).to_have_attribute("data-state", "delivered")


def test_what_customers_send_besides_words_is_shown(page, northwind, conversation):
    open_live(page, conversation)
    send(page, "Which one is broken?")
    expect(tick(page, "Which one is broken?")).to_have_attribute(
        "data-state", "delivered"
    )
    wamid = northwind.running.one(
        "SELECT wamid FROM inbox_message WHERE body = 'Which one is broken?'"
    )
    write = northwind.write

    write(conversation.person, type="image", caption="This one")
    write(conversation.person, "It was this", context=wamid)
    write(
        conversation.person,
        type="location",
        name="Riverside",
        latitude=51.5,
        longitude=0.1,
    )
    northwind.simulator.write(
        person=conversation.person, type="reaction", message_id=wamid, emoji="👍"
    )

    expect(page.locator(".bubble--media img")).to_be_visible()
    expect(page.locator(".bubble__quote")).to_contain_text("Which one is broken?")
    expect(page.locator(".bubble--file")).to_contain_text("Riverside")
    expect(page.locator(".reaction")).to_contain_text("👍")
