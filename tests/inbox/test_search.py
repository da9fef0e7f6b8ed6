"""Search over people and messages: what is found, what never is, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from converge import clock
from inbox import finding, hits, looking, narrowing, search
from inbox.models import ContactTag, Conversation, Message, Note, Searchable, Tag
from inbox.states import State
from tests import factories

pytestmark = pytest.mark.django_db
MOST = 12
HOSTILE = '<script>alert("order")</script> <img src=x onerror=alert(1)>'


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


def say(conversation, body: str, ago: int = 0, **fields) -> Message:
    at = clock.now() - timedelta(minutes=ago)
    kept = {"direction": Message.IN, "origin": Message.CUSTOMER, "kind": "text"}
    return Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        body=body,
        at=at,
        **kept | {"state": State.RECEIVED} | fields,
    )


# --- Words ------------------------------------------------------------------------


def test_every_word_must_be_said_or_begun(conversation, found):
    say(conversation, "Where is my order, please?", ago=1)
    say(conversation, "My orderly house", ago=2)

    assert found("my ord") == ["Where is my order, please?", "My orderly house"]
    assert found("plea order") == ["Where is my order, please?"]
    assert found("rder") == found("order yours") == found("please -order") == []
    assert found("house m") == []


def test_quotes_keep_words_whole_and_together(conversation, found):
    say(conversation, "The late order", ago=1)
    say(conversation, "Orders come late", ago=2)
    say(conversation, "Order it late, late", ago=3)

    assert found('"late order"') == ["The late order"]
    assert found('"order"') == ["The late order", "Order it late, late"]
    assert found("late -order") == []
    assert found('late -"orders"') == ["The late order", "Order it late, late"]


@pytest.mark.parametrize(
    ("body", "typed"),
    [
        ("Привет, мир!", "при"),
        ("Où est ma commande ?", "OÙ est"),
        ("أين طلبي؟", "طلبي"),
        ("Danke🎉schön", "danke sch"),
        ("See https://example.org/track/AB-1234", "ab 1234"),
        ("“Quoted” – and dashed", "quoted dashed"),
        ("x" * 5000, "xxx"),
        ("?! ?!  — … hello", "hello"),
        ("Un café, s'il vous plaît", "CAFE plait"),
        ("Muller asks", "müller"),
        ("İSTANBUL", "istanbul"),
        ("istanbul", "İst"),
        ("السَّلامُ عليكم", "السلام"),
        ("word " * 800 + "needle", "needle"),
        ("100%_\\\\'; DROP", "100 drop"),
        ("<script>alert(1)</script>", "<script>"),
    ],
)
def test_words_are_found_in_every_script_and_beside_every_sign(
    conversation, found, body, typed
):
    say(conversation, body)

    assert found(typed) == [body]


def test_signs_alone_find_nothing(conversation, found):
    say(conversation, "hello")

    assert found("& | ! 🎉") == []


def test_what_another_workspace_was_told_is_never_found(conversation, found, charlie):
    elsewhere = charlie.memberships.get().workspace
    say(
        factories.create_conversation(factories.create_number(elsewhere)), "secret plan"
    )

    assert found("secret") == found(f"{elsewhere.id}:secret") == []


def test_a_deleted_message_is_not_found(conversation, found):
    message = say(conversation, "secret plan")
    assert found("secret") == ["secret plan"]

    Message.objects.filter(id=message.id).update(body="", deleted_at=clock.now())

    assert found("secret") == []


def test_an_edited_message_is_found_by_its_new_words(conversation, found):
    message = say(conversation, "at noon")

    Message.objects.filter(id=message.id).update(body="at midnight")

    assert found("noon") == []
    assert found("midnight") == ["at midnight"]


def test_a_note_is_found_and_so_is_its_author(conversation, alice, found):
    own = {"workspace": conversation.workspace, "conversation": conversation}
    Note.objects.create(**own, author=alice, body="Ask the depot", at=clock.now())

    assert found("depot") == found("depot from:alice") == ["Ask the depot"]
    assert found("depot from:me") == found("depot has:media") == []

    Note.objects.all().delete()
    assert not Searchable.objects.exists()


def test_what_is_removed_leaves_no_words(conversation):
    say(conversation, "secret plan")
    assert Searchable.objects.count() == 1

    conversation.delete()

    assert not Searchable.objects.exists()


def test_words_come_with_many_rows_at_once_and_only_once(conversation, found):
    message = say(conversation, "hello")
    Message.objects.bulk_create([message], ignore_conflicts=True)
    message.refresh_from_db()
    message.save()

    assert found("hello") == ["hello"]


def test_a_deleted_file_is_not_found_by_being_a_file(conversation, found):
    message = say(conversation, "", kind="image")
    assert found("has:media") == [""]

    Message.objects.filter(id=message.id).update(deleted_at=clock.now())

    assert found("has:media") == []


def test_nothing_older_than_a_year_is_looked_at(conversation, found):
    say(conversation, "long ago", ago=60 * 24 * 367)

    assert found("long ago") == []


# --- Operators --------------------------------------------------------------------


def test_from_is_a_customer_a_teammate_or_me(
    workspace, conversation, alice, bob, found
):
    other = factories.create_contact(workspace, name="Lukas Weber")
    say(conversation, "order of Amina", ago=1)
    say(factories.create_conversation(conversation.number, other), "order of Lukas", 2)
    factories.create_sent(conversation, body="order by Alice", author=alice)
    factories.create_sent(conversation, body="order by Bob", author=bob)

    assert found("order from:amina") == ["order of Amina"]
    assert found('order from:"Lukas Weber"') == ["order of Lukas"]
    assert found("order from:alice") == ["order by Alice"]
    assert found("order from:me") == ["order by Bob"]


def test_a_tag_narrows_people_and_messages(workspace, number, found, people):
    vip = factories.create_conversation(
        number, factories.create_contact(workspace, "Amina Yusuf")
    )
    tag = Tag.objects.create(workspace=workspace, name="VIP")
    ContactTag.objects.create(workspace=workspace, contact=vip.contact, tag=tag)
    plain = factories.create_conversation(
        number, factories.create_contact(workspace, "Amina Weber")
    )
    say(vip, "order one")
    say(plain, "order two")

    assert found("order tag:vip") == ["order one"]
    assert people("amina tag:vip") == people("tag:vip") == ["Amina Yusuf"]


def test_a_number_is_meant_by_its_name_or_its_digits(workspace, conversation, found):
    sales = factories.create_number(
        workspace, label="Sales DE", display="+49 30 901820"
    )
    say(conversation, "order one")
    say(factories.create_conversation(sales), "order two")

    assert found("order number:sales") == ["order two"]
    assert found("order number:4930901") == ["order two"]
    assert found('order number:"+49 30 901"') == ["order two"]


def test_is_and_window_speak_of_the_conversation(number, found):
    unread = factories.create_conversation(number, wrote_ago=timedelta(hours=30))
    closing = factories.create_conversation(number, wrote_ago=timedelta(hours=23))
    waiting = factories.create_conversation(number, wrote_ago=None)
    shut = factories.create_conversation(number, wrote_ago=None)
    everything = Conversation.objects
    everything.filter(id=unread.id).update(last_inbound_seq=9)
    everything.filter(id=closing.id).update(last_inbound_seq=0)
    everything.filter(id=waiting.id).update(waiting_since=clock.now())
    everything.filter(id=shut.id).update(state=Conversation.CLOSED)
    for ago, conversation in enumerate((unread, closing, waiting, shut)):
        say(conversation, f"order {ago}", ago)

    assert found("order is:unread") == ["order 0"]
    assert found("order is:waiting") == ["order 2"]
    assert found("order is:closed") == ["order 3"]
    assert found("order window:open") == found("order window:closing") == ["order 1"]
    assert found("order window:closed") == ["order 0", "order 2", "order 3"]


def test_has_finds_what_failed_and_what_carries_a_file(conversation, found):
    factories.create_sent(conversation, State.FAILED, body="did not go")
    say(conversation, "look", ago=1, kind="image")
    say(conversation, "", ago=2, kind="video")

    assert found("has:failed") == ["did not go"]
    assert found("has:media") == ["look", ""]
    assert found("has:media has:failed") == []


def test_a_name_that_a_teammate_and_a_customer_share_means_both(
    workspace, number, bob, found
):
    theirs = factories.create_contact(workspace, "Bob Weber")
    say(factories.create_conversation(number, theirs), "order, says the customer")
    factories.create_sent(
        factories.create_conversation(number), body="order, says Bob", author=bob
    )

    assert set(found("order from:bob")) == {
        "order, says the customer",
        "order, says Bob",
    }


def test_a_part_of_a_phone_number_finds_the_person(workspace, people):
    factories.create_contact(workspace, "Lukas Weber", wa_id="4915112345678")

    assert people("+49 151 123") == people("1511234") == ["Lukas Weber"]


# --- The page ----------------------------------------------------------------------


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
