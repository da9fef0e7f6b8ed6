"""What was sent to the product, how often, and what it answered."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from simulator.webhooks.updates import Update

KEPT = 20_000
STATES = {"delivered": "DELIVERED", "given up": "FAILED"}
BODY_KEPT_UP_TO = 4_000


@dataclass(slots=True)
class Delivery:
    """One body on its way to one URL, with every attempt."""

    n: int
    url: str
    body: bytes
    signature: str
    about: list[str]
    made_at: float
    copy: int = 0
    updates: list[Update] = field(default_factory=list)
    run: int = 1  # of the simulator, between resets
    state: str = "waiting"
    attempts: list[tuple[float, int | str]] = field(default_factory=list)

    def describe(self, with_body: bool = False) -> dict:
        described = {
            "n": self.n,
            "url": self.url,
            "state": self.state,
            "about": self.about,
            "copy": self.copy,
            "made_at": self.made_at,
            "bytes": len(self.body),
            "digest": hashlib.sha256(self.body).hexdigest(),
            "attempts": [{"at": at, "answer": answer} for at, answer in self.attempts],
        }
        if with_body:
            described["body"] = self.body[:BODY_KEPT_UP_TO].decode("utf-8", "replace")
        return described


class DeliveryLog:
    def __init__(self) -> None:
        self.deliveries: dict[int, Delivery] = {}
        self.states: Counter = Counter()
        self.answers: Counter = Counter()
        self.updates = 0

    def add(self, delivery: Delivery) -> None:
        self.deliveries[delivery.n] = delivery
        self.states["waiting"] += 1
        self.updates += len(delivery.updates)
        if len(self.deliveries) > KEPT:
            del self.deliveries[next(iter(self.deliveries))]

    def note_attempt(self, delivery: Delivery, at: float, answer: int | str) -> None:
        delivery.attempts.append((at, answer))
        self.answers[str(answer)] += 1

    def settle(self, delivery: Delivery, state: str) -> None:
        self.states[delivery.state] -= 1
        delivery.state = state
        self.states[state] += 1

    def count_waiting(self) -> int:
        return self.states["waiting"]

    def find(self, n: int) -> Delivery | None:
        return self.deliveries.get(n)

    def read_after(self, n: int, limit: int) -> list[Delivery]:
        later = (d for d in self.deliveries.values() if d.n > n)
        return [d for d, _ in zip(later, range(limit), strict=False)]

    def read_newest(self, limit: int) -> list[Delivery]:
        newest = reversed(self.deliveries.values())
        return [d for d, _ in zip(newest, range(limit), strict=False)]

    def find_states(self, message_id: str) -> dict[str, str]:
        """Status → what became of its webhook, for one message."""
        states = {}
        for delivery in self.deliveries.values():
            for about in delivery.about:
                subject, _, status = about.partition(" ")
                if subject == message_id:
                    states[status] = STATES.get(delivery.state, "PENDING")
        return states

    def summarise(self) -> dict:
        return {
            "deliveries": sum(self.states.values()),
            "updates": self.updates,
            "waiting": self.states["waiting"],
            "held": self.states["held"],
            "delivered": self.states["delivered"],
            "given_up": self.states["given up"],
            "answers": dict(self.answers),
        }
