"""A question to support: opened with what is needed, answered in the admin, read by both."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.cases import answer, open_case, say
from accounts.models import AuditEntry, Case
from tests.business_numbers.rows import create_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(workspace, bob):
    return open_case(
        workspace, bob, "Support UK", "Nothing arrives.", {"step 3": "fail"}
    )


def test_a_case_is_opened_from_the_sixth_step(client, workspace, bob, number):
    create_run(number, is_subscribed=False)
    client.force_login(bob)

    client.post(reverse("numbers:ask_support", args=[workspace.slug, number.id]))

    found = Case.objects.get()
    assert found.data["phone number ID"] == number.meta_id
    assert found.data["step 3"].startswith("fail:")
    page = client.get(reverse("case", args=[workspace.slug, found.reference]))
    assert found.reference in page.content.decode()


def test_support_is_told_when_an_address_is_set(
    workspace, bob, settings, django_capture_on_commit_callbacks
):
    settings.SUPPORT_EMAIL = "support@example.org"
    with django_capture_on_commit_callbacks(execute=True):
        open_case(workspace, bob, "Support UK", "Nothing arrives.", {})

    assert mail.outbox[0].to == ["support@example.org"]


def test_a_mail_server_that_is_away_stops_nobody(
    workspace, bob, settings, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    settings.SUPPORT_EMAIL = "support@example.org"

    def refuse(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr("accounts.cases.send_mail", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        open_case(workspace, bob, "Support UK", "Nothing arrives.", {})

    assert Case.objects.count() == 1
    assert "support was not told" in caplog.text


def test_support_hears_what_is_added_to_a_case(
    client, case, bob, settings, django_capture_on_commit_callbacks
):
    settings.SUPPORT_EMAIL = "support@example.org"
    client.force_login(bob)
    page = reverse("case", args=[case.workspace.slug, case.reference])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, {"text": "Still nothing."})

    (told,) = mail.outbox
    assert told.to == ["support@example.org"]
    assert case.reference in told.subject


def test_an_answer_is_mailed_and_a_reply_waits_again(case, bob):
    answer(case, "Sam", "Meta had an outage.")
    assert case.state == Case.ANSWERED
    assert mail.outbox[0].to == [bob.email]

    say(case, bob.name, "Still nothing.")

    assert case.state == Case.OPEN
    assert [e.is_support for e in case.entries.order_by("id")] == [False, True, False]


def test_staff_answer_in_the_admin_and_it_is_in_the_customers_log(
    client, case, admin_user, settings
):
    client.force_login(admin_user)
    path = reverse("admin:accounts_case_change", args=[case.id])
    client.post(
        path,
        {
            "state": "open",
            "entries-TOTAL_FORMS": 1,
            "entries-INITIAL_FORMS": 0,
            "entries-0-text": "It works again.",
            "entries-0-case": case.id,
        },
    )

    case.refresh_from_db()
    assert case.state == Case.ANSWERED
    entry = AuditEntry.objects.get(act="case answered")
    assert entry.workspace_id == case.workspace_id


def test_a_stranger_finds_no_case(client, case, charlie):
    client.force_login(charlie)
    own = charlie.memberships.get().workspace

    answered = client.get(reverse("case", args=[own.slug, case.reference]))

    assert answered.status_code == 404
