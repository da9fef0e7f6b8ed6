"""One bubble is one message, whatever the network does."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import box, bubble, open_live, send, texts, tick

TRANSPORTS = pytest.mark.parametrize("query", ["", "?transport=poll"])


DRAWN = """() => [...document.querySelectorAll(".msg")]
  .map((li) => [li.className, li.innerText.replace(/\\s+/g, " ")])"""


class Gate:
    """Holds the posts of new messages until it is opened."""

    def __init__(self, page):
        self.held, self.is_open = [], False
        page.route("**/messages/", self._judge)

    def _judge(self, route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def open(self) -> None:
        self.is_open = True
        for route in self.held:
            route.continue_()


def test_the_bubble_does_not_wait_for_the_server(page, northwind, conversation):
    open_live(page, conversation)
    gate = Gate(page)

    send(page, "Right away")

    expect(tick(page, "Right away")).to_have_attribute("data-state", "sending")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("")
    assert northwind.messages(conversation) == []
    gate.open()
    expect(tick(page, "Right away")).to_have_attribute("data-state", "delivered")


@TRANSPORTS
def test_three_quick_messages_arrive_once_and_in_order(
    query, page, northwind, conversation
):
    open_live(page, conversation, query)

    for text in ("Quick one", "Quick two", "Quick three"):
        send(page, text)
    expect(tick(page, "Quick three")).to_have_attribute("data-state", "delivered")

    wanted = ["Quick one", "Quick two", "Quick three"]
    assert [t for t in texts(page) if t.startswith("Quick")] == wanted
    assert northwind.messages(conversation) == wanted
    ids = page.evaluate("[...document.querySelectorAll('li.msg')].map((li) => li.id)")
    assert len(set(ids)) == len(ids)


def test_sending_again_after_a_bad_answer_sends_once(
    screens, page, northwind, conversation
):
    screens.excuse(page, "502")
    open_live(page, conversation)
    page.route("**/messages/", lambda route: route.fulfill(status=502), times=1)

    send(page, "Only once")
    again = bubble(page, "Only once").get_by_role("button", name="Send now")
    again.dblclick()

    expect(tick(page, "Only once")).to_have_attribute("data-state", "delivered")
    assert northwind.messages(conversation) == ["Only once"]
    assert texts(page).count("Only once") == 1


def test_an_answer_that_got_lost_does_not_send_twice(
    screens, page, northwind, conversation
):
    screens.excuse(page, "ERR_FAILED")
    open_live(page, conversation)

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route("**/messages/", lose_the_answer, times=1)
    send(page, "Heard the first time")
    northwind.wait_for_state("Heard the first time", "delivered")
    expect(tick(page, "Heard the first time")).to_have_attribute(
        "data-state", "delivered"
    )

    assert northwind.messages(conversation) == ["Heard the first time"]
    assert texts(page).count("Heard the first time") == 1


def test_shift_and_enter_is_a_new_line(page, northwind, conversation):
    open_live(page, conversation)

    box(page).fill("First line")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("second line")
    box(page).press("Enter")
    northwind.wait_for_state("First line\nsecond line", "delivered")

    assert northwind.messages(conversation) == ["First line\nsecond line"]


def test_own_messages_join_those_before_and_days_stay(page, northwind, conversation):
    open_live(page, conversation)

    for text in ("Part one", "Part two", "Part three"):
        send(page, text)
        expect(tick(page, text)).to_have_attribute("data-state", "delivered")
    live = page.evaluate(DRAWN)
    page.reload()

    assert "msg--cont" in bubble(page, "Part three").get_attribute("class")
    assert page.locator(".day").count() == 1
    assert page.evaluate(DRAWN) == live


def test_a_text_that_is_too_long_comes_back_with_the_reason(
    screens, page, northwind, conversation
):
    screens.excuse(page, "422")
    open_live(page, conversation)

    send(page, "x" * 4100)

    expect(page.locator("[data-hint]")).to_have_text(
        "This is 4 characters too long. Nothing was sent."
    )
    expect(box(page)).to_have_value("x" * 4100)
    assert northwind.messages(conversation) == []


def test_a_note_is_added_and_never_sent(page, northwind, conversation):
    open_live(page, conversation)

    page.get_by_role("link", name="Note", exact=True).click()
    page.get_by_role("textbox", name="Note").fill("Ask the warehouse first")
    page.get_by_role("button", name="Add note").click()

    expect(page.locator(".msg--note")).to_contain_text("Ask the warehouse first")
    expect(page.get_by_role("switch", name="Human takeover")).not_to_be_checked()
    assert northwind.messages(conversation) == []
