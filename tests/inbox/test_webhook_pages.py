"""Webhooks in the settings: a secret shown once, a log, and nobody's private address."""

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from converge import clock
from inbox import outgoing
from inbox.models import OutgoingDelivery, OutgoingWebhook
from tests import factories
from tests.inbox.listening import create_webhook

pytestmark = pytest.mark.django_db
URL = "https://93.184.216.34/hook"
EVENTS = {"message_received": "on", "message_status": "on"}


@pytest.fixture
def desk(client, alice, settings):
    settings.DEMO = True  # Alice has no second factor here
    client.force_login(alice)
    return client


@pytest.fixture
def webhook(workspace):
    return create_webhook(workspace, URL)


def path(workspace, name: str = "list", *args) -> str:
    return reverse(f"webhooks:{name}", args=[workspace.slug, *args])


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


def test_a_webhook_is_made_and_its_secret_shown_once(desk, workspace):
    page = desk.post(path(workspace), {"url": URL, **EVENTS}).content.decode()

    (secret,) = re.findall(r"whsec_[\w-]{43}", page)
    webhook = OutgoingWebhook.objects.get()
    assert webhook.events == ["message.received", "message.status"]
    assert webhook.secret.open() == secret
    assert secret not in str(OutgoingWebhook.objects.values())
    shown = desk.get(path(workspace, "show", webhook.id)).content.decode()
    assert secret not in shown
    assert acts() == ["webhook made"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://example.com/", "Only https:// is called."),
        ("https://127.0.0.1/", "inside a private network"),
        ("https://[::1]/", "inside a private network"),
        ("https://169.254.169.254/", "inside a private network"),
        ("https://user:pass@93.184.216.34/", "must begin with https://"),
        ("ftp://93.184.216.34/", "must begin with https://"),
        ("javascript:alert(1)", "must begin with https://"),
    ],
)
def test_an_address_nobody_should_call_is_refused(
    desk, workspace, settings, url, sentence
):
    settings.OUTGOING_PRIVATE_HOSTS = False

    answer = desk.post(path(workspace), {"url": url, **EVENTS})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not OutgoingWebhook.objects.exists()


def test_an_address_is_judged_when_it_is_changed_too(
    desk, workspace, webhook, settings
):
    settings.OUTGOING_PRIVATE_HOSTS = False

    answer = desk.post(
        path(workspace, "edit", webhook.id), {"url": "https://10.0.0.1/", **EVENTS}
    )

    assert answer.status_code == 422
    webhook.refresh_from_db()
    assert webhook.url == URL


def test_a_webhook_listens_to_something(desk, workspace):
    answer = desk.post(path(workspace), {"url": URL})

    assert answer.status_code == 422
    assert "Choose at least one event." in answer.content.decode()


def test_a_workspace_has_a_bounded_number_of_webhooks(desk, workspace):
    for _ in range(10):
        create_webhook(workspace)

    answer = desk.post(path(workspace), {"url": URL, **EVENTS})

    assert answer.status_code == 422
    assert "at most 10 webhooks" in answer.content.decode()


def test_a_change_is_saved(desk, workspace, webhook):
    form = {"url": f"{URL}/2", "conversation_closed": "on"}

    desk.post(path(workspace, "edit", webhook.id), form)

    webhook.refresh_from_db()
    assert (webhook.url, webhook.events) == (f"{URL}/2", ["conversation.closed"])


def test_a_new_secret_ends_the_old_one(desk, workspace, webhook):
    before = webhook.secret.open()

    page = desk.post(path(workspace, "renew_secret", webhook.id)).content.decode()

    webhook.refresh_from_db()
    assert webhook.secret.open() != before
    assert webhook.secret.open() in page
    assert acts() == ["webhook secret renewed"]


def test_switched_off_it_is_told_nothing_and_what_waited_says_so(
    desk, workspace, webhook, number
):
    factories.receive(number, factories.text_message())

    desk.post(path(workspace, "switch", webhook.id), {"on": "false"})
    factories.receive(number, factories.text_message())

    (delivery,) = OutgoingDelivery.objects.all()
    assert (delivery.state, delivery.problem) == (
        "failed",
        "The webhook was switched off.",
    )
    desk.post(path(workspace, "switch", webhook.id), {"on": "true"})
    factories.receive(number, factories.text_message())
    assert OutgoingDelivery.objects.count() == 2
    assert acts() == ["webhook switched off", "webhook switched on"]


def test_a_test_event_is_written_down(desk, workspace, webhook):
    desk.post(path(workspace, "test", webhook.id))

    assert OutgoingDelivery.objects.get().kind == outgoing.TEST


def test_what_was_given_up_is_tried_again_and_what_arrived_is_not(
    desk, workspace, webhook
):
    for _ in range(2):
        outgoing.test(webhook)
    gone, fine = OutgoingDelivery.objects.order_by("id")
    OutgoingDelivery.objects.filter(id=gone.id).update(state="failed", tries=9)
    OutgoingDelivery.objects.filter(id=fine.id).update(state="delivered")

    for delivery in (gone, fine):
        desk.post(path(workspace, "again", webhook.id, delivery.id))

    states = OutgoingDelivery.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["waiting", "delivered"]


def test_a_delivery_of_another_webhook_is_not_found(desk, workspace, webhook):
    other = create_webhook(workspace)
    outgoing.test(other)
    delivery = OutgoingDelivery.objects.get()

    answer = desk.post(path(workspace, "again", webhook.id, delivery.id))

    assert answer.status_code == 404


def test_a_webhook_is_deleted_with_its_log(desk, workspace, webhook):
    outgoing.test(webhook)

    desk.post(path(workspace, "delete", webhook.id))

    assert not OutgoingWebhook.objects.exists()
    assert not OutgoingDelivery.objects.exists()


def test_the_log_goes_on_by_key_with_a_fixed_number_of_queries(
    desk, workspace, webhook, django_assert_max_num_queries
):
    OutgoingDelivery.objects.bulk_create(
        OutgoingDelivery(
            workspace=workspace, webhook=webhook, event=webhook.id, kind="test",
            at=clock.now(), due_at=clock.now(),
        )
        for _ in range(120)
    )  # fmt: skip
    desk.get(path(workspace, "show", webhook.id))

    seen, query = 0, ""
    while query is not None:
        with django_assert_max_num_queries(12):
            page = desk.get(
                path(workspace, "show", webhook.id) + query
            ).content.decode()
        seen += page.count('data-label="Tries"')
        older = re.search(r"\?before=\d+", page)
        query = older[0] if older else None

    assert seen == 120


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²"])
def test_an_unusable_place_in_the_log_is_its_beginning(
    desk, workspace, webhook, before
):
    page = desk.get(path(workspace, "show", webhook.id), {"before": before})

    assert page.status_code == 200


def test_why_it_fails_is_said(desk, workspace, webhook):
    OutgoingWebhook.objects.update(failures=4, failing_since_at=clock.now())

    assert "It has failed since" in (
        desk.get(path(workspace, "show", webhook.id)).content.decode()
    )
    OutgoingWebhook.objects.update(off_at=clock.now(), off_because="failing")
    assert "It accepted nothing for 3 days" in (
        desk.get(path(workspace, "show", webhook.id)).content.decode()
    )


@pytest.mark.parametrize("role", ["agent", "viewer"])
def test_only_owners_and_admins_see_webhooks(client, workspace, webhook, role):
    client.force_login(factories.create_member(workspace, "Robin", role=role))

    assert client.get(path(workspace)).status_code == 403
    assert client.get(path(workspace, "show", webhook.id)).status_code == 403
