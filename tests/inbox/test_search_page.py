"""The page of search, the way from it into a thread, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from converge import clock
from inbox import finding, looking
from inbox.models import Conversation, Message, Note
from tests import factories
from tests.inbox.searching import say

pytestmark = pytest.mark.django_db
MOST = 12
HOSTILE = '<script>alert("order")</script> <img src=x onerror=alert(1)>'


def test_hostile_text_is_shown_and_never_obeyed(conversation, page):
    conversation.contact.name = "<b>Amina</b>"
    conversation.contact.save()
    say(conversation, HOSTILE)

    text = page(q="order").content.decode()

    assert "&lt;script&gt;alert(&quot;<mark>order</mark>&quot;)" in text
    assert "<script>alert" not in text and "<img src=x" not in text
    assert "<b>Amina" not in text


def test_what_was_typed_is_escaped_too(page):
    text = page(q='"><script>alert(1)</script> from:<i>').content.decode()

    assert "<script>alert" not in text and "<i>" not in text


def test_an_excerpt_shows_the_part_that_matches(conversation, page):
    say(conversation, "before " * 100 + "the needle stands here " + "after " * 100)

    text = page(q="need").content.decode()

    assert "<mark>needle</mark> stands here" in text
    assert "…" in text


def test_every_hit_is_shown_once_however_many_share_a_moment(conversation, page):
    ids = {str(say(conversation, f"order {n}").id) for n in range(45)}
    Message.objects.update(at=clock.now())

    shown, after, pages = [], "", 0
    while pages == 0 or after:
        context = page(q="order", after=after).context
        shown += [hit.id for hit in context["hits"]]
        after, pages = context["found"].following, pages + 1

    assert (len(shown), set(shown), pages) == (45, ids, 3)


@pytest.mark.parametrize("after", ["x", "1_2", "9" * 30 + "_" + "0" * 32, "_"])
def test_a_place_that_is_none_shows_the_newest(conversation, page, after):
    say(conversation, "order")

    assert len(page(q="order", after=after).context["hits"]) == 1


def test_a_hit_opens_the_conversation_at_that_message(conversation, page, client):
    old = say(conversation, "needle", ago=500)
    for n in range(120):
        say(conversation, f"hay {n}", ago=n, seq=n)
    answer = page(q="needle")
    address = reverse(
        "inbox:conversation",
        args=[conversation.workspace.slug, conversation.public_id],
    )
    assert f'href="{address}?at={old.id}#m-{old.id}"' in answer.content.decode()

    text = client.get(address, {"at": old.id}).content.decode()

    assert f'id="m-{old.id}"' in text
    assert "Newest messages" in text
    assert "hay 119" in text and "hay 3<" not in text


@pytest.mark.parametrize("at", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_message_that_is_not_here_opens_the_newest(conversation, client, bob, at):
    client.force_login(bob)
    say(conversation, "hay")
    names = [conversation.workspace.slug, conversation.public_id]

    text = client.get(reverse("inbox:conversation", args=names), {"at": at})

    assert "hay" in text.content.decode()
    assert "Newest messages" not in text.content.decode()


def test_an_empty_search_says_what_can_be_asked(page):
    text = page().content.decode()

    assert "Nothing found" not in text
    assert "What can be asked" in text
    for example in ("from:amina", "is:unread", "has:media"):
        assert example in text


def test_a_search_that_finds_nothing_names_what_can_be_left_out(conversation, page):
    say(conversation, "order")

    text = page(q="order is:closed").content.decode()

    assert "Nothing found" in text
    assert 'href="?q=order"' in text and "Search without is:" in text


def test_the_list_leads_to_the_messages(client, workspace, bob):
    client.force_login(bob)

    text = client.get(reverse("inbox:inbox", args=[workspace.slug]), {"q": "a&b"})

    assert "/inbox/search/?q=a%26b" in text.content.decode()


def test_a_viewer_may_search(client, workspace, conversation):
    say(conversation, "order")
    client.force_login(factories.create_member(workspace, "Vera", role="viewer"))

    text = client.get(reverse("inbox:search", args=[workspace.slug]), {"q": "order"})

    assert "<mark>order</mark>" in text.content.decode()


def test_a_note_opens_the_conversation_at_that_note(conversation, page, client, alice):
    own = {"workspace": conversation.workspace, "conversation": conversation}
    at = clock.now() - timedelta(minutes=500)
    note = Note.objects.create(**own, author=alice, body="Ask the depot", at=at)
    say(conversation, "before", ago=501)
    for n in range(120):
        say(conversation, f"hay {n}", ago=n, seq=n)
    assert f"?at={note.id}#n-{note.id}" in page(q="depot").content.decode()
    names = [conversation.workspace.slug, conversation.public_id]

    text = client.get(reverse("inbox:conversation", args=names), {"at": note.id})

    assert f'id="n-{note.id}"' in text.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "word " * 1000,
        "%_\\'\"",
        "\0",
        "<script>",
        "👍🏽",
        "is:",
        "-",
        "a" * 5000,
        "12:#in",
    ],
)
def test_no_query_is_too_strange(conversation, page, typed):
    say(conversation, "hello")

    assert page(q=typed).status_code == 200


def test_what_takes_too_long_is_stopped_and_said(conversation, page, monkeypatch):
    say(conversation, "order")
    monkeypatch.setattr(
        looking, "NEWEST", f"SELECT pg_sleep(5), w.* FROM ({looking.NEWEST}) w"
    )
    monkeypatch.setattr("inbox.views.searching.SECONDS", 0.05)

    assert "That took too long" in page(q="order").content.decode()


# --- What it costs -----------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "amina",
        "amina is:unread number:support window:open from:amina",
        "order tag:vip has:failed",
        "order from:bob -refund",
    ],
)
def test_a_search_asks_a_fixed_number_of_questions(number, page, settings, typed):
    settings.DEMO = settings.DEBUG = False
    for _ in range(25):
        say(factories.create_conversation(number), "Amina has an order")
    page(q=typed)

    with CaptureQueriesContext(connection) as asked:
        page(q=typed)

    around = ("SAVEPOINT", "RELEASE")  # where production says BEGIN and COMMIT
    assert len([q for q in asked if not q["sql"].startswith(around)]) <= MOST


@pytest.fixture
def small(monkeypatch):
    """As if forty messages were twenty thousand: what is rare is asked of the index."""
    for module in (finding, looking):
        monkeypatch.setattr(module, "STEP", 40)
    monkeypatch.setattr(finding, "RARE", 2)
    monkeypatch.setattr(finding, "COMMON", 4)
    monkeypatch.setattr(finding, "FEW", 0)


def test_rare_words_are_found_however_far_back(conversation, small, found):
    for n in range(200):
        say(conversation, f"hay {n % 50}", ago=n)
    say(conversation, "needle in hay", ago=300)

    assert found("needle") == found("hay needle") == ["needle in hay"]
    assert found("hay 49") == ["hay 49"] * 4


def test_what_is_common_but_for_its_operators_is_looked_for_step_by_step(
    number, small, page
):
    closed = factories.create_conversation(number)
    Conversation.objects.filter(id=closed.id).update(state=Conversation.CLOSED)
    say(closed, "hay of old", ago=150)
    conversation = factories.create_conversation(number)
    for n in range(100):
        say(conversation, f"hay {n}", ago=n)

    first = page(q="hay is:closed")
    assert "Look further back" in first.content.decode()
    second = page(q="hay is:closed", after=first.context["found"].following)
    third = page(q="hay is:closed", after=second.context["found"].following)

    assert [hit.at for hit in third.context["hits"]] and third.context[
        "found"
    ].until is None


def test_the_words_are_looked_up_in_their_index(conversation, membership):
    for n in range(300):
        say(conversation, f"order{n} is late")
    inner = looking.WITH_WORDS.split("FROM (", 1)[1].split("OFFSET")[0]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {inner}", ["'1:order77'"])
        plan = " ".join(line for (line,) in cursor.fetchall())

    assert "searchable_words" in plan
