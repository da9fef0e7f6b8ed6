"""Coming in: the first owner, invitations, signing in."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, Membership, User
from accounts.views.joining import first_run_token
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
PERSON = {"name": "Dana Park", "password": "violet-harbour-91"}
OWNER = PERSON | {"email": "dana@example.org", "workspace": "Northwind"}


@pytest.fixture
def invitation(workspace):
    found = Invitation(workspace=workspace, email="dana@example.org", role="agent")
    found.link = reverse("accept_invitation", args=[found.issue_token()])
    found.save()
    return found


def test_an_invitation_brings_a_new_person_in_with_its_role(client, invitation):
    answer = client.post(invitation.link, PERSON)

    assert answer.status_code == 302
    membership = Membership.objects.get(user__email="dana@example.org")
    assert membership.role == "agent"
    assert membership.workspace == invitation.workspace


def test_an_invitation_is_used_once(client, invitation):
    client.post(invitation.link, PERSON)
    client.logout()

    assert client.get(invitation.link).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"accepted_at": timezone.now()},
    ],
    ids=["revoked", "expired", "accepted"],
)
def test_a_dead_invitation_lets_nobody_in(client, invitation, change):
    Invitation.objects.update(**change)

    assert client.post(invitation.link, PERSON).status_code == 404
    assert not User.objects.exists()


def test_an_invitation_of_somebody_else_asks_them_to_sign_in(
    client, invitation, charlie
):
    User.objects.create_user("dana@example.org", PASSWORD, name="Dana")
    client.force_login(charlie)

    answer = client.post(invitation.link, PERSON)

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    assert not charlie.memberships.filter(workspace=invitation.workspace).exists()


def test_only_the_hash_of_a_link_is_kept(invitation):
    token = invitation.link.rstrip("/").split("/")[-1]

    assert token not in str(Invitation.objects.values().get())


def test_a_weak_password_is_given_back_with_words(client, invitation):
    answer = client.post(invitation.link, PERSON | {"password": "password1234"})

    assert answer.status_code == 422
    assert "Dana Park" in answer.content.decode()
    assert not User.objects.exists()


def test_the_first_owner_founds_the_workspace_once(client):
    path = reverse("first_run", args=[first_run_token()])

    first = client.post(path, OWNER)
    client.logout()
    second = client.post(path, OWNER | {"email": "eve@example.org"})

    assert (first.status_code, second.status_code) == (302, 404)
    assert Membership.objects.get().role == "owner"


@pytest.mark.parametrize("token", ["guess", signing.dumps("first owner", salt="other")])
def test_a_first_run_link_cannot_be_made_up(client, token):
    assert client.post(reverse("first_run", args=[token]), OWNER).status_code == 404


def test_there_is_no_public_sign_up(client):
    client.post(
        "/accounts/signup/", {"email": "eve@example.org", "password1": PASSWORD}
    )

    assert not User.objects.exists()


def sign_in(client, password: str):
    data = {"login": "dana@example.org", "password": password}
    return client.post("/accounts/login/", data)


def test_a_person_signs_in_by_e_mail_whatever_its_case(client, workspace):
    user = User.objects.create_user("Dana@Example.org", PASSWORD, name="Dana")
    data = {"login": "DANA@example.org", "password": PASSWORD}

    client.post("/accounts/login/", data)

    assert client.session["_auth_user_id"] == str(user.pk)


def test_guessing_passwords_is_stopped(client):
    User.objects.create_user("dana@example.org", PASSWORD, name="Dana")

    for n in range(12):
        sign_in(client, f"wrong guess {n}")
    sign_in(client, PASSWORD)

    assert "_auth_user_id" not in client.session


def test_the_audit_log_cannot_be_changed_or_emptied(workspace):
    AuditEntry.objects.create(workspace=workspace, actor="Converge", act="tested")

    for statement in (
        "UPDATE accounts_auditentry SET act = 'other'",
        "DELETE FROM accounts_auditentry",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)

    assert AuditEntry.objects.get().act == "tested"


@pytest.mark.parametrize(
    ("is_demo", "role", "is_asked"),
    [(False, "owner", True), (False, "agent", False), (True, "owner", False)],
)
def test_owners_need_a_second_factor_in_production(
    client, workspace, settings, is_demo, role, is_asked
):
    settings.DEMO = is_demo
    client.force_login(factories.create_member(workspace, "Robin", role=role))

    answer = client.get(reverse("inbox:inbox", args=[workspace.slug]))

    assert (answer.status_code == 302) == is_asked


def test_a_stale_form_gives_its_text_back(workspace, alice, conversation, client):
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(alice)
    path = reverse("inbox:send", args=[workspace.slug, conversation.public_id])

    answer = strict.post(path, {"body": "A long reply <b>", "password": "hush hush"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "A long reply &lt;b&gt;" in page
    assert "hush hush" not in page


@pytest.mark.parametrize(
    ("by", "target", "role", "ends_as"),
    [
        ("owner", "agent", "admin", "admin"),
        ("admin", "agent", "viewer", "viewer"),
        ("admin", "agent", "owner", "agent"),
        ("admin", "owner", "agent", "owner"),
        ("owner", "agent", "emperor", "agent"),
    ],
)
def test_only_owners_touch_owners(client, workspace, alice, by, target, role, ends_as):
    actor = alice
    if by == "admin":
        actor = factories.create_member(workspace, "Ada", role="admin")
    other = factories.create_member(workspace, "Robin", role=target)
    client.force_login(actor)
    pk = other.memberships.get().pk

    client.post(reverse("change_member", args=[workspace.slug, pk]), {"role": role})

    assert other.memberships.get().role == ends_as


def test_a_workspace_keeps_an_owner(client, workspace, alice):
    client.force_login(alice)
    pk = alice.memberships.get().pk

    client.post(reverse("change_member", args=[workspace.slug, pk]), {"role": "agent"})
    client.post(reverse("change_member", args=[workspace.slug, pk]), {"role": ""})

    assert alice.memberships.get().role == "owner"
