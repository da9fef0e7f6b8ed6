"""Meta's limit of people per 24 hours: one ledger a portfolio, kept under its lock.

Only conversations the business begins count, and a person counts once in 24 hours.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings

from business_numbers.models import Portfolio, TierSlot
from converge import bulk, clock

LASTS = timedelta(hours=24)


def person_hash(value: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"tier:{value}".encode(), hashlib.sha256).hexdigest()


class Ledger:
    """What is used of one portfolio's limit; `lock` it to reserve."""

    def __init__(self, portfolio: Portfolio, *, lock: bool = False):
        if lock:
            portfolio = Portfolio.objects.select_for_update().get(id=portfolio.id)
        self.portfolio = portfolio
        self.now = clock.now()
        recent = TierSlot.objects.filter(
            portfolio=portfolio, at__gt=self.now - LASTS
        ).order_by("at")
        self.counted = dict(recent.values_list("person", "at"))
        self.reserved: list[str] = []

    @property
    def used(self) -> int:
        return len(self.counted)

    def free_at(self, person: str) -> datetime | None:
        """None when this person may be written to now."""
        limit = self.portfolio.limit
        if limit is None or person in self.counted or self.used < limit:
            return None
        oldest = sorted(self.counted.values())[self.used - limit]
        return oldest + LASTS

    def reserve(self, person: str) -> None:
        if person not in self.counted:
            self.counted[person] = self.now
            self.reserved.append(person)

    def save(self) -> None:
        rows = [
            {"portfolio_id": self.portfolio.id, "person": person, "at": self.now}
            for person in sorted(self.reserved)
        ]
        bulk.insert(
            TierSlot,
            rows,
            conflict="(portfolio_id, person) DO UPDATE SET at = excluded.at",
        )


def release(portfolio: Portfolio | int, person: str) -> None:
    """Meta refused at once: the person was not reached and does not count."""
    portfolio_id = getattr(portfolio, "id", portfolio)
    TierSlot.objects.filter(portfolio_id=portfolio_id, person=person).delete()
