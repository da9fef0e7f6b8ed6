"""Two wrong PINs end one recovery and begin the next: no page without a way on."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from business_numbers import recovery, registration, timeline
from business_numbers.models import Number, RegistrationAttempt
from converge import clock
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(workspace, simulator):
    account = factories.create_account(workspace, token=simulator.token)
    account.meta_id = simulator.waba
    account.save()
    return factories.create_number(workspace, account=account, meta_id=simulator.number)


def tried_in_vain(number) -> None:
    RegistrationAttempt.objects.create(
        workspace=number.workspace,
        number=number,
        at=clock.now(),
        outcome=RegistrationAttempt.WRONG_PIN,
    )


@pytest.fixture
def wizard(client, alice, number):
    """A code was verified, and two-step verification is said to be off but is on."""
    client.force_login(alice)
    now = clock.now()
    found = recovery.begin(number, "Alice")
    found.two_step_off_at = found.asked_at = found.code_sent_at = now
    found.verified_at = now
    found.save()
    return reverse("numbers:recover", args=[number.workspace.slug, number.id])


def test_after_two_wrong_pins_there_is_a_way_on(client, wizard, number):
    for _ in range(2):
        tried_in_vain(number)

    page = client.get(wizard).content.decode()
    assert "We stopped to protect the number" in page
    assert "Verify it again" in page

    page = client.post(wizard, {"verify": "1"}, follow=True).content.decode()

    assert "Turn off two-step verification" in page
    assert "Two-step verification is off" in page
    assert registration.guard(number).state == "stopped"
    assert number.recoveries.filter(ended_at=None).count() == 1
    assert AuditEntry.objects.filter(act="recovery begun").exists()


def test_nobody_begins_again_while_a_pin_may_still_be_tried(client, wizard, number):
    client.post(wizard, {"verify": "1"})

    assert number.recoveries.count() == 1


def test_a_number_that_is_set_up_is_not_recovered(client, alice, number):
    client.force_login(alice)
    number.status = Number.DRAFT
    number.save()
    wizard = reverse("numbers:recover", args=[number.workspace.slug, number.id])

    before = client.get(wizard).content.decode()
    found = recovery.begin(number, "Alice")
    number.set_status(Number.ACTIVE)
    found.registered_at = clock.now()
    found.save()
    after = client.get(wizard).content.decode()

    for page in (before, after):
        assert "Set up" in page
        assert "Recover" not in page
        assert "sends again" not in page
    assert timeline.of_number(number)[0].words == "Set-up begun"


def test_a_number_that_worked_before_is_recovered(client, wizard):
    page = client.get(wizard).content.decode()

    assert "Recover" in page
    assert "Set up" not in page
