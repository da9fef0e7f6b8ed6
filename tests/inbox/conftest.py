"""What every test of the inbox may use, and what those of search ask."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from inbox import finding, hits, narrowing, search
from inbox.models import Message, Note
from tests.inbox.listening import ear  # noqa: F401


@pytest.fixture
def membership(bob):
    return Membership.objects.get(user=bob)


@pytest.fixture
def found(membership):
    """`found(typed)`: the bodies of the messages a search shows, newest first."""

    def find(typed: str) -> list[str]:
        page = finding.messages(search.parse(typed), membership)
        said = {m.id: m.body for model in (Message, Note) for m in model.objects.all()}
        return [said[place.id] for place in page.places]

    return find


@pytest.fixture
def people(membership):
    def find(typed: str) -> list[str]:
        rows, _ = hits.draw_people(narrowing.people(search.parse(typed), membership))
        return [row.name for row in rows]

    return find


@pytest.fixture
def page(client, workspace, bob):
    client.force_login(bob)
    path = reverse("inbox:search", args=[workspace.slug])

    def get(**query):
        answer = client.get(path, query)
        assert answer.status_code == 200
        return answer

    return get
