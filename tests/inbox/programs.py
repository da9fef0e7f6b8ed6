"""A program that calls Converge with a key."""

import json

from accounts import api_keys


class Program:
    def __init__(self, client, workspace, **by):
        by = by.get("by") or workspace.memberships.first().user
        self.key, self.token = api_keys.issue(workspace, "Web shop", by=by)
        self.client = client

    def headers(self) -> dict:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **query):
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers())

    def post(self, path: str, body):
        body = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers=self.headers(),
        )

    def send(self, number, **changes):
        return self.post("messages", request(number, **changes))


def request(number, **changes) -> dict:
    """A send that works for the template factories make; None takes a part away."""
    body = {
        "idempotency_key": "order-4711",
        "number": number.meta_id,
        "to": "+44 7700 900112",
        "template": {
            "name": "order_ready",
            "language": "en",
            "values": {"body": {"1": "Amelia", "2": "4711"}},
        },
    } | changes
    return {name: part for name, part in body.items() if part is not None}


def error(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
