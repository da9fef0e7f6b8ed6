"""A row's menu, and what a single act offers afterwards: to take it back."""

import pytest
from django.urls import reverse

from inbox.models import Conversation, TeamAct
from tests import factories

pytestmark = pytest.mark.django_db
SCRIPTED = {"X-Requested-With": "fetch"}


@pytest.fixture
def desk(client, bob):
    client.force_login(bob)
    return client


def path(conversation, name: str) -> str:
    return reverse(
        f"inbox:{name}", args=[conversation.workspace.slug, conversation.public_id]
    )


@pytest.mark.parametrize("headers", [{}, SCRIPTED])
def test_the_menu_has_what_fits_the_conversation(desk, conversation, headers):
    page = desk.get(path(conversation, "row_menu"), headers=headers).content.decode()

    assert ("<html" in page) is (not headers)
    for name in ("assign", "snooze", "close", "unread", "block"):
        assert f'action="{path(conversation, name)}"' in page
    assert path(conversation, "reopen") not in page

    Conversation.objects.update(state=Conversation.CLOSED)
    page = desk.get(path(conversation, "row_menu")).content.decode()
    assert path(conversation, "reopen") in page
    assert path(conversation, "close") not in page


def test_who_only_reads_may_mark_unread_alone(client, conversation):
    viewer = factories.create_member(conversation.workspace, role="viewer")
    client.force_login(viewer)

    page = client.get(path(conversation, "row_menu")).content.decode()

    assert path(conversation, "unread") in page
    assert path(conversation, "close") not in page
    assert path(conversation, "block") not in page


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("close", {}, "Closed 1 conversation."),
        ("snooze", {"until": "tomorrow"}, "Snoozed 1 conversation until"),
        ("assign", {"to": "me"}, "Assigned 1 conversation to Bob."),
    ],
)
def test_a_single_act_can_be_undone_where_it_is_told(
    desk, conversation, name, fields, said
):
    told = desk.post(path(conversation, name), fields, headers=SCRIPTED)

    act = TeamAct.objects.get()
    undo = reverse(
        "inbox:undo_together", args=[conversation.workspace.slug, act.public_id]
    )
    assert said in told.content.decode() and f'action="{undo}"' in told.content.decode()
    desk.post(undo)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.assignee) == ("open", None)


def test_without_a_script_the_page_offers_it_too(desk, conversation):
    page = desk.post(path(conversation, "close"), follow=True).content.decode()

    act = TeamAct.objects.get()
    assert "Closed 1 conversation." in page
    assert f"/{act.public_id}/undo/" in page


def test_what_changes_nothing_says_nothing(desk, conversation):
    desk.post(path(conversation, "close"), headers=SCRIPTED)

    again = desk.post(path(conversation, "close"), headers=SCRIPTED)

    assert (again.status_code, TeamAct.objects.count()) == (204, 1)


@pytest.mark.parametrize("then", ["close", "snooze"])
def test_what_follows_a_reply_is_undone_like_any_act(desk, conversation, then):
    desk.post(path(conversation, "send"), {"body": "Done.", "then": then})
    conversation.refresh_from_db()
    assert conversation.state != Conversation.OPEN

    desk.post(reverse("inbox:undo_last", args=[conversation.workspace.slug]))

    conversation.refresh_from_db()
    assert conversation.state == Conversation.OPEN
