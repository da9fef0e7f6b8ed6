"""Voice messages: recorded in the browser, paused, discarded, sent, and never lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import box, open_live
from tests.browser.test_accessibility import find_violations
from tests.browser.test_files import accepted


@pytest.fixture
def microphone(page):
    page.context.grant_permissions(["microphone"])


def record(page):
    page.get_by_role("button", name="Record a voice message").click()
    recorder = page.get_by_role("group", name="Voice message")
    expect(recorder).to_contain_text("Recording")
    return recorder


def heard_something(recorder) -> None:
    """Its own clock says that a second went by."""
    expect(recorder.locator("[data-time]")).not_to_have_text("0:00")


def test_it_is_recorded_paused_and_sent_as_a_voice_note(
    page, northwind, conversation, microphone
):
    open_live(page, conversation)
    box(page).fill("Something half written")

    recorder = record(page)
    heard_something(recorder)
    recorder.get_by_role("button", name="Pause").click()
    expect(recorder).to_contain_text("Paused")
    recorder.get_by_role("button", name="Go on recording").click()
    recorder.get_by_role("button", name="Send").click()

    expect(recorder).to_have_count(0)
    expect(page.locator("li.msg--out .tick[data-state=delivered]")).to_have_count(1)
    expect(page.locator("li.msg--out audio")).to_be_visible()
    length = page.locator("li.msg--out audio").evaluate(
        """(el) => new Promise((done) => {
          el.onloadedmetadata = () => done(el.duration); el.onerror = () => done(-1); el.load(); el.preload = "metadata"; })"""
    )
    assert 0.5 < length < 30
    (sent,) = accepted(northwind, conversation)
    assert (sent["type"], sent["content"]["voice"]) == ("audio", True)
    expect(box(page)).to_have_value("Something half written")


def test_one_that_is_discarded_goes_nowhere(page, northwind, conversation, microphone):
    open_live(page, conversation)

    recorder = record(page)
    recorder.get_by_role("button", name="Discard the recording").click()

    expect(recorder).to_have_count(0)
    expect(box(page)).to_be_focused()
    assert northwind.messages(conversation) == []


def test_going_elsewhere_pauses_it_and_coming_back_finds_it(
    page, northwind, conversation, microphone
):
    other = northwind.begin("Somebody else")
    open_live(page, conversation)
    recorder = record(page)
    heard_something(recorder)

    page.locator(f"#row-{other.id} .conv__link").click()
    expect(recorder).to_have_count(0)
    page.locator(f"#row-{conversation.id} .conv__link").click()

    expect(recorder).to_contain_text("Paused")
    recorder.get_by_role("button", name="Send").click()
    expect(page.locator("li.msg--out .tick[data-state=delivered]")).to_have_count(1)


def test_without_leave_it_is_said_what_is_missing(page, conversation):
    open_live(page, conversation)

    page.get_by_role("button", name="Record a voice message").click()

    expect(page.locator("#notices")).to_contain_text("The microphone is not allowed.")


def test_axe_finds_nothing_in_the_recorder(page, conversation, microphone):
    open_live(page, conversation)

    recorder = record(page)
    recorder.get_by_role("button", name="Pause").click()

    assert find_violations(page) == []
    recorder.get_by_role("button", name="Discard the recording").click()
