"""Support finds a number by any id, runs its diagnosis, and leaves a trace the customer reads."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from accounts.cases import open_case
from accounts.models import AuditEntry
from business_numbers import recovery, refusals
from business_numbers.models import UnknownTarget
from converge import clock
from inbox.models import Message
from inbox.states import State
from tests import factories
from tests.business_numbers.rows import create_run

pytestmark = pytest.mark.django_db
TOKEN = "EAAcanary0000000000000000token"


@pytest.fixture
def number(workspace):
    account = factories.create_account(workspace, token=TOKEN)
    return factories.create_number(workspace, account=account)


@pytest.fixture
def staff(client, admin_user):
    client.force_login(admin_user)
    return client


def create_inbound(conversation) -> Message:
    return Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        direction=Message.IN,
        origin=Message.CUSTOMER,
        kind="text",
        wamid="wamid.FROMTHEM",
        at=clock.now(),
        state=State.RECEIVED,
    )


def find(staff, q: str):
    return staff.get(reverse("support_find"), {"q": q})


@pytest.mark.parametrize(
    "written", ["+44 20 7946 0821", "442079460821", "0821", "Support UK"]
)
def test_a_number_is_found_however_it_is_written(staff, number, written):
    answer = find(staff, written)

    assert answer["Location"] == reverse("support_number", args=[number.id])


def test_every_other_id_leads_to_the_broken_number(staff, number, alice, conversation):
    create_run(number, is_subscribed=False)
    sent = factories.create_sent(conversation, State.SENT, wamid="wamid.ABCDEF")
    came = create_inbound(conversation)

    for q in (number.account.meta_id, sent.wamid, came.wamid, alice.email):
        page = find(staff, q).content.decode()

        assert reverse("support_number", args=[number.id]) in page, q
        assert "Step 3. Customers’ messages have not reached Converge" in page, q
        assert TOKEN not in page


def test_a_number_is_found_as_people_dial_it_at_home(staff, number):
    answer = find(staff, "(020) 7946 0821")

    assert answer["Location"] == reverse("support_number", args=[number.id])


def test_a_case_is_found_by_its_reference(staff, number, alice):
    case = open_case(number.workspace, alice, "Silent", "Help", {})

    answer = find(staff, case.reference.lower())

    assert answer["Location"] == reverse("admin:accounts_case_change", args=[case.id])


def test_a_connected_account_is_nobodys_no_longer(staff, number):
    UnknownTarget.objects.create(
        kind="whatsapp", meta_id=number.account.meta_id, last_at=clock.now()
    )

    assert "Nobody’s number" not in find(staff, number.account.meta_id).content.decode()


@pytest.mark.parametrize("fault", ["phone", "subscription", "restriction", "refusal"])
def test_a_broken_number_is_in_trouble_whatever_broke_it(staff, number, fault):
    if fault == "subscription":
        create_run(number, is_subscribed=False)
    elif fault == "refusal":
        refusals.note(number, 131031, clock.now() + timedelta(seconds=1))
    elif fault == "phone":
        number.meta_status = "DISCONNECTED"
    else:
        number.restricted_until = clock.now() + timedelta(days=3)
    number.save()

    assert (
        reverse("support_number", args=[number.id]) in find(staff, "").content.decode()
    )


def test_a_healthy_number_is_not_in_trouble(staff, number):
    create_run(number)

    assert (
        reverse("support_number", args=[number.id])
        not in find(staff, "").content.decode()
    )


@pytest.mark.parametrize("asked", ["wamid.ABCDEF", "id"])
def test_the_list_of_attempts_is_searched_by_either_id(staff, conversation, asked):
    attempt = factories.create_sent(conversation, State.SENT, wamid="wamid.ABCDEF")
    other = factories.create_sent(conversation, State.SENT)
    wanted = str(attempt.id) if asked == "id" else asked

    answer = staff.get(reverse("admin:inbox_attempt_changelist"), {"q": wanted})

    assert str(attempt.id) in answer.content.decode()
    assert str(other.id) not in answer.content.decode()


def test_what_nobody_has_is_said(staff):
    assert "Nothing has “99999999”" in find(staff, "99999999").content.decode()


def test_the_number_page_shows_the_broken_step_and_no_token(staff, number):
    create_run(number, is_subscribed=False)

    page = staff.get(reverse("support_number", args=[number.id])).content.decode()

    assert "the cause" in page
    assert "Converge is not among this account’s apps" in page
    assert TOKEN not in page
    assert TOKEN[-4:] in page


def test_an_act_needs_a_reason_and_is_in_the_customers_log(staff, number, simulator):
    path = reverse("support_number", args=[number.id])
    staff.post(path, {"act": "check", "reason": ""})
    assert not number.checks.exists()

    staff.post(path, {"act": "check", "reason": "customer called"})

    assert number.checks.count() == 1
    entry = AuditEntry.objects.get(act="support: diagnosis")
    assert entry.workspace_id == number.workspace_id
    assert entry.data["reason"] == "customer called"


def test_the_customer_reads_the_reason_in_the_audit_log(staff, client, number, alice):
    path = reverse("support_number", args=[number.id])
    staff.post(path, {"act": "check", "reason": "You called about silence"})
    client.force_login(alice)

    page = client.get(reverse("audit", args=[number.workspace.slug]))

    assert "support: diagnosis" in page.content.decode()
    assert "You called about silence" in page.content.decode()


def test_support_asks_for_the_code_the_customer_waits_for(
    staff, workspace, alice, simulator
):
    account = factories.create_account(workspace, token=simulator.token)
    account.meta_id = simulator.waba
    account.save()
    number = factories.create_number(
        workspace, account=account, meta_id=simulator.number
    )
    found = recovery.begin(number, "Ana")
    found.method, found.asked_at = "SMS", found.started_at
    found.two_step_off_at = found.started_at
    found.save()
    path = reverse("support_number", args=[number.id])

    staff.post(path, {"act": "request_code", "reason": "asked in the wizard"})
    code = simulator.control("GET", f"numbers/{simulator.number}")["sms_code"]
    staff.post(path, {"act": "verify_code", "code": code, "reason": "read aloud"})

    found.refresh_from_db()
    assert found.code_sent_at
    assert found.verified_at
    acts = AuditEntry.objects.filter(act__startswith="support:").values_list(
        "act", "data"
    )
    assert [a for a, _ in acts] == ["support: code requested", "support: code verified"]
    assert code not in str(list(acts))
    assert mail.outbox[0].to == [alice.email]


def test_support_hears_that_a_code_is_waited_for(client, number, alice, settings):
    settings.RECOVERY_SELF_SERVICE = False
    settings.SUPPORT_EMAIL = "support@example.org"
    client.force_login(alice)
    found = recovery.begin(number, "Ana")
    found.two_step_off_at = found.started_at
    found.save()
    args = [number.workspace.slug, number.id]

    asked = {"method": "SMS", "language": "en_US"}
    client.post(reverse("numbers:recover", args=args), asked)

    found.refresh_from_db()
    assert found.asked_at
    (told,) = mail.outbox
    assert told.to == ["support@example.org"]
    assert "A code is waited for" in told.subject
    assert reverse("support_find") in told.body


@pytest.mark.parametrize("name", ["support_find", "support_number"])
def test_customers_never_see_it(client, number, alice, name):
    client.force_login(alice)
    args = [number.id] if name == "support_number" else []

    assert client.get(reverse(name, args=args)).status_code == 302
