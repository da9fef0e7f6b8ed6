"""Search over people, messages and notes: what is found, and what never is."""

from datetime import timedelta

import pytest

from converge import clock
from inbox import finding, merging, naming
from inbox.models import ContactTag, Conversation, Message, Note, Searchable, Tag
from inbox.states import State
from tests import factories
from tests.inbox.searching import say

pytestmark = pytest.mark.django_db


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


def test_who_became_part_of_somebody_else_is_found_no_more(workspace, people, alice):
    kept = factories.create_contact(workspace, "Lukas Weber", wa_id="4915112345678")
    other = factories.create_contact(workspace, "L. Weber", wa_id="4915187654321")
    merging.merge(kept, other, merging.Choices(), alice)

    assert people("weber") == people("8765") == ["Lukas Weber"]


@pytest.mark.parametrize("few", [0, 1000])
def test_a_name_is_found_by_any_part_of_it(
    workspace, people, found, number, few, monkeypatch
):
    monkeypatch.setattr(naming, "FEW", few)
    monkeypatch.setattr(finding, "FEW", few)
    amina = factories.create_contact(workspace, "Amina Yusuf", wa_id="447700900112")
    factories.create_contact(workspace, "Émile d’Aubigné-Özil", wa_id="33612345678")
    say(factories.create_conversation(number, amina), "order")

    for typed in ("usuf", "yusuf amin", "AMİNA", "7700 900", "+44-7700", "900112"):
        assert people(typed) == ["Amina Yusuf"]
    assert people("emile ozil") == people("ubigne") == ["Émile d’Aubigné-Özil"]
    assert people("amina ozil") == people("%") == people("_") == []
    assert found("from:usuf") == found("order from:amina") == ["order"]
    assert found("from:nobody") == []
