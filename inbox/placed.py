"""A fact of a webhook with its place: what the rows of a batch are made from."""

from dataclasses import dataclass
from datetime import datetime

from business_numbers.models import Number
from business_numbers.webhook_facts import Changed, Inbound, Reacted


@dataclass(frozen=True)
class Placed:
    """A fact with its number, its place in the order of arrival, and its owner."""

    fact: Inbound | Reacted | Changed
    number: Number
    seq: int
    contact: int
    received_at: datetime

    @property
    def is_now(self) -> bool:
        return not getattr(self.fact, "is_past", False)
