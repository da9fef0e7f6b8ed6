"""axe-core finds nothing on any page; what it cannot see is in the other files."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import pages
from tests.browser.looks import IS_FULL, SIZES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
LOOKED_AT = SIZES if IS_FULL else ["desk"]


def find_violations(page, run_only: dict = EVERYTHING) -> list[str]:
    found = Axe().run(page, options={"runOnly": run_only}).response["violations"]
    return [
        f"{v['id']}: {n['target']} {n['failureSummary']}"
        for v in found
        for n in v["nodes"]
    ]


@pytest.mark.parametrize("size", LOOKED_AT)
@pytest.mark.parametrize("name", pages.NAMES)
def test_axe_finds_nothing_on_a_page(name, size, screens, northwind):
    page = screens.of(pages.reader_of(name), SIZES[size], color_scheme="light")
    page.goto(pages.path_of(name, northwind))

    in_light = find_violations(page)
    page.emulate_media(color_scheme="dark")
    in_dark = find_violations(page, COLOURS)

    assert in_light == in_dark == []


def test_axe_finds_nothing_in_the_template_dialog(page, northwind):
    page.goto(northwind.conversation_of("ebba").path)

    page.get_by_role("button", name="Choose a template").click()
    page.get_by_role("dialog").wait_for()
    in_light = find_violations(page)
    page.emulate_media(color_scheme="dark")
    in_dark = find_violations(page, COLOURS)

    assert in_light == in_dark == []


def test_axe_finds_nothing_in_menus_and_the_list_of_shortcuts(page, northwind):
    page.goto(northwind.conversation_of("camille").path)

    page.get_by_role("button", name="Filters").click()
    in_filters = find_violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    in_shortcuts = find_violations(page)

    assert in_filters == in_shortcuts == []
