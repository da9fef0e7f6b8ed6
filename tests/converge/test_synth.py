"""The data for tests of scale is such as the product itself would have written."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count, Max

from accounts.models import Membership, User, Workspace
from inbox.models import Attempt, Contact, Conversation, Message, Searchable
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(settings):
    settings.DEMO = True
    told = StringIO()
    call_command(
        "synth",
        workspaces=2,
        conversations=200,
        messages=2000,
        stdout=told,
        stderr=StringIO(),
    )
    return json.loads(told.getvalue())


def test_everything_asked_for_is_there(filled):
    assert Workspace.objects.count() == 2
    assert Contact.objects.count() == Conversation.objects.count() == 200
    assert Message.objects.count() == Searchable.objects.filter(is_note=False).count()
    assert Message.objects.count() == 2000
    assert Attempt.objects.count() == Message.objects.filter(direction="out").count()


def test_the_rows_of_a_workspace_belong_to_it_alone(filled):
    for row in Message.objects.select_related("conversation", "number", "contact"):
        conversation = row.conversation
        assert row.workspace_id == conversation.workspace_id
        assert row.workspace_id == row.number.workspace_id
        assert row.workspace_id == row.contact.workspace_id
        assert row.number_id == conversation.number_id


def test_a_conversation_says_what_its_messages_said(filled):
    newest = dict(
        Message.objects.values("conversation")
        .annotate(n=Max("seq"))
        .values_list("conversation", "n")
    )
    for conversation in Conversation.objects.all():
        last = Message.objects.get(seq=newest[conversation.id])
        assert conversation.last_at == last.at
        assert conversation.last_text == last.body[:160]
        assert conversation.last_inbound_at is not None
    assert Conversation.objects.filter(state="open").exists()


def test_some_people_write_far_more_than_others(filled):
    counted = Conversation.objects.annotate(n=Count("messages")).order_by("-n")

    assert counted.first().n > 5 * counted.last().n


def test_the_printed_login_opens_the_inbox(filled, client):
    user = User.objects.get(email=filled["email"])
    assert user.check_password(filled["password"])
    assert Membership.objects.filter(user=user).count() == 2
    client.force_login(user)

    page = client.get(f"/w/{filled['workspace']}/inbox/")

    assert page.status_code == 200
    assert b"conv__link" in page.content


def test_who_writes_next_becomes_a_contact_of_their_own(filled):
    factories.create_contact(Workspace.objects.first())

    assert Contact.objects.count() == 201


def test_a_database_that_holds_something_is_left_alone(settings):
    settings.DEMO = True
    factories.create_workspace()

    with pytest.raises(CommandError, match="holds something already"):
        call_command("synth")

    assert not Conversation.objects.exists()


def test_real_customers_never_meet_it(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="never for real customers"):
        call_command("synth")
