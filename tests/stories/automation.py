"""A flow as somebody builds it, and what became of those it talks to."""

from playwright.sync_api import expect

FLOWS = "/w/northwind/flows/"


def inspector(page):
    return page.locator("#flow-inspector")


def begin_starter(page, name: str, word: str) -> str:
    """A flow from a starter that listens to `word`; its address."""
    page.goto(FLOWS)
    page.get_by_role("button", name=f"Use {name}").click()
    page.locator("#step-1 > a.step").click()
    inspector(page).get_by_label("Name of the flow").fill(f"{name} {word}")
    page.get_by_label("Words, payloads, tag or ad id, one a line").first.fill(word)
    inspector(page).get_by_role("button", name="Save step").click()
    expect(page.locator("#step-1")).to_contain_text(word)
    return page.url.split("?")[0]


def publish(page) -> None:
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish version").click()
    expect(page.locator(".flow-head")).to_contain_text("Live v")


def press(northwind, conversation, title: str) -> None:
    """The customer taps the newest button with these words."""
    ((buttons,),) = northwind.running.sql(
        "SELECT payload -> 'content' -> 'action' -> 'buttons' FROM inbox_message"
        " WHERE conversation_id = %s AND kind = 'interactive' AND direction = 'out'"
        " ORDER BY at DESC LIMIT 1",
        conversation.row,
    )
    reply = next(b["reply"] for b in buttons if b["reply"]["title"] == title)
    northwind.write(conversation.person, type="button_reply", **reply)


def run_of(northwind, conversation) -> tuple:
    rows = northwind.running.sql(
        "SELECT state, reason FROM flows_run WHERE conversation_id = %s"
        " ORDER BY id DESC LIMIT 1",
        conversation.row,
    )
    return rows[0]


def wait_for_run(northwind, conversation, state: str) -> None:
    northwind.running.wait_for(
        "SELECT EXISTS (SELECT FROM flows_run WHERE conversation_id = %s AND state = %s)",
        conversation.row,
        state,
    )


def wait_for_answer(northwind, conversation) -> None:
    northwind.running.wait_for(
        "SELECT EXISTS (SELECT FROM flows_run WHERE conversation_id = %s"
        " AND waits_for = 'answer')",
        conversation.row,
    )
