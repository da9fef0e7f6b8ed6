"""Chromium, and signed-in screens of the people of the demo."""

import os
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.northwind import INBOX, PASSWORD, Northwind
from tests.browser.watching import Watch

DESK = {"width": 1440, "height": 900}
LAPTOP = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
HANG_GUARD = 30_000  # milliseconds; only against hanging for ever
expect.set_options(timeout=HANG_GUARD)


@contextmanager
def open_chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            # A microphone that hums, for voice messages.
            args=["--no-sandbox", "--use-fake-device-for-media-stream"],
        )
        yield browser
        browser.close()


class Screens:
    """Opens contexts for people and holds every one to the common promises."""

    def __init__(self, browser: Browser, northwind: Northwind, states: dict):
        self.browser = browser
        self.northwind = northwind
        self.states = states
        self.opened: list[tuple] = []

    def of(self, person: str | None = "ana", viewport: dict = DESK, **options) -> Page:
        """A page of somebody signed in, or of nobody yet."""
        if person:
            options["storage_state"] = self._state(person)
        return self._open(viewport, options)

    def watch(self, page: Page) -> Watch:
        return next(w for c, w in self.opened if c is page.context)

    def excuse(self, page: Page, *parts: str) -> None:
        self.watch(page).excuse(*parts)

    def close(self, page: Page) -> None:
        """Close one of them early; it is held to its promises now."""
        entry = next(e for e in self.opened if e[0] is page.context)
        self.opened.remove(entry)
        context, watch = entry
        watch.check(context)
        context.close()

    def check(self) -> None:
        try:
            for context, watch in self.opened:
                watch.check(context)
        finally:
            for context, _ in self.opened:
                context.close()
            self.opened.clear()

    def _open(self, viewport: dict, options: dict) -> Page:
        is_phone = viewport["width"] < 720
        context = self.browser.new_context(
            base_url=self.northwind.url,
            viewport=viewport,
            has_touch=is_phone,
            is_mobile=is_phone,
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        context.set_default_timeout(HANG_GUARD)
        self.opened.append((context, Watch(context, self.northwind.url)))
        return context.new_page()

    def _state(self, person: str) -> dict:
        if person not in self.states:
            page = self._open(DESK, {})
            sign_in(page, person)
            self.states[person] = page.context.storage_state()
            context, _ = self.opened.pop()
            context.close()
        return self.states[person]


def sign_in(page: Page, person: str = "ana") -> None:
    page.goto(f"/accounts/login/?next={INBOX}")
    page.get_by_label("E-mail").fill(f"{person}@northwind.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{INBOX}**")
