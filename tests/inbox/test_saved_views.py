"""Saved views: filters of the list under a name, one person's or everybody's."""

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse

from accounts.models import AuditEntry
from inbox import saved_views
from inbox.filters import ConversationFilter
from inbox.models import SavedView
from tests import factories

pytestmark = pytest.mark.django_db
WAITING = "view=unassigned&waiting=1"


@pytest.fixture
def post(client, workspace, bob):
    client.force_login(bob)

    def send(url="views", /, *args, **fields):
        path = reverse(f"inbox:{url}", args=[workspace.slug, *args])
        return client.post(path, fields, follow=True)

    return send


def save(workspace, name, user=None, query=WAITING, position=0) -> SavedView:
    return SavedView.objects.create(
        workspace=workspace, name=name, user=user, query=query, position=position
    )


def names(client, workspace) -> list[str]:
    page = client.get(reverse("inbox:inbox", args=[workspace.slug]))
    return [view.name for view in page.context["saved"]]


def the_filter(query, workspace, user) -> ConversationFilter:
    return ConversationFilter(QueryDict(query), workspace=workspace, user=user)


def test_a_view_keeps_what_was_asked_in_one_spelling(workspace, bob):
    asked = "waiting=on&sort=newest&after=1&view=unassigned&nonsense=1&window="

    assert saved_views.query_of(the_filter(asked, workspace, bob)) == WAITING


def test_a_view_is_described_in_the_words_of_the_filters(workspace, bob, number):
    query = f"view=mine&window=closing&q=lamp&sort=waiting&unread=1&number={number.pk}"

    assert saved_views.describe(the_filter(query, workspace, bob)) == [
        "Mine",
        "Sort: Longest waiting",
        "Number: Support UK",
        "Window: Closing within 2 h",
        "Unread only",
        "“lamp”",
    ]


def test_what_is_saved_stands_above_the_list_and_is_marked_where_it_is_shown(
    client, post, workspace
):
    page = post(name="Waiting", query=WAITING)

    assert page.request["QUERY_STRING"] == WAITING
    text = page.content.decode()
    assert 'aria-current="true">Waiting' in text
    assert names(client, workspace) == ["Waiting"]
    assert AuditEntry.objects.get(act="view saved").target == "Waiting"


def test_a_personal_view_is_nobody_elses(client, post, workspace, alice, bob):
    post(name="Mine alone", query=WAITING)
    post(name="For all", query=WAITING, is_shared="1")

    client.force_login(alice)

    assert names(client, workspace) == ["For all"]
    own = SavedView.objects.get(name="Mine alone")
    args = [workspace.slug, own.pk]
    assert client.get(reverse("inbox:edit_view", args=args)).status_code == 404
    assert client.post(reverse("inbox:delete_view", args=args)).status_code == 404
    assert client.post(reverse("inbox:move_view", args=args)).status_code == 404


def test_everybodys_stand_first_each_in_its_order(client, post, workspace, bob):
    for name in ("a", "b", "c"):
        post(name=name, query=WAITING)
    post(name="shared", query=WAITING, is_shared="1")

    post("move_view", SavedView.objects.get(name="c").pk, to="up")
    assert names(client, workspace) == ["shared", "a", "c", "b"]
    post("move_view", SavedView.objects.get(name="a").pk, to="down")
    assert names(client, workspace) == ["shared", "c", "a", "b"]
    post("move_view", SavedView.objects.get(name="c").pk, to="up")
    assert names(client, workspace) == ["shared", "c", "a", "b"]


def test_a_view_is_renamed_and_shared(client, post, workspace, alice, bob):
    view = save(workspace, "Waitng", bob)

    post("edit_view", view.pk, name="Waiting", is_shared="1")

    client.force_login(alice)
    assert names(client, workspace) == ["Waiting"]


def test_a_deleted_view_can_be_put_back(client, post, workspace, bob):
    view = save(workspace, "Waiting", bob)

    page = post("delete_view", view.pk)

    assert "“Waiting” is deleted." in page.content.decode()
    assert names(client, workspace) == []
    gone = page.context["gone"]
    post(name=gone.name, query=gone.query)
    assert names(client, workspace) == ["Waiting"]


@pytest.mark.parametrize("is_shared", ["", "1"])
def test_a_name_is_given_once(post, workspace, bob, is_shared):
    post(name="Waiting", query=WAITING, is_shared=is_shared)

    page = post(name=" waiting ", query="unread=1", is_shared=is_shared)

    assert page.status_code == 422
    assert "There is a view of this name already." in page.content.decode()
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("is_mine", [True, False])
def test_the_database_refuses_a_name_twice(workspace, bob, is_mine):
    user = bob if is_mine else None
    save(workspace, "Waiting", user)

    with pytest.raises(IntegrityError), transaction.atomic():
        save(workspace, "WAITING", user)


def test_there_is_an_end_to_saving(post, workspace, bob, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 1)
    post(name="One", query=WAITING)

    page = post(name="Two", query=WAITING)

    assert page.status_code == 422
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("query", ["", "view=all&sort=newest", "nonsense=1"])
def test_nothing_is_saved_without_filters(post, query):
    page = post(name="Everything", query=query)

    assert page.status_code == 200
    assert "No saved views yet" in page.content.decode()


def test_a_view_of_a_number_that_is_gone_still_opens(client, post, workspace, bob):
    save(workspace, "Old number", query="number=999999&unread=1")

    page = client.get(reverse("inbox:views", args=[workspace.slug]))

    assert "Unread only" in page.content.decode()
    path = reverse("inbox:inbox", args=[workspace.slug])
    assert client.get(f"{path}?number=999999&unread=1").status_code == 200


def test_a_viewer_uses_views_and_keeps_none(client, workspace):
    save(workspace, "For all")
    client.force_login(factories.create_member(workspace, "Vera", role="viewer"))

    assert names(client, workspace) == ["For all"]
    path = reverse("inbox:views", args=[workspace.slug])
    assert client.get(path).status_code == 403
