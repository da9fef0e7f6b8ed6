"""After a gap the thread says from when to when something may be missing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from converge import clock
from inbox.gaps import mark_gap
from inbox.models import Event

pytestmark = pytest.mark.django_db


def test_an_open_thread_is_marked_once(client, workspace, bob, conversation):
    since = clock.now() - timedelta(hours=3)

    mark_gap(conversation.number, since)
    mark_gap(conversation.number, since)

    assert Event.objects.filter(kind="gap").count() == 1
    client.force_login(bob)
    path = reverse("inbox:conversation", args=[workspace.slug, conversation.public_id])
    assert "was not connected from" in client.get(path).content.decode()


def test_a_closed_thread_is_left_alone(conversation):
    conversation.state = "closed"
    conversation.save()

    assert mark_gap(conversation.number, clock.now()) == 0
