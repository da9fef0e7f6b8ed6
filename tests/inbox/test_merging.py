"""Two contacts that were one person: merged without losing anything, and parted again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from broadcasts.models import Recipient
from converge import clock
from flows import runs
from inbox import merging, moving
from inbox.merging import Choices
from inbox.models import (
    Contact,
    ContactTag,
    Conversation,
    Draft,
    Event,
    Identity,
    Merge,
    Message,
    ReadMark,
    Tag,
)
from inbox.outbox import Draught, queue
from inbox.states import State
from inbox.tags import add_label, lift_tag, set_tag
from tests import factories
from tests.broadcasts.mailing import create_broadcast, feed, start
from tests.flows.making import create_live, say

pytestmark = pytest.mark.django_db
NOW = clock.now


def heard(conversation, body: str, ago: int, seq: int = 0) -> Message:
    """A message of the customer, `ago` minutes ago."""
    at = NOW() - timedelta(minutes=ago)
    message = Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        direction=Message.IN,
        origin=Message.CUSTOMER,
        kind="text",
        body=body,
        at=at,
        seq=seq or 10_000 - ago,
        state=State.RECEIVED,
    )
    Conversation.objects.filter(id=conversation.id).update(
        last_at=at, last_seq=message.seq, last_text=body, last_kind="text",
        last_inbound_at=at, last_inbound_seq=message.seq,
    )  # fmt: skip
    conversation.refresh_from_db()
    return message


@pytest.fixture
def two(number):
    """Amina twice, with the same number of ours; they wrote in turns."""
    mine = factories.create_conversation(number)
    theirs = factories.create_conversation(
        number, factories.create_contact(number.workspace, "Amina Y")
    )
    heard(mine, "one", 9)
    heard(theirs, "two", 8)
    heard(mine, "three", 7)
    heard(theirs, "four", 6)
    return mine, theirs


@pytest.fixture
def apart(number):
    """One on WhatsApp, one on Instagram."""
    other = factories.create_number(number.workspace, kind="instagram")
    mine = factories.create_conversation(number)
    theirs = factories.create_conversation(
        other, factories.create_contact(number.workspace, "amina.ig")
    )
    heard(mine, "one", 9)
    heard(theirs, "two", 8)
    return mine, theirs


def merge(pair, by=None, **choices):
    mine, theirs = pair
    return merging.merge(mine.contact, theirs.contact, Choices(**choices), by)


def bodies(conversation) -> list[str]:
    found = Message.objects.filter(conversation=conversation).order_by("at", "seq")
    return [m.body for m in found]


def everything(*contacts) -> dict:
    """Every row that points at these contacts or their conversations, with its owner."""
    found = {}
    for owner in (Contact, Conversation):
        for model, field in moving.relations(owner, without=(Merge,)):
            for pk, to in model.objects.values_list("pk", field.attname):
                found[moving.label(model, field), str(pk)] = to
    return found


def test_two_conversations_with_one_number_become_one_in_the_order_of_speech(two):
    mine, theirs = two

    merge(two)

    assert bodies(mine) == ["one", "two", "three", "four"]
    assert not Conversation.objects.filter(id=theirs.id).exists()
    assert set(Message.objects.values_list("contact", flat=True)) == {mine.contact_id}
    mine.refresh_from_db()
    assert mine.last_text == "four"
    assert mine.last_inbound_at == theirs.last_inbound_at


def test_a_conversation_with_another_number_moves_whole(apart):
    mine, theirs = apart

    merge(apart)

    theirs.refresh_from_db()
    assert theirs.contact_id == mine.contact_id
    assert mine.contact.identities.count() == 2
    assert bodies(theirs) == ["two"]


def test_undoing_puts_every_row_back_where_it_was(two, alice):
    mine, theirs = two
    add_label(theirs.contact_id, mine.workspace_id, "vip", by=alice)
    factories.create_sent(theirs, State.DELIVERED)
    Contact.objects.filter(id=theirs.contact_id).update(fields={"city": "Leeds"})
    before = everything()
    rows = list(Contact.objects.order_by("id").values())
    talk = moving.snapshot(Conversation, theirs.id)

    record = merge(two, alice)
    assert everything() != before
    merging.undo(record, alice)

    assert everything() == before
    assert list(Contact.objects.order_by("id").values()) == rows
    again = moving.snapshot(Conversation, theirs.id)
    assert again | {"version": 0} == talk | {"version": 0}


def test_merging_twice_and_undoing_twice_do_it_once(two, alice):
    record = merge(two, alice)

    assert merge(two, alice) == record
    assert merging.undo(record, alice) is True
    assert merging.undo(record, alice) is False
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize("code", [Tag.DND, Tag.DO_NOT_SEND])
def test_a_rule_of_either_holds_for_both(two, code, who):
    set_tag(two[who].contact, code, by=None, reason="STOP")

    merge(two)

    assert ContactTag.objects.filter(contact=two[0].contact_id, tag__code=code).exists()


def test_whoever_refuses_marketing_or_is_blocked_still_does_and_is(two):
    mine, theirs = two
    Contact.objects.filter(id=theirs.contact_id).update(
        refuses_marketing=True, blocked_at=NOW()
    )
    theirs.contact.refresh_from_db()

    merge(two)

    mine.contact.refresh_from_db()
    assert mine.contact.refuses_marketing
    assert mine.contact.blocked_at == theirs.contact.blocked_at


def test_an_opt_out_heard_since_the_merge_holds_for_both_when_it_is_undone(two, alice):
    mine, theirs = two
    record = merge(two, alice)
    set_tag(mine.contact, Tag.DND, by=None, reason="STOP")

    merging.undo(record, alice)

    held = ContactTag.objects.filter(tag__code=Tag.DND)
    assert {t.contact_id for t in held} == {mine.contact_id, theirs.contact_id}


def test_an_opt_out_both_had_is_not_lifted_for_the_other_by_lifting_it_once(two, alice):
    mine, theirs = two
    for conversation in two:
        set_tag(conversation.contact, Tag.DND, by=None, reason="STOP")
    record = merge(two, alice)
    lift_tag(mine.contact, Tag.DND)

    merging.undo(record, alice)

    assert ContactTag.objects.get(tag__code=Tag.DND).contact_id == theirs.contact_id


def test_names_and_fields_are_those_that_were_chosen(two):
    mine, theirs = two
    Contact.objects.filter(id=mine.contact_id).update(
        name="Amina", fields={"city": "York", "a": "1"}
    )
    Contact.objects.filter(id=theirs.contact_id).update(
        name="Amina Yusuf", fields={"city": "Leeds", "b": "2"}
    )

    merge(two, name="other", fields={"city": "other"})

    mine.contact.refresh_from_db()
    assert mine.contact.title == "Amina Yusuf"
    assert mine.contact.fields == {"city": "Leeds", "a": "1", "b": "2"}


def test_what_was_changed_since_survives_the_undo(two, alice):
    mine, _ = two
    Contact.objects.filter(id=mine.contact_id).update(fields={"city": "York"})
    record = merge(two, alice)
    Contact.objects.filter(id=mine.contact_id).update(
        name="Amina the second", fields={"city": "York", "new": "1"}
    )

    merging.undo(record, alice)

    mine.contact.refresh_from_db()
    assert mine.contact.name == "Amina the second"
    assert mine.contact.fields == {"city": "York", "new": "1"}


def test_what_is_written_since_the_merge_is_not_lost_by_the_undo(two, alice):
    mine, theirs = two
    record = merge(two, alice)
    mine.refresh_from_db()
    heard(mine, "five", -1)

    merging.undo(record, alice)

    mine.refresh_from_db()
    assert bodies(mine) == ["one", "three", "five"]
    assert mine.last_text == "five"
    assert bodies(Conversation.objects.get(id=theirs.id)) == ["two", "four"]


def test_what_is_written_since_in_a_conversation_that_moved_goes_back_with_it(
    apart, alice
):
    _, theirs = apart
    owner = theirs.contact_id
    record = merge(apart, alice)
    theirs.refresh_from_db()
    heard(theirs, "three", -1)
    attempt = factories.create_sent(theirs)

    merging.undo(record, alice)

    assert {m.contact_id for m in Message.objects.filter(conversation=theirs)} == {
        owner
    }
    attempt.refresh_from_db()
    assert attempt.contact_id == owner


def test_only_what_was_read_in_both_is_read(two, alice, bob):
    mine, theirs = two
    for user, conversation, seq in (
        (alice, mine, 300), (alice, theirs, 500), (bob, theirs, 500)
    ):  # fmt: skip
        ReadMark.objects.create(
            workspace=mine.workspace, user=user, conversation=conversation, seq=seq
        )

    merge(two)

    mark = ReadMark.objects.get()
    assert (mark.user_id, mark.conversation_id, mark.seq) == (alice.id, mine.id, 300)


def test_what_somebody_was_writing_in_both_is_one_draft(two, alice):
    for conversation, body in zip(two, ("Dear", "Amina"), strict=True):
        Draft.objects.create(
            workspace=conversation.workspace, user=alice, conversation=conversation,
            mode="reply", body=body,
        )  # fmt: skip

    record = merge(two, alice)
    joined = Draft.objects.get().body
    merging.undo(record, alice)

    assert joined == "Dear\n\nAmina"
    assert Draft.objects.get(conversation=two[1].id).body == "Amina"


def test_a_message_on_its_way_lets_them_wait(two, alice):
    _, theirs = two
    queue(theirs.id, Draught(kind="text", body="Hi"), author=alice, may_send=True)

    with pytest.raises(merging.Refused, match="just being sent"):
        merge(two, alice)

    assert Contact.objects.present().count() == 2


def test_a_flow_under_way_with_one_of_them_stops(two):
    mine, theirs = two
    flow = create_live(mine.workspace, say(2))
    run = runs.start_by_hand(theirs.id, flow.live_version_id, None)
    Message.objects.filter(state=State.QUEUED).update(state=State.SENT)

    merge(two)
    runs.stop_taken_over()

    run.refresh_from_db()
    assert run.conversation_id == mine.id
    assert run.state == run.STOPPED


def test_flows_under_way_with_both_are_not_torn_apart(two):
    mine, theirs = two
    flow = create_live(mine.workspace, say(2))
    for conversation in two:
        runs.start_by_hand(conversation.id, flow.live_version_id, None)
    Message.objects.filter(state=State.QUEUED).update(state=State.SENT)

    with pytest.raises(merging.Refused, match="flow is under way"):
        merge(two)

    assert Conversation.objects.filter(id=theirs.id).exists()


def test_a_takeover_of_either_holds_and_plans_of_automation_are_stale(two):
    mine, theirs = two
    Conversation.objects.filter(id=theirs.id).update(takeover=True, generation=4)

    merge(two)

    mine.refresh_from_db()
    assert mine.takeover
    assert mine.generation == 5


def test_a_later_merge_is_undone_first(two, number, alice):
    record = merge(two, alice)
    third = factories.create_contact(number.workspace, "Third")
    last = merging.merge(two[0].contact, third, Choices(), alice)

    with pytest.raises(merging.Refused, match="Undo that one first"):
        merging.undo(record, alice)
    assert merging.undo(last, alice)
    assert merging.undo(record, alice)


def test_after_a_month_it_stays(two, alice):
    record = merge(two, alice)
    Merge.objects.update(merged_at=NOW() - timedelta(days=31))

    with pytest.raises(merging.Refused, match="30 days"):
        merging.undo(record, alice)


def test_a_new_message_of_the_other_arrives_at_the_kept_one(two, number):
    mine, theirs = two
    digits = theirs.contact.identities.get().value

    merge(two)
    factories.receive(number, factories.text_message(digits, "hello again"))

    assert Message.objects.get(body="hello again").conversation_id == mine.id


def test_a_person_who_was_twice_among_the_recipients_gets_one_message(two, number):
    broadcast = start(create_broadcast(number))

    merge(two)
    feed()

    states = dict(Recipient.objects.values_list("contact", "state"))
    assert states[two[0].contact_id] == Recipient.GIVEN
    assert states[two[1].contact_id] == Recipient.SKIPPED
    assert broadcast.recipients.count() == 2
    assert Conversation.objects.count() == 1


def test_who_became_part_of_another_is_no_recipient(two, number):
    merge(two)

    broadcast = start(create_broadcast(number))

    assert broadcast.recipients.get().contact_id == two[0].contact_id


def path(name: str, workspace, *args) -> str:
    return reverse(f"contacts:{name}", args=[workspace.slug, *args])


def test_the_pages_find_compare_merge_and_undo(client, bob, workspace, two):
    client.force_login(bob)
    mine, theirs = (c.contact.public_id for c in two)
    found = client.get(path("merge_with", workspace, mine), {"q": "Amina"})
    assert [row.name for row in found.context["found"]] == ["Amina Y"]

    shown = client.get(path("merge", workspace, mine, theirs)).content.decode()
    assert "become one" in shown
    done = client.post(
        path("merge", workspace, mine, theirs), {"name": "other"}, follow=True
    )
    assert "Amina Y</bdi> became part of this contact" in done.content.decode()
    listed = client.get(path("list", workspace)).context["rows"]
    assert [row.name for row in listed] == ["Amina Y"]

    record = Merge.objects.get()
    address = path("undo_merge", workspace, mine, record.public_id)
    assert (
        "a contact of their own again"
        in client.post(address, follow=True).content.decode()
    )
    assert len(client.get(path("list", workspace)).context["rows"]) == 2
    acts = AuditEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["contacts merged", "contact merge undone"]


def test_old_addresses_lead_to_the_kept_one(client, bob, workspace, two):
    client.force_login(bob)
    mine, theirs = two

    merge(two)

    answer = client.get(path("show", workspace, theirs.contact.public_id))
    assert answer["Location"] == path("show", workspace, mine.contact.public_id)
    old = reverse("inbox:conversation", args=[workspace.slug, theirs.public_id])
    assert "one" in client.get(old).content.decode()


def test_a_merge_is_told_in_the_thread(two, alice):
    merge(two, alice)

    event = Event.objects.get(kind="merged")
    assert (event.conversation_id, event.data) == (two[0].id, {"name": "Amina Y"})


def test_a_large_conversation_moves_in_as_many_statements_as_a_small_one(
    two, django_assert_max_num_queries
):
    for n in range(300):
        heard(two[1], f"more {n}", 5)

    with django_assert_max_num_queries(90):
        merge(two)

    assert Message.objects.filter(conversation=two[0]).count() == 304


def test_identities_are_never_left_with_the_absorbed(two):
    merge(two)

    assert not Identity.objects.filter(contact=two[1].contact_id).exists()
