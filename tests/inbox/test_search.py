"""Search over people and messages: what is found, what never is, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Membership
from converge import clock
from inbox import finding, search, tokens
from inbox.models import Attachment, ContactTag, Conversation, Message, Tag
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
        hits, _ = finding.messages(search.parse(typed), membership)
        return [hit.message.body for hit in hits]

    return find


@pytest.fixture
def people(membership):
    def find(typed: str) -> list[str]:
        rows, _ = finding.people(search.parse(typed), membership)
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


# --- What was typed ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "words", "operators"),
    [
        ("late order", ("late", "order"), ()),
        ("from:amina order", ("order",), (("from", "amina"),)),
        ('tag:"late payer"', (), (("tag", "late payer"),)),
        ("IS:Unread", (), (("is", "unread"),)),
        ("window:closing has:media", (), (("window", "closing"), ("has", "media"))),
        ("https://example.org/a", ("https", "example", "org", "a"), ()),
        ("colour:red", ("colour", "red"), ()),
        ("is:asleep", ("is", "asleep"), ()),
        ("from:", ("from",), ()),
        ("don't", ("don", "t"), ()),
        ("'; DROP \\ & | ! :* \0", ("DROP",), ()),
        ("", (), ()),
    ],
)
def test_a_query_is_words_and_operators(typed, words, operators):
    query = search.parse(typed)

    assert (query.words, query.operators) == (words, operators)


def test_an_operator_with_a_value_nobody_knows_is_told_in_one_sentence():
    (sentence,) = search.parse("is:asleep").misread

    assert "is:unread, is:waiting, is:closed" in sentence


def test_a_query_can_be_typed_without_one_of_its_operators():
    query = search.parse('order tag:"late payer" is:closed')

    assert query.without("is") == 'order tag:"late payer"'


# --- Words ------------------------------------------------------------------------


def test_every_word_must_be_said_and_the_last_may_be_unfinished(conversation, found):
    say(conversation, "Where is my order, please?", ago=1)
    say(conversation, "My orderly house", ago=2)

    assert found("my ord") == ["Where is my order, please?", "My orderly house"]
    assert found("order my") == ["Where is my order, please?"]
    assert found("orde my") == found("order yours") == []


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
    ],
)
def test_words_are_found_in_every_script_and_beside_every_sign(
    conversation, found, body, typed
):
    say(conversation, body)

    assert found(typed) == [body]


@pytest.mark.parametrize(
    "body", ["", "?!  ?!", "🎉 🎉", "\n\n", "é" * 70_000, "a " * 60_000]
)
def test_no_text_is_refused_by_the_index(conversation, body):
    assert say(conversation, body).pk


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
    picture = say(conversation, "look", ago=1, kind="image")
    Attachment.objects.create(
        workspace=conversation.workspace,
        message=picture,
        number=conversation.number,
        kind="image",
    )

    assert found("has:failed") == ["did not go"]
    assert found("has:media") == ["look"]


def test_a_search_without_words_looks_at_recent_messages_only(conversation, found):
    say(conversation, "new", ago=1)
    say(conversation, "old", ago=60 * 24 * 31)

    assert found("window:open") == ["new"]


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

    assert "<mark>need</mark>le stands here" in text
    assert "…" in text


def test_every_hit_is_shown_once_however_many_share_a_moment(conversation, page):
    ids = {str(say(conversation, f"order {n}").id) for n in range(45)}
    Message.objects.update(at=clock.now())

    shown, after, pages = [], "", 0
    while pages == 0 or after:
        context = page(q="order", after=after).context
        shown += [str(hit.message.id) for hit in context["hits"]]
        after, pages = context["following"], pages + 1

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


# --- What it costs -----------------------------------------------------------------


def test_a_search_asks_a_fixed_number_of_questions(
    number, page, settings, django_assert_max_num_queries
):
    settings.DEMO = settings.DEBUG = False
    for _ in range(25):
        say(factories.create_conversation(number), "Amina has an order")
    page(q="amina")

    with django_assert_max_num_queries(MOST):
        page(q="amina is:unread number:support window:open from:amina")


def test_the_words_are_looked_up_in_their_index(conversation, membership):
    Message.objects.bulk_create(
        Message(
            workspace=conversation.workspace,
            conversation=conversation,
            contact=conversation.contact,
            number=conversation.number,
            direction=Message.IN,
            origin=Message.CUSTOMER,
            kind="text",
            body=f"order{n} is late",
            at=clock.now(),
            state=State.RECEIVED,
        )
        for n in range(500)
    )
    workspace = membership.workspace_id
    asked = Message.objects.filter(workspace=workspace).exclude(body="")

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inbox_message")
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = asked.filter(tokens.says(workspace, ["late", "order77"])).explain()

    assert "message_words" in plan
