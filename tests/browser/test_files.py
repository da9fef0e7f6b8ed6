"""Files a teammate sends: chosen, dropped or pasted, each a message of its own."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.desk import box, open_live, tick

PDF = {"name": "offer.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 offer"}


def picture(name: str = "lamp.png", size: tuple = (64, 48)) -> dict:
    held = io.BytesIO()
    Image.new("RGB", size, "teal").save(held, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": held.getvalue()}


def choose(page, *files) -> None:
    page.locator("[data-choose-files]").set_input_files(list(files))


def accepted(northwind, conversation) -> list[dict]:
    """What Meta was given for this person, in order."""
    to = conversation.person[-9:]
    journal = [e for e in northwind.simulator.journal() if e["to"].endswith(to)]
    return [
        northwind.simulator.control("GET", f"messages/{entry['wamid']}")
        for entry in journal
    ]


def test_a_picture_with_words_is_sent_and_delivered(page, northwind, conversation):
    open_live(page, conversation)

    choose(page, picture())
    box(page).fill("This is the oak one")
    box(page).press("Enter")

    expect(tick(page, "This is the oak one")).to_have_attribute(
        "data-state", "delivered"
    )
    shown = page.locator("li.msg--out img")
    expect(shown).to_have_js_property("naturalWidth", 64)
    (sent,) = accepted(northwind, conversation)
    assert sent["type"] == "image"
    assert sent["content"]["caption"] == "This is the oak one"


def test_three_files_are_three_messages_and_the_words_go_with_the_first(
    page, northwind, conversation
):
    open_live(page, conversation)

    choose(page, picture("one.png"), PDF, picture("three.png"))
    expect(page.locator("[data-hint]")).to_have_text("3 messages will be sent.")
    page.get_by_role("button", name="Remove three.png").click()
    box(page).fill("As promised")
    box(page).press("Enter")

    expect(page.locator("li.msg--out .tick[data-state=delivered]")).to_have_count(2)
    first, second = accepted(northwind, conversation)
    assert first["content"]["caption"] == "As promised"
    assert second["content"]["filename"] == "offer.pdf"
    assert "caption" not in second["content"]


def test_what_whatsapp_does_not_take_is_said_before_it_travels(
    page, northwind, conversation
):
    open_live(page, conversation)
    posts = []
    page.on("request", lambda r: posts.append(r) if "/messages/" in r.url else None)

    choose(page, picture() | {"name": "photo.heic", "mimeType": "image/heic"})

    expect(page.locator("[data-hint]")).to_have_text(
        "WhatsApp takes pictures as JPEG or PNG."
    )
    expect(page.locator("[data-files] li")).to_have_count(0)
    assert posts == []


def test_the_server_judges_by_the_bytes_and_gives_everything_back(
    screens, page, northwind, conversation
):
    screens.excuse(page, "422")
    open_live(page, conversation)

    choose(page, {"name": "a.png", "mimeType": "image/png", "buffer": b"MZ not one"})
    box(page).fill("Look at this")
    box(page).press("Enter")

    expect(page.locator("[data-hint]")).to_contain_text("Nothing was sent.")
    expect(box(page)).to_have_value("Look at this")
    expect(page.locator("[data-files] li")).to_have_count(1)
    assert northwind.messages(conversation) == []


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_files_are_dropped_and_pasted(event, page, conversation):
    open_live(page, conversation)

    page.evaluate(
        """(event) => {
          const data = new DataTransfer();
          data.items.add(new File(["%PDF-1.7"], "plan.pdf", { type: "application/pdf" }));
          const options = { bubbles: true, cancelable: true };
          const fired = event === "drop"
            ? new DragEvent("drop", { ...options, dataTransfer: data })
            : new ClipboardEvent("paste", { ...options, clipboardData: data });
          document.querySelector(event === "drop" ? ".thread" : "textarea").dispatchEvent(fired);
        }""",
        event,
    )

    expect(page.locator("[data-files] li")).to_contain_text("plan.pdf")


def test_files_wait_in_their_own_conversation(page, northwind, conversation):
    other = northwind.begin("Somebody else")
    open_live(page, conversation)
    choose(page, PDF)

    page.locator(f"#row-{other.id} .conv__link").click()
    expect(page.locator("h1")).not_to_be_empty()
    elsewhere = page.locator("[data-files] li")
    expect(elsewhere).to_have_count(0)
    page.locator(f"#row-{conversation.id} .conv__link").click()

    expect(page.locator("[data-files] li")).to_contain_text("offer.pdf")


def test_without_script_a_file_travels_with_the_form(screens, northwind, conversation):
    page = screens.of("ana", java_script_enabled=False)
    page.goto(conversation.path)

    choose(page, PDF)
    box(page).fill("The offer")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("li.msg--out")).to_contain_text("offer.pdf")
    northwind.wait_for_state("The offer", "delivered")
