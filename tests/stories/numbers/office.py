"""Ana's numbers in the browser, Meta's side in the simulator, and the rows between them."""

from playwright.sync_api import Page, expect

from tests.browser.northwind import Northwind

HOME = "/w/northwind/numbers/"


class Office:
    def __init__(self, page: Page, northwind: Northwind):
        self.page = page
        self.northwind = northwind
        self.running = northwind.running
        self.meta = northwind.simulator
        self.support = self.id_of(self.meta.number)

    # --- rows ---------------------------------------------------------------------------

    def id_of(self, meta_id: str) -> int:
        return self.running.one(
            "SELECT id FROM numbers_number WHERE meta_id = %s", meta_id
        )

    def number(self, column: str, number: int | None = None):
        return self.running.one(
            f"SELECT {column} FROM numbers_number WHERE id = %s", number or self.support
        )

    def account(self, column: str):
        return self.running.one(
            f"SELECT {column} FROM numbers_businessaccount WHERE meta_id = %s",
            self.meta.waba,
        )

    # --- pages --------------------------------------------------------------------------

    def open(self, rest: str = "", number: int | None = None) -> Page:
        self.page.goto(f"{HOME}{number or self.support}/{rest}")
        return self.page

    def diagnose(self) -> None:
        self.open()
        before = self.running.one("SELECT count(*) FROM numbers_checkrun")
        self.page.get_by_role("button", name="Run the diagnosis").first.click()
        self.running.wait_for(
            "SELECT count(*) > %s FROM numbers_checkrun WHERE ended_at IS NOT NULL",
            before,
        )
        expect(self.page.locator(".diag__step")).to_have_count(6)

    @property
    def broken(self):
        """The step that is named as the cause."""
        return self.page.locator('.diag__step[data-state="fail"]')

    def expect_broken(self, step: int) -> None:
        expect(self.broken.locator(".diag__number")).to_have_text(str(step))

    def expect_verdicts(self, receive: str, send: str) -> None:
        said = self.page.get_by_label("Verdict").locator(".status")
        expect(said).to_have_text([receive, send])

    def consent(self, *, persona: str = "admin", only: str = "") -> None:
        """At Meta's dialog: who, what is shared, and Allow."""
        self.page.locator(f'input[name="persona"][value="{persona}"]').check()
        if only:
            for box in self.page.locator('input[name^="asset-"]').all():
                box.set_checked(box.get_attribute("name") == f"asset-{only}")
        self.page.get_by_role("button", name="Allow").click()

    def verify(self, meta_id: str, *, between: str = "") -> None:
        """From "Ask for a code" to the code that came by SMS."""
        self.page.get_by_role("button", name="Send the code").click()
        expect(self.page.get_by_role("heading", name="Enter the code")).to_be_visible()
        code = self.meta.control("GET", f"numbers/{meta_id}")["sms_code"]
        self.page.get_by_label("Code", exact=True).fill(code[:3] + between + code[3:])
        self.page.get_by_role("button", name="Check the code").click()

    def register(self, pin: str) -> None:
        """A new PIN, and the promise that it is kept."""
        self.page.get_by_label("6-digit PIN").fill(pin)
        self.page.get_by_label("The same PIN again").fill(pin)
        self.page.get_by_label("I have saved the PIN").check()
        self.page.get_by_role("button", name="Register the number").click()
        expect(self.page.get_by_role("heading", name="Registered")).to_be_visible()
        self.page.get_by_label("I have saved the PIN").check()
        self.page.get_by_role("button", name="Finish").click()

    # --- Meta ---------------------------------------------------------------------------

    def _app(self, method: str, **options) -> dict:
        app = self.meta.world["app"]["id"]
        answer = self.meta.graph(
            method, f"{app}/subscriptions", token=f"{app}|simulated-secret", **options
        )
        assert answer.ok, answer.text
        return answer.json()

    def app(self) -> dict:
        """What the Meta app is subscribed to for WhatsApp."""
        return next(
            s
            for s in self._app("GET")["data"]
            if s["object"] == "whatsapp_business_account"
        )

    def set_app(self, **fields) -> None:
        """Somebody changes that in the App Dashboard."""
        self._app("POST", json={"object": "whatsapp_business_account", **fields})

    def calls(self, ending: str) -> int:
        """How often the product called a path that ends so."""
        found = self.meta.control("GET", "calls?limit=2000")
        return sum(c["path"].endswith(ending) for c in found["calls"])

    def receives(self, text: str) -> None:
        self.northwind.write("amelia", text)
