"""What was put aside can be tried again by support staff, and nobody learns a secret there."""

import pytest

from business_numbers.admin import masked
from business_numbers.models import QuarantinedUpdate, WebhookEvent
from inbox import ingest
from inbox.models import Message
from tests.factories import create_user, envelope, receive, store, text_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    user = create_user("Sam Support")
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def poison(number, monkeypatch):
    """An update that a bug of ours could not apply."""

    def break_down(items):
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(ingest, "apply", break_down)
        receive(number, text_message(body="poor thing"))
    return QuarantinedUpdate.objects.get()


def test_replay_after_the_fix_applies_it_once(poison):
    assert ingest.replay(poison)
    assert ingest.replay(poison)

    assert Message.objects.get().body == "poor thing"
    assert poison.replayed_at is not None


def test_replay_of_what_still_cannot_be_read_keeps_it_aside(number):
    store(b"{")
    ingest.ingest_once()

    assert not ingest.replay(QuarantinedUpdate.objects.get())
    assert WebhookEvent.objects.get().state == "quarantined"


def test_staff_replay_from_the_admin_and_it_is_written_down(poison, staff):
    answer = staff.post(
        "/admin/numbers/quarantinedupdate/",
        {"action": "replay_chosen", "_selected_action": [poison.pk]},
        follow=True,
    )

    assert "1 applied, 0 still cannot be" in answer.content.decode()
    assert Message.objects.count() == 1


def test_the_admin_shows_the_shape_of_a_webhook_but_not_who_said_what(number, staff):
    event = store(envelope(number, [text_message("447700900112", "my secret words")]))

    page = staff.get(f"/admin/numbers/webhookevent/{event.pk}/change/").content.decode()

    assert "phone_number_id" in page
    assert "my secret words" not in page
    assert "447700900112" not in page


def test_masking_keeps_the_last_four_digits_and_lengths():
    seen = masked({"from": "447700900112", "text": {"body": "hello"}, "id": "wamid.1"})

    assert seen == {
        "from": "•••0112",
        "text": {"body": "••• (5 characters)"},
        "id": "wamid.1",
    }


def test_django_q_tables_are_not_in_the_admin(staff):
    assert staff.get("/admin/django_q/ormq/").status_code == 404
