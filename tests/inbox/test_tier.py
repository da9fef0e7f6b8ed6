"""Meta's limit of people per 24 hours: counted exactly, without loading everybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from business_numbers.models import TierSlot
from converge import clock
from inbox.tier import LASTS, Ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio(number):
    portfolio = number.account.portfolio
    portfolio.limit = 3
    portfolio.save()
    return portfolio


def slot(portfolio, person: str, ago: timedelta = timedelta(hours=1)) -> None:
    TierSlot.objects.create(portfolio=portfolio, person=person, at=clock.now() - ago)


def test_a_person_already_counted_may_always_be_written_to(portfolio):
    for person in ("a", "b", "c"):
        slot(portfolio, person)

    ledger = Ledger(portfolio, people=["a", "x"])

    assert ledger.free_at("a") is None
    assert ledger.free_at("x") is not None


def test_room_comes_when_the_oldest_is_a_day_old(portfolio):
    for hours, person in enumerate(("a", "b", "c"), 1):
        slot(portfolio, person, timedelta(hours=hours))
    oldest = TierSlot.objects.get(person="c").at

    assert Ledger(portfolio, people=["x"]).free_at("x") == oldest + LASTS


def test_who_was_counted_a_day_ago_counts_no_more(portfolio):
    for person in ("a", "b", "c"):
        slot(portfolio, person, LASTS + timedelta(seconds=1))

    assert Ledger(portfolio, people=["x"]).free_at("x") is None
    assert Ledger(portfolio).used == 0


def test_places_taken_in_one_batch_are_seen_by_the_next_of_it(portfolio):
    slot(portfolio, "a")
    ledger = Ledger(portfolio, people=["x", "y", "z"])
    for person in ("x", "y"):
        assert ledger.free_at(person) is None
        ledger.reserve(person)

    assert ledger.free_at("z") is not None
    ledger.save()
    assert Ledger(portfolio).used == 3


def test_it_looks_up_only_who_is_asked_about(portfolio):
    for n in range(50):
        slot(portfolio, f"p{n}")
    with CaptureQueriesContext(connection) as seen:
        ledger = Ledger(portfolio, people=["x", "y"])
        ledger.free_at("x")
        ledger.free_at("y")

    assert len(seen) <= 3
    assert ledger.counted == set()
