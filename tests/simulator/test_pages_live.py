"""The pages in a real browser: what changes appears without reloading."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(20_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    yield page
    assert problems == []
    context.close()


def test_writing_and_being_answered_needs_no_reload(simulated, product, page):
    page.goto(f"{simulated.url}/phone/amelia/")

    page.get_by_label("Message", exact=True).fill("Hello there")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".row-mine")).to_contain_text("Hello there")
    simulated.send_text("Good morning")

    expect(page.locator(".row:not(.row-mine)")).to_contain_text("Good morning")
    expect(page.locator(".row:not(.row-mine) .told")).to_have_text("read")
    assert product.messages()[0]["text"]["body"] == "Hello there"


def test_a_list_row_is_chosen_by_tapping(simulated, product, page):
    simulated.write()
    rows = [{"id": "tue", "title": "Tuesday"}, {"id": "wed", "title": "Wednesday"}]
    simulated.send(
        type="interactive",
        interactive={
            "type": "list",
            "body": {"text": "When?"},
            "action": {"button": "Choose", "sections": [{"rows": rows}]},
        },
    )
    page.goto(f"{simulated.url}/phone/amelia/")

    page.get_by_text("Choose", exact=True).click()
    page.get_by_role("button", name="Wednesday").click()

    expect(page.locator(".row-mine").last).to_contain_text("Wednesday")
    simulated.wait_until_idle()
    reply = product.messages()[-1]["interactive"]
    assert reply["list_reply"] == {"id": "wed", "title": "Wednesday"}


def test_the_page_fits_a_small_phone(simulated, page):
    simulated.write("x" * 300)

    for path in ("/", "/phone/", "/phone/amelia/", "/control/"):
        page.goto(f"{simulated.url}{path}")
        overflow = "document.documentElement.scrollWidth - innerWidth"
        assert page.evaluate(overflow) <= 0, path
