"""A link is promised only where mail can be sent; and no second factor's secret is shown."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.urls import reverse

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


def test_without_mail_no_link_is_promised(client, alice, settings):
    settings.EMAIL_URL = ""

    page = client.post(reverse("account_reset_password"), {"email": alice.email})

    assert "sends no e-mail here" in page.content.decode()
    assert mail.outbox == []


def test_with_mail_a_link_is_sent(client, alice, settings):
    settings.EMAIL_URL = "smtp://localhost"

    form = client.get(reverse("account_reset_password")).content.decode()
    done = client.post(
        reverse("account_reset_password"), {"email": alice.email}, follow=True
    )

    assert "Send the link" in form
    assert "Look into your mail" in done.content.decode()
    assert [m.to for m in mail.outbox] == [[alice.email]]


def test_staff_take_a_second_factor_away_without_seeing_its_secret(admin_client, alice):
    factor = Authenticator.objects.create(
        user=alice, type=Authenticator.Type.TOTP, data={"secret": SECRET}
    )
    page = admin_client.get(reverse("admin:mfa_authenticator_change", args=[factor.id]))
    assert alice.name in page.content.decode()
    assert SECRET not in page.content.decode()

    admin_client.post(
        reverse("admin:mfa_authenticator_delete", args=[factor.id]), {"post": "yes"}
    )

    assert not Authenticator.objects.exists()


def test_sessions_are_searched_by_person_and_show_no_key(admin_client, client, alice):
    client.force_login(alice)
    client.get("/workspaces/")
    path = reverse("admin:usersessions_usersession_changelist")

    page = admin_client.get(path, {"q": alice.email})

    assert page.status_code == 200
    for session in UserSession.objects.all():
        assert session.session_key not in page.content.decode()
