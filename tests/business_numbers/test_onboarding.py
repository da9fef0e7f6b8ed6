"""Connecting by token and ids: proved by use, kept whole or not at all."""

import pytest

from business_numbers.graph import Grant
from business_numbers.models import BusinessAccount, Number, NumberEvent, Template
from business_numbers.onboarding import CannotConnect, Pasted, connect_whatsapp
from business_numbers.sync import sync_templates
from tests.factories import create_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def pasted(simulator):
    return Pasted(simulator.token, simulator.waba, simulator.number)


def test_a_number_is_connected_with_its_state_templates_and_limit(workspace, pasted):
    number = connect_whatsapp(workspace, pasted, "Support UK")

    assert (number.status, number.meta_status) == ("active", "CONNECTED")
    assert number.account.authorisation == "connected"
    assert number.account.token_last4 == pasted.token[-4:]
    assert Template.objects.filter(account=number.account).count() > 10


@pytest.mark.parametrize(
    "wrong", [{"token": "EAAnonsense"}, {"waba_id": "1"}, {"phone_number_id": "1"}]
)
def test_what_does_not_fit_together_is_refused_and_nothing_is_saved(
    workspace, pasted, wrong
):
    with pytest.raises(CannotConnect):
        connect_whatsapp(workspace, Pasted(**(pasted.__dict__ | wrong)))

    assert not BusinessAccount.objects.exists()
    assert not Number.objects.exists()


def test_a_number_is_in_one_workspace_only(workspace, pasted):
    connect_whatsapp(workspace, pasted)

    with pytest.raises(CannotConnect, match="another Converge workspace"):
        connect_whatsapp(create_workspace("Elsewhere"), pasted)

    assert Number.objects.count() == 1
    assert BusinessAccount.objects.count() == 1


def test_connecting_again_renews_the_token_and_makes_no_second_number(
    workspace, pasted
):
    first = connect_whatsapp(workspace, pasted)
    second = connect_whatsapp(workspace, pasted)

    assert first.pk == second.pk
    assert second.account.token.open() == pasted.token


def test_templates_deleted_at_meta_are_marked_deleted_here(workspace, pasted):
    number = connect_whatsapp(workspace, pasted)
    gone = Template.objects.create(
        workspace=workspace,
        account=number.account,
        meta_id="404",
        name="gone",
        language="en",
        synced_at=number.created_at,
    )

    sync_templates(number.account, Grant.of(number.account))

    gone.refresh_from_db()
    assert gone.deleted_at is not None


def test_the_form_never_shows_the_token_again(workspace, alice, client, simulator):
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        f"/w/{workspace.slug}/numbers/connect/token/",
        {"token": "EAAsecrettoken", "waba_id": "12345", "phone_number_id": "67890"},
    )

    assert answer.status_code == 422
    assert "EAAsecrettoken" not in answer.content.decode()


def test_what_the_phone_app_knows_is_asked_for_once(workspace, simulator):
    simulator.control("POST", f"numbers/{simulator.number}", {"is_on_biz_app": True})
    now = simulator.control("GET", "clock")["now"]
    simulator.control("POST", f"numbers/{simulator.number}", {"onboarded_at": now})
    pasted = Pasted(simulator.token, simulator.waba, simulator.number)

    number = connect_whatsapp(workspace, pasted)
    connect_whatsapp(workspace, pasted)

    assert number.status == "active"
    told = NumberEvent.objects.filter(number=number, kind__regex="asked for|not given")
    assert list(told.order_by("id").values_list("kind", flat=True)) == [
        "address book asked for",
        "history asked for",
        "address book not given",
        "history not given",
    ]
