"""The facts about numbers for their verdicts: many numbers in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Q, When

from business_numbers import moments, refusals
from business_numbers.doctor import NO_ANSWER
from business_numbers.models import CheckRun, Number, Pace, TierSlot
from business_numbers.verdicts import Judgement, NumberFacts, judge
from converge import clock

TIER_LASTS = timedelta(hours=24)


@dataclass(frozen=True)
class Standing:
    """A number, what is known about it, and what that means."""

    number: Number
    facts: NumberFacts
    judgement: Judgement
    run: CheckRun | None

    @property
    def unanswered(self) -> str:
        """When the newest run learned nothing: how old is what is shown instead."""
        f, run = self.facts, self.run
        if run is None or run.is_telling:
            return ""
        is_silent = any(row.get("saw") == NO_ANSWER for row in run.results)
        when = moments.said(run.ended_at, f.now)
        words = (
            "Meta did not answer" if is_silent else "Not every step could be checked"
        )
        if f.checked_at is None:
            return f"{words} {when}."
        known = moments.said(f.checked_at, f.now)
        return f"{words} {when}. Showing what was known {known}."

    @property
    def limit_words(self) -> str:
        f = self.facts
        if not f.is_whatsapp or self.number.account.portfolio_id is None:
            return "–"
        if f.tier_limit is None:
            return f"{f.tier_used} today, no limit known"
        return f"{f.tier_used} of {f.tier_limit:,} today, shared"

    @property
    def quality_words(self) -> str:
        known = {"GREEN": "High", "YELLOW": "Medium", "RED": "Low"}
        return known.get(self.number.quality, "Not known yet")


def of_workspace(workspace) -> list[Standing]:
    """Every number in use; those that need somebody first."""
    numbers = (
        Number.objects.in_use()
        .filter(workspace=workspace)
        .select_related("account__portfolio")
        .order_by("label")
    )
    found = of_numbers(list(numbers))
    return sorted(found, key=lambda s: not s.judgement.needs_action)


def of_number(number: Number) -> Standing:
    return of_numbers([number])[0]


def of_numbers(numbers: list[Number]) -> list[Standing]:
    now = clock.now()
    ids = [n.id for n in numbers]
    runs = _newest_runs(ids)
    slow = dict(
        Pace.objects.filter(number__in=ids).values_list("number_id", "slow_until")
    )
    used = _used({n.account.portfolio_id for n in numbers}, now)
    refused = refusals.newest(numbers)
    return [
        _standing(n, runs.get(n.id, []), slow.get(n.id), used, refused.get(n.id), now)
        for n in numbers
    ]


def _newest_runs(numbers: list[int]) -> dict[int, list[CheckRun]]:
    """By number, newest first: the newest run, and the newest that learned something."""
    told = Q(is_complete=True) | Q(cause__isnull=False)
    rows = CheckRun.objects.exclude(ended_at=None).filter(number__in=numbers)
    rows = rows.annotate(has_told=Case(When(told, then=1), default=0))
    rows = rows.order_by("number_id", "has_told", "-at", "-id")
    found: dict[int, list[CheckRun]] = {}
    for run in rows.distinct("number_id", "has_told"):
        found.setdefault(run.number_id, []).append(run)
    for runs in found.values():
        runs.sort(key=lambda run: (run.at, run.id), reverse=True)
    return found


def _used(portfolios: set, now: datetime) -> dict[int, int]:
    rows = TierSlot.objects.filter(
        portfolio__in=portfolios - {None}, at__gt=now - TIER_LASTS
    )
    counted = rows.values("portfolio").annotate(people=Count("id"))
    return {row["portfolio"]: row["people"] for row in counted}


def _standing(
    number: Number, runs: list, slow_until, used: dict, refused, now: datetime
) -> Standing:
    account, portfolio = number.account, number.account.portfolio
    run = next((run for run in runs if run.is_telling), None)
    broken = run.results[run.cause - 1] if run and run.cause else {}
    facts = NumberFacts(
        now=now,
        label=number.label,
        is_whatsapp=number.is_whatsapp,
        authorisation=account.authorisation,
        cause=account.cause,
        authorisation_changed_at=account.authorisation_changed_at,
        expires_at=account.token_expires_at,
        status=number.status,
        status_reason=number.status_reason,
        status_changed_at=number.status_changed_at,
        meta_status=number.meta_status,
        is_banned=number.is_banned,
        restricted_until=number.restricted_until,
        slow_until=slow_until,
        refused_at=refused.at if refused else None,
        refused_words=refused.words if refused else "",
        refused_fix=refused.fix if refused else "",
        deregistered_at=number.deregistered_at,
        retired_at=number.retired_at,
        last_inbound_at=number.last_inbound_at,
        last_delivered_at=number.last_delivered_at,
        tier_used=used.get(account.portfolio_id, 0),
        tier_limit=portfolio.limit if portfolio else None,
        broken_step=run.cause if run else None,
        broken_words=broken.get("todo") or broken.get("saw", ""),
        broken_fix=broken.get("fix", ""),
        checked_at=run.ended_at if run else None,
    )
    return Standing(number, facts, judge(facts), runs[0] if runs else None)


@dataclass(frozen=True)
class Meter:
    """How many people a business reached in 24 hours, of how many it may."""

    name: str
    used: int
    limit: int | None


def meters(accounts) -> list[Meter]:
    """One a portfolio, however many accounts and numbers share it."""
    shared: dict[int, list] = {}
    for account in accounts:
        if account.portfolio_id:
            shared.setdefault(account.portfolio_id, []).append(account)
    used = _used(set(shared), clock.now())
    return [
        Meter(" and ".join(map(str, those)), used.get(pk, 0), those[0].portfolio.limit)
        for pk, those in shared.items()
    ]
