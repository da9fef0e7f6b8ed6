"""What an agent does and sees in an open conversation, in one word each."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.northwind import Conversation

AT_END = """() => { const s = document.querySelector(".thread");
  return Math.round(s.scrollHeight - s.scrollTop - s.clientHeight); }"""


def open_live(page: Page, conversation: Conversation, query: str = "") -> None:
    """Open it and wait until the stream stands."""
    page.goto(conversation.path + query)
    expect(page.locator("#live-state")).to_have_text("Live")


def box(page: Page) -> Locator:
    return page.locator("textarea")


def send(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def bubble(page: Page, text: str) -> Locator:
    return page.locator("li.msg", has=page.locator(".bubble__text", has_text=text))


def tick(page: Page, text: str) -> Locator:
    return bubble(page, text).locator(".tick")


def texts(page: Page) -> list[str]:
    return page.locator(".bubble__text").all_inner_texts()


def distance_to_end(page: Page) -> int:
    return page.evaluate(AT_END)


def scroll_up(page: Page, by: int) -> None:
    page.evaluate("by => document.querySelector('.thread').scrollBy(0, -by)", by)
    page.evaluate("new Promise(requestAnimationFrame)")


def top_of(locator: Locator) -> float:
    return locator.evaluate("el => el.getBoundingClientRect().top")


def assert_still(page: Page) -> None:
    """Nothing in the conversation moved by itself; if it did, say what and where to."""
    assert page.evaluate("window.shift") <= 0.005, page.evaluate("window.shifted")
