"""Webhooks are told at least once, signed; a slow or broken one holds up only itself."""

import hashlib
import hmac
import threading
import time
from datetime import timedelta

import pytest
from django.core.cache import cache

from accounts.models import AuditEntry
from converge import clock, outward
from inbox import outgoing, outgoing_calls, outgoing_results, tasks
from inbox.models import OutgoingDelivery, OutgoingWebhook
from inbox.outgoing_results import GIVE_UP_AFTER, RESTS_FROM, again_after, rest_after
from tests import factories
from tests.inbox.listening import create_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def webhook(workspace, ear):
    return create_webhook(workspace, f"{ear.url}/hook")


@pytest.fixture(autouse=True)
def nobody_elses_turn(db):
    cache.delete(outgoing_calls.TURN)


def tell() -> int:
    return outgoing_calls.tell_due(linger=0.1)


def deliveries() -> list[OutgoingDelivery]:
    return list(OutgoingDelivery.objects.order_by("id"))


def make_due() -> None:
    OutgoingDelivery.objects.update(due_at=clock.now())
    OutgoingWebhook.objects.update(rests_until=None)


def test_a_webhook_is_told_and_can_check_who_told_it(webhook, ear, number):
    factories.receive(number, factories.text_message(body="Hello 👋"))

    tell()

    (call,), (delivery,) = ear.calls, deliveries()
    parts = dict(p.split("=") for p in call.headers["Converge-Signature"].split(","))
    signed = f"{parts['t']}.".encode() + call.raw
    right = hmac.new(b"whsec_test", signed, hashlib.sha256).hexdigest()
    assert parts["v1"] == right
    assert abs(int(parts["t"]) - time.time()) < 60
    assert call.headers["Converge-Event"] == call.body["type"] == "message.received"
    assert call.headers["Converge-Event-Id"] == call.body["id"] == str(delivery.event)
    assert call.body["data"]["message"]["text"] == "Hello 👋"
    assert (delivery.state, delivery.status, delivery.tries) == ("delivered", 200, 1)
    assert delivery.duration_ms >= 0


def test_what_was_told_is_not_told_again(webhook, ear, number):
    factories.receive(number, factories.text_message())

    assert [tell(), tell()] == [1, 0]
    assert len(ear.calls) == 1


@pytest.mark.parametrize("status", [301, 404, 500])
def test_another_answer_than_2xx_is_tried_again_under_the_same_id(
    webhook,
    ear,
    number,
    status,
):
    ear.answers["/hook"] = status
    factories.receive(number, factories.text_message())
    tell()
    (delivery,) = deliveries()
    assert (delivery.state, delivery.status) == ("waiting", status)
    assert delivery.due_at > clock.now()
    assert tell() == 0

    ear.answers.clear()
    make_due()
    tell()

    assert [c.body["id"] for c in ear.calls] == [str(delivery.event)] * 2
    assert [c.path for c in ear.calls] == ["/hook"] * 2
    assert deliveries()[0].state == "delivered"


def test_a_process_that_dies_in_between_makes_it_a_second_call(webhook, ear, number):
    factories.receive(number, factories.text_message())
    assert len(outgoing_calls.claim(outgoing_calls.Crew())) == 1
    assert tell() == 0

    OutgoingDelivery.objects.update(lease_until=clock.now() - timedelta(days=1))

    assert tell() == 1
    assert deliveries()[0].tries == 2


def test_a_slow_webhook_holds_up_nobody_else(webhook, ear, number, monkeypatch):
    monkeypatch.setattr(outgoing_calls, "READ", 1.0)
    slow = create_webhook(webhook.workspace, f"{ear.url}/mute")
    people = [f"4477009{n:05}" for n in range(30)]
    factories.receive(number, *[factories.text_message(p) for p in people])

    tell()

    heard = [c.path for c in ear.calls]
    assert heard.count("/hook") == 30
    assert heard.count("/mute") <= outgoing_calls.PER_WEBHOOK + 2
    assert set(heard[:10]) >= {"/hook"}
    slow.refresh_from_db()
    assert slow.rests_until > clock.now()
    assert slow.deliveries.filter(state="waiting").count() == 30
    late = slow.deliveries.exclude(problem="").first()
    assert (late.problem, late.status) == (outward.LATE, None)


def test_a_call_that_hangs_is_left_and_counts_as_failed(
    webhook, ear, number, monkeypatch
):
    monkeypatch.setattr(outgoing_calls, "ABANDON_AFTER", 0.2)
    OutgoingWebhook.objects.update(url=f"{ear.url}/mute")
    factories.receive(number, factories.text_message())

    tell()

    assert deliveries()[0].problem == outward.LATE


def test_a_webhook_that_keeps_failing_is_asked_alone(webhook, ear, number):
    ear.answers["/hook"] = 500
    people = [f"4477009{n:05}" for n in range(20)]
    factories.receive(number, *[factories.text_message(p) for p in people])
    tell()
    assert len(ear.calls) <= outgoing_calls.PER_WEBHOOK + RESTS_FROM
    ear.calls.clear()

    OutgoingWebhook.objects.update(rests_until=None)
    tell()

    assert len(ear.calls) == 1


def test_one_success_ends_the_rest(webhook, ear, number):
    OutgoingWebhook.objects.update(failures=7, failing_since_at=clock.now())
    factories.receive(number, factories.text_message())

    tell()

    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since_at, webhook.rests_until) == (
        0,
        None,
        None,
    )
    assert webhook.last_success_at


def test_waits_grow_to_hours():
    waits = [again_after(tries).total_seconds() for tries in range(1, 12)]
    rests = [rest_after(n) for n in range(1, 20)]

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (60, 6 * 3600)
    assert rests[: RESTS_FROM - 1] == [None] * (RESTS_FROM - 1)
    assert rests[-1] == timedelta(minutes=15)


def test_an_event_is_given_up_after_days(webhook, ear, number):
    ear.answers["/hook"] = 500
    factories.receive(number, factories.text_message())
    OutgoingDelivery.objects.update(at=clock.now() - GIVE_UP_AFTER - timedelta(hours=1))

    tell()

    (delivery,) = deliveries()
    assert (delivery.state, delivery.problem) == (
        "failed",
        "It answered with status 500.",
    )


def test_a_webhook_is_switched_off_after_days_and_its_team_is_told(
    webhook,
    ear,
    number,
    alice,
    bob,
    mailoutbox,
    django_capture_on_commit_callbacks,
):
    ear.answers["/hook"] = 500
    for person in ("447700900112", "447700900113"):
        factories.receive(number, factories.text_message(person))
    since = clock.now() - GIVE_UP_AFTER - timedelta(hours=1)
    OutgoingWebhook.objects.update(failing_since_at=since, failures=9)

    with django_capture_on_commit_callbacks(execute=True):
        tell()

    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.off_because) == (False, "failing")
    assert {d.state for d in deliveries()} == {"failed"}
    assert outgoing_results.SWITCHED_OFF in {d.problem for d in deliveries()}
    (mail,) = mailoutbox
    assert mail.to == [alice.email]
    assert webhook.url in mail.body
    assert AuditEntry.objects.get().act == "webhook switched off"
    factories.receive(number, factories.text_message())
    assert len(deliveries()) == 2


def test_a_mail_server_that_is_away_stops_nothing(webhook, alice, monkeypatch):
    def refuse(*args):
        raise OSError("no route")

    monkeypatch.setattr(outgoing_results, "send_mail", refuse)

    outgoing_results._tell_team(webhook)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://10.0.0.8/",
    ],
)
def test_nothing_private_is_called_whatever_was_saved(settings, workspace, number, url):
    settings.OUTGOING_PRIVATE_HOSTS = False
    create_webhook(workspace, url)
    factories.receive(number, factories.text_message())

    tell()

    (delivery,) = deliveries()
    assert (delivery.state, delivery.status) == ("waiting", None)
    assert "network" in delivery.problem or "https" in delivery.problem


def test_a_secret_that_cannot_be_read_stops_no_other(webhook, ear, number, settings):
    other = create_webhook(webhook.workspace, f"{ear.url}/other")
    OutgoingWebhook.objects.filter(id=webhook.id).update(secret="v1|gone|AAAA")
    factories.receive(number, factories.text_message())

    tell()

    assert [c.path for c in ear.calls] == ["/other"]
    assert other.deliveries.get().state == "delivered"
    assert "Make a new one" in webhook.deliveries.get().problem


def test_an_answer_that_is_long_is_not_read(webhook, ear, number):
    ear.long = b"x" * 1024 * 1024
    factories.receive(number, factories.text_message())

    tell()

    assert deliveries()[0].state == "delivered"


def test_when_time_is_up_the_rest_is_told_by_a_task_of_its_own(
    webhook, ear, number, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr(outgoing, "async_task", asked.append)
    monkeypatch.setattr(outgoing, "_woken_at", [0.0])
    factories.receive(number, factories.text_message())

    with django_capture_on_commit_callbacks(execute=True):
        outgoing_calls.tell_due(busy_for=0)

    assert ear.calls == []
    assert asked == [outgoing.TASK]


def test_a_webhook_deleted_while_it_is_called_breaks_nothing(webhook, ear, number):
    factories.receive(number, factories.text_message())
    crew = outgoing_calls.Crew()
    (job,) = outgoing_calls.claim(crew)
    crew.begin(job)
    webhook.delete()

    outgoing_results.record(crew.ended(5))

    assert deliveries() == []


def test_only_one_at_a_time_tells(webhook, ear, number):
    factories.receive(number, factories.text_message())
    cache.add(outgoing_calls.TURN, 1, 60)

    assert tell() == 0
    cache.delete(outgoing_calls.TURN)
    assert tell() == 1


def test_a_test_event_goes_to_one_that_listens_to_nothing(workspace, ear):
    webhook = create_webhook(workspace, f"{ear.url}/hook", events=[])

    outgoing.test(webhook)
    tell()

    (call,) = ear.calls
    assert (call.body["type"], call.body["data"]) == ("test", {"message": "It works."})


def test_calls_of_one_process_do_not_share_threads_with_the_database(webhook, ear):
    outgoing.test(webhook)
    before = threading.active_count()

    tell()

    assert threading.active_count() <= before + 1


def test_what_is_over_is_forgotten_after_a_month(webhook, number):
    factories.receive(number, factories.text_message())
    old = clock.now() - tasks.DELIVERIES_KEPT - timedelta(days=1)
    OutgoingDelivery.objects.update(at=old)
    assert tasks.forget_told() == 0

    OutgoingDelivery.objects.update(state=OutgoingDelivery.DELIVERED)

    assert tasks.forget_told() == 1


def test_words_of_customers_are_not_logged(webhook, ear, number, caplog, monkeypatch):
    def broken(*args):
        raise RuntimeError("odd")

    monkeypatch.setattr(outgoing_calls, "post", broken)
    factories.receive(number, factories.text_message(body="my secret words"))

    tell()

    assert deliveries()[0].problem == "It could not be called."
    assert "webhook call broke" in caplog.text
    assert "my secret words" not in caplog.text
