"""Pictures and recordings to Instagram: Meta fetches them from us, the person sees them."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import box, open_live
from tests.browser.test_files import PDF, choose, picture


@pytest.fixture
def juniper(northwind):
    northwind.write(
        "juniper", "Do you have a picture?", number=northwind.simulator.instagram
    )
    return northwind.conversation_of("juniper")


def last_to(northwind) -> dict:
    """What Meta has of the newest message to Juniper."""
    igsid = northwind.people["juniper"]["igsid"]
    entry = [e for e in northwind.simulator.journal() if e["to"] == igsid][-1]
    return northwind.simulator.control("GET", f"messages/{entry['wamid']}")["content"]


def test_a_picture_is_fetched_by_meta_and_the_words_follow(page, northwind, juniper):
    open_live(page, juniper)

    choose(page, picture())
    box(page).fill("This is the one on the wall")
    box(page).press("Enter")

    northwind.wait_for_state("This is the one on the wall", "sent")
    expect(page.locator("li.msg--out img").last).to_have_js_property("naturalWidth", 64)
    assert last_to(northwind) == {"text": "This is the one on the wall"}
    assert (
        northwind.running.one(
            "SELECT state FROM inbox_message WHERE kind = 'image' AND direction = 'out'"
            " AND conversation_id = %s ORDER BY at DESC LIMIT 1",
            juniper.row,
        )
        == "sent"
    )


def test_a_voice_message_reaches_instagram(page, northwind, juniper):
    page.context.grant_permissions(["microphone"])
    open_live(page, juniper)

    page.get_by_role("button", name="Record a voice message").click()
    recorder = page.get_by_role("group", name="Voice message")
    expect(recorder.locator("[data-time]")).not_to_have_text("0:00")
    recorder.get_by_role("button", name="Send").click()

    northwind.running.wait_for(
        "SELECT EXISTS (SELECT FROM inbox_message WHERE kind = 'audio'"
        " AND conversation_id = %s AND state = 'sent')",
        juniper.row,
    )
    (attachment,) = last_to(northwind)["attachments"]
    assert attachment["type"] == "audio"
    # Meta has a copy of its own: the link it was given lasts an hour.
    assert attachment["payload"]["url"].startswith(northwind.simulator.url)


def test_what_instagram_does_not_take_is_said_with_its_name(page, juniper):
    open_live(page, juniper)

    choose(page, PDF | {"name": "a.heic", "mimeType": "image/heic"})

    expect(page.locator("[data-hint]")).to_have_text(
        "Instagram takes pictures as JPEG or PNG."
    )
