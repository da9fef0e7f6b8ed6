"""Pages for anybody: does Converge work now, and what do Meta's words mean?"""

import pytest

from business_numbers.errors import MEANINGS
from converge import status
from converge.guide import ARTICLES
from converge.heartbeat import beat
from converge.models import Incident

pytestmark = pytest.mark.django_db


def test_the_status_is_read_without_signing_in(client):
    for name in ("ingest", "deliver", "qcluster"):
        beat(name)

    page = client.get("/status/").content.decode()

    assert "Everything works." in page


def test_a_silent_process_is_said_and_becomes_one_incident(client):
    beat("ingest")
    beat("qcluster")
    status.watch()
    status.watch()

    assert "no sign of life" in client.get("/status/").content.decode()
    assert Incident.objects.get().part == "deliver"
    beat("deliver")
    status.watch()
    assert Incident.objects.get().ended_at


def test_programmers_read_how_it_is_used(client):
    page = client.get("/help/api.md")

    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert "Converge-Signature" in page.content.decode()


@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.slug)
def test_every_article_is_written(client, article):
    page = client.get(f"/help/{article.slug}/")

    assert page.status_code == 200
    assert article.title in page.content.decode()
    assert all(code in MEANINGS or 200 <= code <= 299 for code in article.codes)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("131047", "When a free message may be sent"),
        ("#133005", "The 6-digit PIN, and why we stop after two"),
        ("account does not exist in cloud api", "Retire, disconnect, reconnect"),
        ("Feature Unavailable", "Meta says “Feature Unavailable” at login"),
        ("webhook silent", "Messages stopped arriving"),
    ],
)
def test_help_is_found_by_code_and_by_metas_wording(client, asked, title):
    page = client.get("/help/", {"q": asked}).content.decode()

    assert title in page
    assert "Nothing is found" not in page


def test_a_code_without_an_article_is_explained_all_the_same(client):
    page = client.get("/help/", {"q": "131053"}).content.decode()

    assert MEANINGS[131053].words in page
