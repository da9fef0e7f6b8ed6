"""A broadcast as somebody builds it: its pages, its people, what Meta took of it."""

from playwright.sync_api import Page, expect

from tests.browser.northwind import Northwind
from tests.simulator.simulated import wait_until

HOME = "/w/northwind/broadcasts/"
NUMBER = "Support UK · +44 20 7946 0821"
HEAD = "phone,courier,parcel"
IN_A_MOMENT = 60  # seconds; the 15 of undoing are real ones


def begin(page: Page, name: str) -> str:
    """A draft whose message is said; its address."""
    page.goto(HOME)
    page.get_by_role("button", name="New broadcast").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Number").select_option(label=NUMBER)
    page.locator("label.choice", has_text="delivery_update").click()
    page.get_by_role("button", name="Choose the audience").click()
    _value(
        page, "Body: value 1", "Column of the file", "courier", fallback="our courier"
    )
    _value(page, "Body: value 2", "Fixed text", "today")
    _value(page, "Button: link ending", "Column of the file", "parcel")
    page.get_by_role("button", name="Choose the audience").click()
    expect(page.get_by_role("heading", name="Who should get it?")).to_be_visible()
    return page.url.removesuffix("audience/")


def _value(page: Page, of: str, source: str, value: str, fallback: str = "") -> None:
    box = page.get_by_role("group").filter(has_text=of).last
    box.get_by_label("Comes from").select_option(source)
    box.get_by_label("Text, field or column").fill(value)
    box.get_by_label("If empty").fill(fallback)


def upload(page: Page, rows: list[str], header: str = HEAD) -> None:
    """People of a file, read to its end; back at the audience."""
    page.get_by_text("Add people", exact=True).click()
    body = "\n".join([header, *rows]).encode()
    page.get_by_label("A file (CSV, up to 100,000 lines)").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": body}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Use this file").click()
    expect(page.locator("#reading")).not_to_contain_text("lines read")
    page.get_by_role("link", name="Back to the audience").click()


def send(page: Page, people: int) -> None:
    """From the audience to the press of the button."""
    page.get_by_role("link", name="Choose when").click()
    page.get_by_role("button", name="Check it").click()
    page.get_by_label("These people agreed to get this.").check()
    page.get_by_role("button", name=f"Send to {people} ").click()


class Sent:
    """What became of a broadcast, by its rows and by what Meta took."""

    def __init__(self, northwind: Northwind, url: str):
        self.running, self.simulator = northwind.running, northwind.simulator
        self.url = url
        self.id = self.running.one(
            "SELECT id FROM broadcasts_broadcast WHERE public_id::text = %s",
            url.rstrip("/").rsplit("/", 1)[-1],
        )

    def hurry(self) -> "Sent":
        """Over with the seconds of undoing."""
        for query in (
            "UPDATE broadcasts_broadcast SET starts_at = converge_now() WHERE id = %s",
            "UPDATE broadcasts_recipient SET due_at = converge_now()"
            " WHERE broadcast_id = %s AND state = 'waiting'",
        ):
            self.running.sql(query, self.id)
        return self

    def state(self) -> str:
        return self.running.one(
            "SELECT state FROM broadcasts_broadcast WHERE id = %s", self.id
        )

    def wait_for(self, state: str) -> None:
        wait_until(lambda: self.state() == state, IN_A_MOMENT)

    def wait_for_reports(self, count: int) -> None:
        """So many were delivered or failed."""
        self.running.wait_for(
            "SELECT count(*) >= %s FROM broadcasts_recipient r"
            " JOIN inbox_message m ON m.id = r.message_id"
            " WHERE r.broadcast_id = %s AND m.state IN ('delivered', 'read', 'failed')",
            count,
            self.id,
        )

    def taken(self) -> list[str]:
        """Whom Meta accepted it for, by the journal."""
        attempts = {
            str(attempt)
            for (attempt,) in self.running.sql(
                "SELECT a.id FROM inbox_attempt a JOIN broadcasts_recipient r"
                " ON r.message_id = a.message_id WHERE r.broadcast_id = %s",
                self.id,
            )
        }
        journal = self.simulator.journal()
        return sorted(e["to"] for e in journal if e["callback"] in attempts)
