"""What would happen if it were sent now: how many get it, who not and why, how long it
takes and what it costs. Counted over the very query that plans it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from broadcasts import files, kinds, zones
from broadcasts.kinds import Kind, Verdict
from broadcasts.models import Broadcast, FileRow, Price, Recipient
from business_numbers.models import TierSlot
from converge import bulk, clock
from inbox import tier
from inbox.pacing import SHARE
from inbox.reasons import Reason

OVERLAP_DAYS = 7
VALUES = Reason.TEMPLATE_VALUES.name


@dataclass
class Forecast:
    """`skipped` counts people by reason; `missing` by the variable that lacks a value."""

    match: int = 0
    will_go: int = 0
    skipped: Counter = field(default_factory=Counter)
    missing: Counter = field(default_factory=Counter)
    countries: Counter = field(default_factory=Counter)
    verdicts: dict[Kind, Verdict] = field(default_factory=dict)
    starting: int = 0  # of those who go: outside an open window, so they count
    problem: str = ""
    at: datetime | None = None

    def as_stored(self) -> dict:
        return {
            "at": self.at.isoformat(),
            "match": self.match,
            "will_go": self.will_go,
            "skipped": dict(self.skipped),
        }


@dataclass(frozen=True)
class Tier:
    """Meta's limit of people per 24 hours, and how this broadcast fits into it."""

    limit: int | None
    used: int
    days: tuple[int, ...]  # how many people on each day

    @property
    def room(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


@dataclass(frozen=True)
class Cost:
    """Between what is sure to be charged and what is charged if all arrive."""

    low: Decimal
    high: Decimal
    currency: str
    unknown: int  # people in countries without a price


def count(broadcast: Broadcast) -> Forecast:
    files.recognise(broadcast)
    found = kinds.count(broadcast)
    verdicts = kinds.verdicts(broadcast, {kind for kind, _, _ in found})
    forecast = Forecast(verdicts=verdicts, at=clock.now())
    for kind, country, people in found:
        verdict = verdicts[kind]
        forecast.match += people
        if verdict.state == Recipient.WAITING:
            forecast.will_go += people
            forecast.countries[country] += people
            forecast.starting += people * (not kind.bits & kinds.OPEN)
            continue
        forecast.skipped[verdict.reason] += people
        if verdict.reason == VALUES:
            forecast.missing[verdict.detail] += people
        if verdict.stops:
            forecast.problem = Reason[verdict.reason].sentence.format(
                detail=verdict.detail, name="", until=""
            )
    if broadcast.only_first and forecast.will_go > broadcast.only_first:
        late = forecast.will_go - broadcast.only_first
        forecast.skipped["ONLY_FIRST"] += late
        forecast.will_go = broadcast.only_first
    if not forecast.problem and not forecast.will_go:
        forecast.problem = "Nobody is left to send it to."
    return forecast


def tier_of(broadcast: Broadcast, people: int) -> Tier:
    portfolio = broadcast.number.account.portfolio
    if portfolio is None or portfolio.limit is None:
        return Tier(None, 0, (people,))
    used = TierSlot.objects.filter(
        portfolio=portfolio, at__gt=clock.now() - tier.LASTS
    ).count()
    return Tier(portfolio.limit, used, spread(people, portfolio.limit, used))


def spread(people: int, limit: int, used: int) -> tuple[int, ...]:
    """People a day: what is left of the first, then whole days. Pure."""
    if limit <= 0:
        return ()
    first = min(people, max(0, limit - used))
    whole, rest = divmod(people - first, limit)
    return (first, *[limit] * whole, *([rest] if rest else []))


def takes(people: int, per_second: int) -> timedelta:
    """How long that many sends take at a number's pace."""
    return timedelta(seconds=people / (per_second * SHARE))


def cost(broadcast: Broadcast, countries: Counter) -> Cost | None:
    """From 85 % of them delivered to all; None without any price."""
    prices = {
        p.country: p
        for p in Price.objects.filter(
            workspace=broadcast.workspace, category=broadcast.template.category
        )
    }
    if not prices:
        return None
    high, unknown = Decimal(0), 0
    for country, people in countries.items():
        price = prices.get(country) or prices.get("")
        if price is None:
            unknown += people
        else:
            high += price.amount * people
    currency = next(iter(prices.values())).currency
    return Cost(high * Decimal("0.85"), high, currency, unknown)


def at_night(broadcast: Broadcast, countries: Counter, starts_at: datetime) -> int:
    """How many would get it between nine in the evening and eight in the morning."""
    if broadcast.timing == Broadcast.LOCAL:
        return 0
    return sum(
        people
        for country, people in countries.items()
        if zones.is_night(starts_at, country)
    )


def twice(broadcast: Broadcast) -> int:
    """Lines of the files that name somebody an earlier line names."""
    return FileRow.objects.filter(
        file__in=[r["id"] for r in broadcast.include if r["kind"] == "file"],
        verdict=FileRow.TWICE,
    ).count()


def overlaps(broadcast: Broadcast) -> list[tuple[str, int]]:
    """(other broadcast, people of this audience) of this week."""
    sql, params = kinds.query(broadcast)
    since = clock.now() - timedelta(days=OVERLAP_DAYS)
    return bulk.fetch(
        OVERLAPS.format(people=sql),
        [*params, broadcast.workspace_id, broadcast.id, since],
    )


OVERLAPS = """
SELECT b.name, count(*) AS people
FROM ({people}) AS p
JOIN broadcasts_recipient r ON r.contact_id = p.contact_id
JOIN broadcasts_broadcast b ON b.id = r.broadcast_id
WHERE b.workspace_id = %s AND b.id <> %s AND b.state <> 'cancelled'
  AND r.state NOT IN ('skipped', 'stopped')
  AND (r.given_at IS NULL OR r.given_at > %s)
GROUP BY b.id, b.name ORDER BY people DESC LIMIT 3
"""
