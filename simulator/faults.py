"""Faults as settings: what shall go wrong, how often, from one seed."""

import random
from dataclasses import asdict, dataclass, fields


@dataclass(slots=True)
class Rule:
    """When a fault strikes, and how hard; unused figures stay at their default."""

    probability: float = 0.0
    next: int = 0  # strike this many times, then stop
    code: int = 131000  # error
    min: float = 0.0  # latency, delay: seconds
    max: float = 0.0
    most: int = 5  # duplicates
    within: float = 1.0  # shuffle, batch: seconds
    size: int = 100  # batch: updates per POST
    bytes: int = 1_500_000  # padding

    @property
    def is_active(self) -> bool:
        return self.probability > 0 or self.next > 0


# In the order they are drawn; each with the words of the control page.
BEFORE_ACCEPTING = {
    "http_500": "Answer 500 without a body",
    "http_502": "Answer 502 with a page of HTML",
    "http_503": "Answer 503 with code 2",
    "http_429": "Answer 429 without a code",
    "error": "Answer a Graph error (code)",
    "stall_before": "Never answer, accept nothing",
    "reset_before": "Reset the connection, accept nothing",
}
AFTER_ACCEPTING = {
    "stall_after": "Accept, then never answer",
    "reset_after": "Accept, then reset the connection",
    "half_body_after": "Accept, then send half an answer",
    "http_500_after": "Accept, then answer 500",
    "close_kept_alive": "Accept and answer, then close the kept-alive socket",
}
ON_WEBHOOKS = {
    "webhook_duplicate": "Deliver each webhook several times at once",
    "webhook_shuffle": "Deliver in shuffled order",
    "webhook_delay": "Deliver late",
    "webhook_hold": "Hold every webhook until flushed",
    "webhook_drop_statuses": "Lose status webhooks",
    "webhook_batch": "Batch many updates into one POST",
    "webhook_pad": "Make bodies larger than 1 MB",
    "webhook_wrong_signature": "Sign wrongly",
    "status_before_answer": "Send the status before the send is answered",
    "latency": "Answer slowly",
}
NAMES = {**BEFORE_ACCEPTING, **AFTER_ACCEPTING, **ON_WEBHOOKS}


class BadFault(ValueError):
    """No such fault, or a figure it does not take."""


class Faults:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.seed = seed
        self.scope = "messages"  # or "all": every Graph call
        self.rules: dict[str, Rule] = {}

    def change(self, changes: dict) -> None:
        rules = {
            name: _read_rule(name, value)
            for name, value in changes.items()
            if name not in ("seed", "scope")
        }
        if changes.get("scope", self.scope) not in ("messages", "all"):
            raise BadFault("scope is messages or all")
        self.scope = changes.get("scope", self.scope)
        if "seed" in changes:
            self.seed = int(changes["seed"])
            self.random.seed(self.seed)
        self.rules.update(rules)
        self.rules = {name: rule for name, rule in self.rules.items() if rule.is_active}

    def clear(self) -> None:
        self.rules.clear()
        self.scope = "messages"

    def describe(self) -> dict:
        rules = {name: asdict(rule) for name, rule in self.rules.items()}
        return {"seed": self.seed, "scope": self.scope, "active": rules}

    def strike(self, name: str) -> Rule | None:
        """The rule, if this fault strikes now."""
        rule = self.rules.get(name)
        if rule is None:
            return None
        if rule.next > 0:
            rule.next -= 1
            if not rule.is_active:
                del self.rules[name]
            return rule
        return rule if self.random.random() < rule.probability else None

    def strike_one_of(self, names: dict[str, str]) -> tuple[str, Rule] | None:
        if not self.rules:
            return None
        for name in names:
            rule = self.strike(name)
            if rule:
                return name, rule
        return None

    def draw_between(self, rule: Rule) -> float:
        return self.random.uniform(rule.min, max(rule.min, rule.max))


def _read_rule(name: str, value: object) -> Rule:
    if name not in NAMES:
        raise BadFault(f"there is no fault {name!r}")
    if isinstance(value, bool) or value is None:
        return Rule(probability=1.0 if value else 0.0)
    if isinstance(value, int | float):
        return Rule(probability=float(value))
    if not isinstance(value, dict):
        raise BadFault(f"{name} takes a probability or an object")
    known = {f.name for f in fields(Rule)}
    if unknown := set(value) - known:
        raise BadFault(f"{name} does not take {', '.join(sorted(unknown))}")
    if any(not isinstance(figure, int | float) for figure in value.values()):
        raise BadFault(f"{name} takes figures")
    return Rule(**value)
