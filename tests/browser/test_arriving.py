"""What customers write arrives by itself, and nothing moves under the reading eye."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import (
    assert_still,
    bubble,
    distance_to_end,
    open_live,
    scroll_up,
    send,
    texts,
    top_of,
)

TRANSPORTS = pytest.mark.parametrize("query", ["", "?transport=poll"])


@pytest.fixture
def long_conversation(northwind):
    """Enough to scroll, and two pages of history more."""
    conversation = northwind.begin("Message 0")
    for n in range(1, 130):
        northwind.simulator.write(f"Message {n}", person=conversation.person)
    northwind.running.wait_for(
        "SELECT count(*) = 130 FROM inbox_message WHERE conversation_id = %s",
        conversation.row,
    )
    return conversation


def look_up_to(northwind, conversation, body: str) -> None:
    """Ana saw everything up to this message."""
    northwind.running.sql(
        "INSERT INTO inbox_readmark (workspace_id, conversation_id, user_id, at, seq)"
        " SELECT c.workspace_id, c.id, u.id, now(), (SELECT seq FROM inbox_message m"
        " WHERE m.conversation_id = c.id AND body = %s)"
        " FROM inbox_conversation c, accounts_user u"
        " WHERE c.id = %s AND u.email LIKE 'ana@%%'",
        body,
        conversation.row,
    )


@pytest.fixture
def read_conversation(northwind, long_conversation):
    """A long one that opens at its end, so that no history loads by itself."""
    look_up_to(northwind, long_conversation, "Message 129")
    return long_conversation


@TRANSPORTS
def test_a_message_appears_without_a_reload(query, page, northwind, conversation):
    open_live(page, conversation, query)

    northwind.write(conversation.person, "I am still here")

    expect(bubble(page, "I am still here")).to_be_visible()


def test_the_row_and_the_title_count_what_arrives(page, northwind, conversation):
    other = northwind.begin("Hello from the other one")
    open_live(page, conversation)
    row = page.locator(f"#row-{other.id}")

    northwind.write(other.person, "And one more thing")

    expect(row.locator(".conv__preview")).to_have_text("And one more thing")
    expect(row.locator(".count")).to_have_text("2")
    assert page.title().startswith("(")


@TRANSPORTS
def test_fifty_messages_shift_nothing(query, page, northwind, read_conversation):
    open_live(page, read_conversation, query)

    for n in range(50):
        northwind.simulator.write(f"Burst {n}", person=read_conversation.person)
    expect(bubble(page, "Burst 49")).to_be_visible()

    assert_still(page)
    assert distance_to_end(page) <= 1
    assert [t for t in texts(page) if "Burst" in t] == [f"Burst {n}" for n in range(50)]


@TRANSPORTS
def test_who_reads_further_up_stays_there(query, page, northwind, read_conversation):
    open_live(page, read_conversation, query)
    scroll_up(page, 300)
    reading = bubble(page, "Message 120").first
    before = top_of(reading)

    for n in range(20):
        northwind.simulator.write(f"Later {n}", person=read_conversation.person)
    expect(page.locator("#jump")).to_have_text("20 new messages ↓")

    assert abs(top_of(reading) - before) <= 1
    assert_still(page)


def test_the_button_and_an_own_message_lead_to_the_end(
    page, northwind, long_conversation
):
    open_live(page, long_conversation)
    page.evaluate("document.querySelector('.thread').scrollTop = 1e6")
    scroll_up(page, 400)
    northwind.write(long_conversation.person, "Look here")
    page.get_by_role("button", name="1 new message").click()
    after_button = distance_to_end(page)
    scroll_up(page, 400)

    send(page, "I am looking")

    assert after_button <= 1
    assert distance_to_end(page) <= 1
    expect(page.locator("#jump")).to_be_hidden()


def test_history_loads_above_without_moving_what_is_read(
    page, northwind, read_conversation
):
    open_live(page, read_conversation)
    fetched = []
    page.on("request", lambda r: fetched.append(r.url) if "/older/" in r.url else None)

    moved = []
    for _ in range(2):
        count = page.locator("li.msg").count()
        page.evaluate("document.querySelector('.thread').scrollTop = 60")
        reading = page.locator("li.msg").nth(3)
        handle = reading.element_handle()
        page.evaluate("document.querySelector('.thread').scrollTop = 0")
        before = handle.evaluate("el => el.getBoundingClientRect().top")
        page.wait_for_function(
            "n => document.querySelectorAll('li.msg').length > n", arg=count
        )
        moved.append(handle.evaluate("el => el.getBoundingClientRect().top") - before)

    assert [m for m in moved if abs(m) > 1] == []
    assert len(fetched) == 2
    assert [t for t in texts(page) if "Message" in t] == [
        f"Message {n}" for n in range(130)
    ]


FIRST_LOOK = """(function look() {
  const thread = document.querySelector(".thread");
  if (thread) window.firstLook = thread.scrollTop;
  else requestAnimationFrame(look);
})()"""


def test_the_first_picture_is_already_at_its_place(page, northwind, read_conversation):
    page.add_init_script(FIRST_LOOK)

    page.goto(read_conversation.path)

    expect(page.locator("#live-state")).to_have_text("Live")
    assert page.evaluate("window.firstLook") > 0
    assert_still(page)


def test_a_conversation_opens_at_what_is_new(page, northwind, long_conversation):
    look_up_to(northwind, long_conversation, "Message 120")

    page.goto(long_conversation.path)

    divider, thread = page.locator("#unread"), page.locator(".thread")
    expect(divider).to_contain_text("9 new since you last looked")
    offset = top_of(divider) - top_of(thread)
    height = thread.evaluate("el => el.clientHeight")
    # A third of the height, or as far down as the thread reaches.
    assert abs(offset - height / 3) <= 2 or distance_to_end(page) <= 1


def test_a_list_under_the_pointer_keeps_its_order(page, northwind):
    moving, resting = (northwind.conversation_of(p) for p in ("sol", "camille"))
    open_live(page, resting)
    page.locator(f"#row-{resting.id}").hover()
    order = "() => [...document.querySelectorAll('.conv')].map((r) => r.id)"
    before = page.evaluate(order)

    northwind.write("sol", "Me first now")
    expect(page.locator("#list-pill")).to_have_text(
        "1 conversation moved – update order"
    )
    during = page.evaluate(order)
    page.locator("#list-pill").click()
    after = page.evaluate(order)

    assert during == before
    assert after.index(f"row-{moving.id}") < after.index(f"row-{resting.id}")
    assert before.index(f"row-{moving.id}") > before.index(f"row-{resting.id}")
