"""Why a template cannot be used is what the send decision says."""

from datetime import timedelta

import pytest
from django.urls import reverse

from business_numbers.models import TierSlot
from converge import clock
from inbox.usable import usable
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("template", "number_is", "words"),
    [
        ({}, {}, ""),
        ({"status": "PENDING"}, {}, "not approved"),
        ({"status": "REJECTED"}, {}, "not approved"),
        ({"status": "PAUSED"}, {}, "paused"),
        ({}, {"status": "draft"}, "not set up yet"),
        ({}, {"deregistered_at": "now"}, "deregistered"),
        ({}, {"is_banned": True}, "disabled this account"),
        ({}, {"restricted_until": "later"}, ""),
    ],
)
def test_the_reason_is_said(number, template, number_is, words):
    moments = {"now": clock.now(), "later": clock.now() - timedelta(days=1)}
    for name, value in number_is.items():
        setattr(number, name, moments.get(value, value))
    found = usable(factories.create_template(number.account, **template), number)

    assert found.may == (not words)
    assert words in found.sentence


def test_the_limit_of_the_portfolio_counts(number):
    portfolio = number.account.portfolio
    portfolio.limit = 1
    portfolio.save()
    TierSlot.objects.create(portfolio=portfolio, person="x", at=clock.now())

    assert not usable(factories.create_template(number.account), number).may


def test_the_page_shows_preview_and_answer(client, workspace, bob, number):
    template = factories.create_template(number.account, status="REJECTED")
    client.force_login(bob)

    page = client.get(reverse("template", args=[workspace.slug, template.id]))

    assert "your order" in page.content.decode()
    assert "Meta has not approved this template" in page.content.decode()


def test_the_list_asks_a_fixed_number_of_questions(
    client, workspace, bob, number, django_assert_max_num_queries
):
    client.force_login(bob)
    for n in range(20):
        factories.create_template(number.account, name=f"number_{n}")
        factories.create_number(workspace, label=f"Line {n}")
    for name in ("numbers:templates", "numbers:list"):
        path = reverse(name, args=[workspace.slug])
        client.get(path)
        with django_assert_max_num_queries(12):
            client.get(path)
