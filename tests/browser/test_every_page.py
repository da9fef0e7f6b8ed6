"""Promises of every page: it fits, it names itself, what is touched is large enough."""

import pytest

from tests.browser import pages
from tests.browser.looks import SIZES, USUAL_LOOKS
from tests.browser.screens import DESK, PHONE

WIDTHS = (1440, 1280, 390, 320)
# Pages that show the same thing in another way.
SAME_TITLE = {"nothing found", "note", "contact"}
OVERFLOW = (
    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
)
# Interactive things that are seen, smaller than asked for, and not words in a sentence.
SMALL = """(least) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest(".vh, p, td, th"))
  .map((el) => [el, el.getBoundingClientRect()])
  .filter(([el, box]) => {
    const label = el.closest("label")?.getBoundingClientRect();
    const height = Math.max(box.height, label?.height || 0), width = Math.max(box.width, label?.width || 0);
    return box.width > 1 && box.bottom > 0 && (height < least - .5 || width < least - .5);
  })
  .map(([el, box]) => `${el.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


def visit(screens, northwind, size: str = "desk", **options):
    """Every page one after the other, as Ana or as nobody: (name, page, answer)."""
    ana = screens.of("ana", SIZES[size], **options)
    nobody = screens.of(None, SIZES[size], **options)
    for name in pages.NAMES:
        page = ana if pages.reader_of(name) else nobody
        yield name, page, page.goto(pages.path_of(name, northwind))


def test_no_page_scrolls_sideways(screens, northwind):
    wide = {}
    for name, page, _ in visit(screens, northwind):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide[name, width] = page.evaluate(OVERFLOW)

    assert {where: more for where, more in wide.items() if more} == {}


@pytest.mark.parametrize(("size", "theme"), USUAL_LOOKS)
def test_every_page_opens_and_names_itself(size, theme, screens, northwind):
    """The common promises are checked when the screens close: console, policy, origin."""
    titles, headings, answers = {}, {}, {}
    for name, page, answer in visit(screens, northwind, size, color_scheme=theme):
        answers[name] = answer.status
        headings[name] = page.locator("h1").count()
        titles[name] = page.title()
        assert page.locator("html[lang][dir]").count() == 1, name

    distinct = [titles[name] for name in titles if name not in SAME_TITLE]
    assert set(answers.values()) == {200}
    assert {name: n for name, n in headings.items() if n != 1} == {}
    assert len(set(distinct)) == len(distinct)


@pytest.mark.parametrize("name", ["inbox", "conversation", "closed window", "profile"])
def test_what_is_clicked_is_large_enough(name, screens, northwind):
    page = screens.of("ana", DESK)
    page.goto(pages.path_of(name, northwind))

    assert page.evaluate(SMALL, 24) == []


def test_what_is_touched_on_a_phone_has_room_for_a_finger(screens, northwind):
    page = screens.of("ana", PHONE)
    page.goto(northwind.conversation_of("camille").path)

    boxes = [
        page.get_by_role("button", name="Send", exact=True).bounding_box(),
        page.get_by_role("link", name="Back to the list").bounding_box(),
        page.get_by_role("button", name="More", exact=True).bounding_box(),
        page.get_by_role("switch", name="Human takeover").bounding_box(),
    ]

    assert [b for b in boxes if b["width"] < 44 or b["height"] < 44] == []


def test_a_phone_can_search_and_filter_its_list(screens, northwind):
    page = screens.of("ana", PHONE)
    page.goto(pages.FIXED["inbox"])

    page.get_by_role("button", name="Search").click()
    page.get_by_role("searchbox").fill("Camille")
    page.keyboard.press("Enter")

    page.locator(".conv__link", has_text="Camille Perrin").wait_for()
    assert page.locator(".conv").count() == 1


def test_nothing_moves_for_who_wants_less_motion(screens, northwind, conversation):
    page = screens.of("ana", reduced_motion="reduce")
    page.goto(conversation.path)

    northwind.write(conversation.person, "A new one")
    page.get_by_text("A new one").last.wait_for()

    assert page.evaluate("document.getAnimations().length") == 0
