"""Driving the simulator over HTTP, as the product and as the tester."""

import socket
import time
from pathlib import Path

import requests

HANG_GUARD = 60  # seconds; only against hanging for ever
# One connection, so that webhooks arrive in the order they were made.
QUICK = {
    "sent_after": 0,
    "delivered_after": 0,
    "retry_scale": 0.01,
    "webhook_connections": 1,
}


def wait_until(condition, guard: float = HANG_GUARD):
    end = time.monotonic() + guard
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Simulated:
    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.session = requests.Session()

    def is_listening(self) -> bool:
        try:
            return self.session.get(f"{self.url}/_/clock", timeout=5).ok
        except requests.ConnectionError:
            return False

    def reset(self) -> None:
        self.control("POST", "reset", {})
        self.control("POST", "settings", QUICK)
        self.world = self.control("GET", "world")
        self.number = self.world["numbers"][0]["id"]
        self.shop = self.world["numbers"][1]["id"]
        self.bakery = self.world["numbers"][2]["id"]
        self.waba = self.world["business_accounts"][0]["id"]
        self.instagram = self.world["instagram_accounts"][0]["id"]
        self.token, self.short_token, self.instagram_token = (
            token["value"] for token in self.world["tokens"][:3]
        )

    # the tester's side

    def control(self, method: str, path: str, body: dict | None = None, status=200):
        answer = self.session.request(
            method, f"{self.url}/_/{path}", json=body, timeout=HANG_GUARD
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def write(self, text: str = "Hello", *, person: str = "amelia", **fields) -> str:
        """A customer's message; returns its wamid."""
        wanted = {"number": self.number, "from": person, "type": "text", "text": text}
        return self.control("POST", "inbound", {**wanted, **fields})["id"]

    def advance(self, **units: float) -> dict:
        seconds = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
        total = sum(value * seconds[unit] for unit, value in units.items())
        return self.control("POST", "clock", {"advance": total})

    def fault(self, **faults) -> None:
        self.control("POST", "faults", faults)

    def journal(self) -> list[dict]:
        return self.control("GET", "journal")["entries"]

    def wait_until_idle(self) -> dict:
        def settled():
            summary = self.control("GET", "webhooks/summary")
            return None if summary["waiting"] else summary

        return wait_until(settled)

    # the product's side

    def graph(
        self, method: str, path: str, *, token: str | None = "", **options
    ) -> requests.Response:
        headers = options.pop("headers", {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.token}"
        options.setdefault("timeout", HANG_GUARD)
        return self.session.request(
            method, f"{self.url}/v23.0/{path}", headers=headers, **options
        )

    def get(self, path: str, **query):
        return self.graph("GET", path, params=query)

    def post(self, path: str, body: dict | None = None, **options):
        return self.graph("POST", path, json=body or {}, **options)

    def send(self, to: str = "+447700900112", **message) -> requests.Response:
        body = {"messaging_product": "whatsapp", "to": to, **message}
        if to is None:
            del body["to"]
        return self.post(f"{self.number}/messages", body)

    def send_text(self, text: str = "Hi", to: str = "+447700900112", **more):
        return self.send(to, type="text", text={"body": text}, **more)

    def send_template(
        self, name="hello_world", language="en_US", to="+447700900112", **t
    ):
        callback = t.pop("callback", None)
        more = {"biz_opaque_callback_data": callback} if callback else {}
        content = {"name": name, "language": {"code": language}, **t}
        return self.send(to, type="template", template=content, **more)

    def send_on_instagram(self, igsid: str, **fields) -> requests.Response:
        body = {"recipient": {"id": igsid}, **fields}
        return self.post(f"{self.instagram}/messages", body, token=self.instagram_token)


def wamid(answer: requests.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.json()["messages"][0]["id"]


def refusal(answer: requests.Response) -> tuple[int, int]:
    """(HTTP status, code) of a Graph error in Meta's envelope."""
    error = answer.json()["error"]
    assert {"message", "type", "code", "fbtrace_id"} <= set(error)
    return answer.status_code, error["code"]
