"""Meta's limit of people per 24 hours: one ledger a portfolio, kept under its lock.

Only conversations the business begins count, and a person counts once in 24 hours.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings

from business_numbers.models import Portfolio, TierSlot
from converge import bulk, clock

LASTS = timedelta(hours=24)


def person_hash(value: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"tier:{value}".encode(), hashlib.sha256).hexdigest()


class Ledger:
    """What is used of one portfolio's limit; `lock` it to reserve.

    Only the people asked about are looked up, because a limit may be a hundred thousand.
    """

    def __init__(
        self, portfolio: Portfolio, *, lock: bool = False, people: Iterable[str] = ()
    ):
        if lock:
            portfolio = Portfolio.objects.select_for_update().get(id=portfolio.id)
        self.portfolio = portfolio
        self.now = clock.now()
        self._recent = TierSlot.objects.filter(
            portfolio=portfolio, at__gt=self.now - LASTS
        )
        people = list(people)
        asked = self._recent.filter(person__in=people) if people else ()
        self.counted = {slot.person for slot in asked}
        self.reserved: list[str] = []

    @cached_property
    def _before(self) -> int:
        return self._recent.count()

    @property
    def used(self) -> int:
        return self._before + len(self.reserved)

    def free_at(self, person: str) -> datetime | None:
        """None when this person may be written to now."""
        limit = self.portfolio.limit
        if limit is None or person in self.counted or self.used < limit:
            return None
        place = self.used - limit
        if place >= self._before:
            return self.now + LASTS
        return self._oldest(place) + LASTS

    def _oldest(self, place: int) -> datetime:
        if place not in self._moments:
            at = self._recent.order_by("at").values_list("at", flat=True)[place]
            self._moments[place] = at
        return self._moments[place]

    @cached_property
    def _moments(self) -> dict[int, datetime]:
        return {}

    def reserve(self, person: str) -> None:
        if person not in self.counted:
            self.counted.add(person)
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
