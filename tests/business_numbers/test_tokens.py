"""Tokens at the simulator: renewed in time, asked for in time, and told apart when dead."""

from datetime import timedelta

import pytest
from django.core import mail

from business_numbers import tokens, warnings
from business_numbers.models import BusinessAccount, NumberEvent
from business_numbers.onboarding import (
    CannotConnect,
    Pasted,
    accept_again,
    connect_whatsapp,
)
from converge import clock
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(workspace, alice, simulator, settings):
    settings.META_APP_ID = "simulated-app"
    pasted = Pasted(simulator.token, simulator.waba, simulator.number)
    return connect_whatsapp(workspace, pasted).account


def ending(account, token: str, kind: str, **left) -> BusinessAccount:
    """The account holds this token, and it ends so soon."""
    ends = clock.now() + timedelta(**left)
    account.keep_token(token, expires_at=ends, kind=kind)
    account.save()
    return account


def kinds(account) -> list[str]:
    return list(
        NumberEvent.objects.filter(account=account)
        .order_by("id")
        .values_list("kind", flat=True)
    )


def test_a_persons_token_near_its_end_is_exchanged(account, simulator):
    ending(account, simulator.short_token, "user", hours=2)

    tokens.sweep()

    account.refresh_from_db()
    assert account.token.open() != simulator.short_token
    assert account.token_expires_at > clock.now() + timedelta(days=50)
    assert account.authorisation == "connected"
    assert account.token_last4 == account.token.open()[-4:]
    assert "token renewed" in kinds(account)


def test_an_answer_that_does_not_say_how_long_the_token_lives_ends_nothing():
    now = clock.now()

    assert tokens.ends_at({"access_token": "EAAnew"}, now) is None
    assert tokens.ends_at({"expires_in": 60}, now) == now + timedelta(seconds=60)


def test_it_is_not_exchanged_before_it_is_due(account, simulator):
    ending(account, simulator.short_token, "user", days=40)

    assert not tokens.renew(account.id)


def test_only_one_process_renews(account, simulator):
    ending(account, simulator.short_token, "user", hours=2)
    BusinessAccount.objects.update(refresh_begun_at=clock.now())

    assert not tokens.renew(account.id)


def test_a_businesss_token_near_its_end_asks_a_person_in_good_time(account, simulator):
    code = simulator.control(
        "POST", "code", {"type": "SYSTEM_USER", "token_lives_for": 10 * 86_400}
    )
    answer = simulator.get(
        "oauth/access_token",
        client_id="simulated-app",
        client_secret="simulated-secret",
        code=code["code"],
    ).json()
    ending(account, answer["access_token"], "business", days=10)

    tokens.sweep()
    warnings.send_due()

    account.refresh_from_db()
    assert (account.authorisation, account.cause) == ("reauth", "ending soon")
    subjects = [m.subject for m in mail.outbox]
    assert any("wants a person to confirm" in s for s in subjects)
    assert any("ends in 9 days" in s or "ends in 10 days" in s for s in subjects)


@pytest.mark.parametrize(
    ("state", "authorisation", "cause"),
    [
        ("revoked", "disconnected", "access revoked"),
        ("app_removed", "disconnected", "access revoked"),
        ("password_changed", "disconnected", "password changed"),
        ("expired", "disconnected", "expired"),
        ("checkpoint", "disconnected", "login check"),
        ("logged_out", "disconnected", "logged out"),
        ("lost_permission", "reauth", "permission missing"),
        ("lost_asset", "reauth", "asset lost"),
    ],
)
def test_causes_are_told_apart(account, simulator, state, authorisation, cause):
    simulator.control("POST", "tokens", {"token": simulator.token, "state": state})

    tokens.sweep()

    account.refresh_from_db()
    assert (account.authorisation, account.cause) == (authorisation, cause)


def test_a_token_that_works_again_is_connected_again(account, simulator):
    change = {"token": simulator.token, "state": "lost_permission"}
    simulator.control("POST", "tokens", change)
    tokens.check(account)
    simulator.control("POST", "tokens", change | {"state": "valid"})

    tokens.check(account)

    assert account.authorisation == "connected"


def test_meta_being_away_says_nothing_about_the_token(account, simulator):
    simulator.fault(http_500=True, scope="all")

    tokens.sweep()

    account.refresh_from_db()
    assert account.authorisation == "connected"


def test_warnings_go_out_once_each(account, simulator, alice, bob):
    account.token_expires_at = clock.now() + timedelta(days=8)
    account.save()
    for days in (8, 8, 6, 2.5, 0.5, 0.5):
        ends = clock.now() + timedelta(days=days)
        BusinessAccount.objects.update(token_expires_at=ends)
        warnings.send_due()

    said = [e.data["days"] for e in NumberEvent.objects.filter(kind="token ending")]
    assert sorted(said, reverse=True) == [14, 7, 3, 1]
    assert len(mail.outbox) == 4
    assert mail.outbox[0].to == [alice.email]


def test_the_end_of_an_authorisation_is_mailed_once(account, alice):
    tokens.change(account, "disconnected", "password changed")

    warnings.send_due()
    warnings.send_due()

    (sent,) = mail.outbox
    assert "may not act for" in sent.subject
    assert "a facebook password changed" in sent.body.lower()
    assert account.token.open() not in sent.body


def test_a_grant_that_lacks_the_account_keeps_the_old_token(account, simulator):
    code = simulator.control("POST", "code", {"accounts": ["2093300456781002"]})
    other = simulator.get(
        "oauth/access_token",
        client_id="simulated-app",
        client_secret="simulated-secret",
        code=code["code"],
    ).json()["access_token"]

    with pytest.raises(CannotConnect, match="The old permission was kept"):
        accept_again(account, other, "Ana")

    account.refresh_from_db()
    assert account.token.open() == simulator.token


def test_a_token_of_another_app_is_refused(workspace, simulator, settings):
    settings.META_APP_ID = "some-other-app"

    with pytest.raises(CannotConnect):
        connect_whatsapp(
            workspace, Pasted(simulator.token, simulator.waba, simulator.number)
        )

    assert not BusinessAccount.objects.exists()


def test_a_second_workspace_cannot_have_the_number(account, simulator):
    other = factories.create_workspace("Elsewhere")

    with pytest.raises(CannotConnect, match="one workspace only"):
        connect_whatsapp(
            other, Pasted(simulator.token, simulator.waba, simulator.number)
        )
    assert not other.number_set.exists()
