"""A reaction of the team's: chosen beside the message, seen on the customer's phone."""

from playwright.sync_api import expect

from tests.browser.desk import bubble, open_live

SAID = "Hello, is anybody there?"


def choose(page, name: str, said: str = SAID) -> None:
    bubble(page, said).hover()
    bubble(page, said).get_by_role("link", name="React to this message").click()
    page.get_by_role("button", name=name).click()


def ours(page, said: str = SAID):
    return bubble(page, said).locator(".reaction--ours")


def seen_at_meta(northwind, conversation) -> str:
    wamid = northwind.running.one(
        "SELECT wamid FROM inbox_message WHERE id = %s",
        northwind.inbound_of(conversation),
    )
    return northwind.simulator.control("GET", f"messages/{wamid}")["reactions"].get(
        "business", ""
    )


def test_a_reaction_reaches_the_customer_and_is_changed_and_taken_back(
    page, northwind, conversation
):
    open_live(page, conversation)

    choose(page, "React with 👍")
    expect(ours(page)).to_have_text("👍 Ana")
    expect(ours(page)).not_to_have_attribute("data-state", "queued")
    assert seen_at_meta(northwind, conversation) == "👍"

    choose(page, "React with ❤️")
    expect(ours(page)).to_have_text("❤️ Ana")

    choose(page, "Take the reaction back")
    expect(ours(page)).to_have_count(0)
    assert seen_at_meta(northwind, conversation) == ""
    expect(page.get_by_role("switch", name="Human takeover")).not_to_be_checked()


def test_it_is_chosen_with_the_keyboard_alone(page, conversation):
    open_live(page, conversation)

    link = bubble(page, SAID).get_by_role("link", name="React to this message")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="React with 👍")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(ours(page)).to_have_text("😂 Ana")


def test_a_colleague_sees_it(screens, page, conversation):
    marc = screens.of("marc")
    open_live(marc, conversation)
    open_live(page, conversation)

    choose(page, "React with 🙏")

    expect(ours(marc)).to_have_text("🙏 Ana")


def test_a_refused_one_says_why_and_can_be_sent_again(page, northwind, conversation):
    open_live(page, conversation)
    northwind.simulator.fault(error={"next": 1, "code": 131051})

    choose(page, "React with 👍")

    expect(ours(page)).to_have_attribute("data-state", "failed")
    report = bubble(page, SAID).locator(".report")
    expect(report).to_contain_text("Send again")
    report.get_by_role("button", name="Send again").click()
    expect(ours(page)).not_to_have_attribute("data-state", "failed")
    expect(report).to_have_count(0)
    assert seen_at_meta(northwind, conversation) == "👍"


def test_without_script_it_is_a_page(screens, northwind, conversation):
    page = screens.of("ana", java_script_enabled=False)
    page.goto(conversation.path)

    page.get_by_role("link", name="React to this message").click()
    page.get_by_role("button", name="React with 😮").click()

    expect(ours(page)).to_contain_text("😮 Ana")


def test_any_emoji_is_found_by_name_and_sent(page, northwind, conversation):
    open_live(page, conversation)

    bubble(page, SAID).hover()
    bubble(page, SAID).get_by_role("link", name="React to this message").click()
    page.get_by_role("button", name="React with another emoji").click()
    search = page.get_by_role("combobox", name="Search emoji")
    expect(search).to_be_focused()
    search.fill("no emoji of this name")
    search.press("Enter")
    expect(page.locator("#live-polite")).to_have_text("No emoji of this name")
    expect(ours(page)).to_have_count(0)
    search.fill("party")
    search.press("ArrowRight")
    search.press("ArrowLeft")
    search.press("Enter")

    expect(ours(page)).to_have_text("🥳 Ana")
    expect(page.locator("#reacting")).to_be_hidden()
    expect(ours(page)).not_to_have_attribute("data-state", "queued")
    assert seen_at_meta(northwind, conversation) == "🥳"
