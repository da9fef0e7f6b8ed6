"""One act on many conversations, and the way back to exactly what each of them was."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from converge import clock
from inbox import closing, outgoing, outgoing_bodies, takeover, together, undoing
from inbox.models import (
    ContactTag,
    Conversation,
    Event,
    Message,
    OutgoingDelivery,
    Tag,
    TeamAct,
)
from inbox.outbox import Draught, queue
from inbox.states import State
from inbox.together import Order
from tests import factories
from tests.inbox.listening import create_webhook

pytestmark = pytest.mark.django_db
COLUMNS = (*together.UNDOABLE, "last_reply_at")


@pytest.fixture
def three(number, alice):
    """Open and waiting; snoozed and Alice's, with takeover on; closed."""
    made = [factories.create_conversation(number) for _ in range(3)]
    waiting, asleep, done = made
    Conversation.objects.filter(id=waiting.id).update(waiting_since=clock.now())
    closing.snooze(asleep, clock.now() + timedelta(days=2), by=alice)
    asleep.assignee = alice
    asleep.save()
    takeover.turn_on(asleep, by=alice, reason=Conversation.BY_SWITCH)
    closing.close(done, by=alice)
    return made


def do(kind, conversations, by, **fields) -> together.Done:
    workspace = conversations[0].workspace
    ids = [c.public_id for c in conversations]
    return together.do(Order(kind, by, **fields), workspace, ids)


def undo(conversations, by) -> undoing.Undone:
    return undoing.undo(conversations[0].workspace, by)


def states(conversations) -> list[dict]:
    rows = Conversation.objects.filter(id__in=[c.id for c in conversations])
    return list(rows.order_by("id").values(*COLUMNS))


def orders(by, to) -> list[Order]:
    until = clock.now() + timedelta(hours=3)
    return [
        Order(together.CLOSE, by),
        Order(together.REOPEN, by),
        Order(together.SNOOZE, by, until=until),
        Order(together.ASSIGN, by, to=to),
        Order(together.ASSIGN, by),
        Order(together.RELEASE, by),
        Order(together.TAG, by, tag="vip"),
    ]


@pytest.mark.parametrize("n", range(7))
def test_undo_brings_back_exactly_what_each_was(n, three, alice, bob):
    before, tagged = states(three), set(ContactTag.objects.values_list("id"))
    order = orders(bob, alice)[n]

    done = do(order.kind, three, bob, until=order.until, to=order.to, tag=order.tag)
    assert done.changed >= 1
    undone = undo(three, bob)

    assert (undone.restored, undone.left) == (done.changed, 0)
    assert states(three) == before
    assert set(ContactTag.objects.values_list("id")) == tagged


def test_what_is_so_already_is_left_alone(three, bob):
    done = do(together.CLOSE, three, bob)

    assert (done.changed, done.left) == (2, 1)
    assert {s["state"] for s in states(three)} == {"closed"}
    assert Event.objects.filter(kind="closed", actor=bob).count() == 2
    assert do(together.CLOSE, three, bob).act is None


def test_what_changed_since_stays_and_is_counted(three, number, alice, bob):
    waiting, asleep, _ = three
    do(together.CLOSE, three, bob)
    waiting.refresh_from_db()
    closing.reopen(waiting, by=alice)

    undone = undo(three, bob)

    assert (undone.restored, undone.left) == (1, 1)
    assert "1 has changed since" in undone.sentence
    waiting.refresh_from_db()
    asleep.refresh_from_db()
    assert (waiting.state, asleep.state) == ("open", "snoozed")


def test_a_colleague_who_decided_the_same_since_is_not_overruled(three, alice, bob):
    waiting = three[0]
    do(together.CLOSE, [waiting], bob)
    waiting.refresh_from_db()
    closing.reopen(waiting, by=alice)
    closing.close(waiting, by=alice)
    Conversation.objects.filter(id=waiting.id).update(
        opened_at=TeamAct.objects.get().items[0]["was"]["opened_at"]
    )

    undone = undo(three, bob)

    assert (undone.restored, undone.left) == (0, 1)


def test_a_customer_who_writes_meanwhile_is_not_closed_again(number, bob):
    conversation = factories.create_conversation(
        number, factories.create_contact(number.workspace, wa_id="447700900112")
    )
    do(together.CLOSE, [conversation], bob)
    factories.receive(number, factories.text_message("447700900112"))

    undone = undo([conversation], bob)

    assert (undone.restored, undone.left) == (0, 1)
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None


def test_an_answer_meanwhile_is_not_waited_for_again(three, alice, bob):
    asleep = three[1]
    do(together.REOPEN, [asleep], bob)
    queue(asleep.id, Draught("text", "Answered"), author=alice)

    assert undo(three, bob).left == 1


def test_undo_goes_back_act_by_act(three, bob):
    before = states(three)
    do(together.CLOSE, three, bob)
    do(together.REOPEN, three, bob)

    assert undo(three, bob).left == 0
    assert undo(three, bob).left == 0
    assert undo(three, bob).sentence == "There is nothing to undo."
    assert states(three) == before


def test_nobody_undoes_what_a_colleague_did(three, alice, bob):
    do(together.CLOSE, three, bob)

    assert undo(three, alice).act is None


def test_after_an_hour_nothing_is_undone(three, bob):
    do(together.CLOSE, three, bob)
    TeamAct.objects.update(at=clock.now() - together.UNDO_FOR)

    assert undo(three, bob).act is None
    do(together.REOPEN, three, bob)
    assert TeamAct.objects.count() == 1


def test_a_takeover_given_back_and_taken_again_leaves_no_plan_alive(three, alice, bob):
    asleep = three[1]
    generation = Conversation.objects.get(id=asleep.id).generation
    do(together.RELEASE, three, bob)
    asleep.refresh_from_db()
    planned = Message.objects.create(
        workspace=asleep.workspace, conversation=asleep, contact=asleep.contact,
        number=asleep.number, direction=Message.OUT, origin=Message.FLOW, kind="text",
        at=clock.now(), state=State.QUEUED, due_at=clock.now(),
    )  # fmt: skip

    undo(three, bob)

    asleep.refresh_from_db()
    planned.refresh_from_db()
    assert asleep.takeover and asleep.takeover_by == alice
    assert asleep.generation == generation + 2
    assert planned.state == State.CANCELLED


def test_nothing_goes_back_to_who_left_the_team(three, alice, bob):
    do(together.ASSIGN, three, bob, to=bob)
    Membership.objects.filter(user=alice).delete()

    undone = undo(three, bob)

    assert (undone.restored, undone.left) == (2, 1)


def test_a_tag_given_anew_stays(three, workspace, alice, bob):
    do(together.TAG, three, bob, tag="vip")
    ContactTag.objects.filter(contact=three[0].contact).delete()
    ContactTag.objects.create(
        workspace=workspace,
        contact=three[0].contact,
        tag=Tag.objects.get(name="vip"),
        set_by=alice,
    )

    undone = undo(three, bob)

    assert (undone.restored, undone.left) == (2, 1)
    assert ContactTag.objects.get().contact == three[0].contact


def test_a_tag_is_spelled_as_it_was_first(three, workspace, bob):
    Tag.objects.create(workspace=workspace, name="VIP")

    done = do(together.TAG, three, bob, tag="vip")

    assert done.act.sentence == "Added the tag VIP in 3 conversations"
    assert Tag.objects.filter(name__iexact="vip").count() == 1


def test_webhooks_hear_of_each_and_of_its_way_back(three, workspace, alice, bob):
    create_webhook(workspace)
    do(together.ASSIGN, three, bob, to=bob)
    undo(three, bob)

    told = OutgoingDelivery.objects.filter(kind=outgoing.ASSIGNED).order_by("id")
    bodies = [
        outgoing_bodies._data(d) for d in outgoing_bodies.load([d.id for d in told])
    ]
    assert len(told) == 6
    assert sorted(str(d.data["assignee"]) for d in told) == sorted(
        [bob.email] * 3 + ["None"] * 2 + [alice.email]
    )
    assert all(body["by"] == bob.email for body in bodies)


def test_others_pages_are_told(three, bob):
    versions = {c.id: Conversation.objects.get(id=c.id).version for c in three}

    do(together.ASSIGN, three, bob, to=bob)

    for c in Conversation.objects.filter(id__in=versions):
        assert c.version == versions[c.id] + 1


@pytest.mark.parametrize("n", range(7))
def test_five_hundred_take_as_many_statements_as_one(n, number, alice, bob, settings):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock

    def statements(count: int) -> int:
        made = [factories.create_conversation(number) for _ in range(count)]
        Tag.objects.get_or_create(workspace=number.workspace, name="vip")
        for c in made:
            Conversation.objects.filter(id=c.id).update(takeover=True, assignee=bob)
        if n == 1:
            do(together.CLOSE, made, bob)
        order = orders(bob, alice)[n]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            done = do(order.kind, made, bob, until=order.until, to=order.to, tag="vip")
            undone = undo(made, bob)
        assert (done.changed, undone.restored) == (count, count)
        return len(asked)

    one = statements(1)

    assert statements(40) == one <= 30


# --- the pages --------------------------------------------------------------------


@pytest.fixture
def post(client, workspace, bob):
    client.force_login(bob)

    def send(to="act_together", **fields):
        path = reverse(f"inbox:{to}", args=[workspace.slug])
        return client.post(path, fields, follow=True)

    return send


def test_without_a_script_the_answer_is_a_page_with_undo(client, post, three, bob):
    before = states(three)

    page = post(act="close", id=[str(c.public_id) for c in three])

    text = page.content.decode()
    assert "Closed 2 conversations" in text
    assert "1 was so already." in text
    act = TeamAct.objects.get()
    args = [three[0].workspace.slug, act.public_id]
    back = client.post(reverse("inbox:undo_together", args=args), follow=True)
    assert "Undone: closed 2 conversations." in back.content.decode()
    assert states(three) == before
    again = client.post(reverse("inbox:undo_together", args=args), follow=True)
    assert "There is nothing to undo." in again.content.decode()


def test_everything_in_a_view_is_what_its_filter_shows(post, three, workspace, bob):
    page = post(act="assign:" + str(bob.pk), all="1", list="status=snoozed")

    assert "Assigned 1 conversation to Bob" in page.content.decode()
    assert [s["assignee_id"] == bob.pk for s in states(three)] == [False, True, False]


def test_more_than_one_act_takes_are_named(post, three, monkeypatch):
    monkeypatch.setattr(together, "AT_ONCE", 2)

    page = post(act="release", all="1", list="status=any")
    assert "1 more" in page.content.decode()
    page = post(act="close", id=[str(c.public_id) for c in three])
    assert "1 more" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": "close"}, "Select conversations first"),
        ({"act": "explode", "id": "x"}, "Choose what to do"),
        ({"act": "tag", "id": "x", "name": "dnd"}, "a rule, not a label"),
        ({"act": "tag", "id": "x", "name": " "}, "A tag needs a name"),
        ({"act": "snooze:never", "id": "x"}, "Choose a day"),
        ({"act": "snooze:", "id": "x", "at": "2020-01-01T09:00"}, "That time is over"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(post, three, fields, sentence):
    if "id" in fields:
        fields = fields | {"id": str(three[0].public_id)}
    before = states(three)

    page = post(**fields)

    assert sentence in page.content.decode()
    assert states(three) == before


@pytest.mark.parametrize("pressed", ["snooze:", "tag"])
def test_several_sleep_until_a_time_of_ones_own(post, three, pressed):
    """Enter in its field presses the first button of the form, which adds a tag."""
    at = timezone.localtime(clock.now() + timedelta(days=40)).replace(second=0)

    post(act=pressed, id=[str(c.public_id) for c in three], at=f"{at:%Y-%m-%dT%H:%M}")

    until = [s["snoozed_until"] for s in states(three)]
    assert until == [at.replace(microsecond=0)] * 3


def test_a_stranger_is_nobody_to_assign_to(post, three, charlie):
    page = post(act=f"assign:{charlie.pk}", id=str(three[0].public_id))

    assert page.status_code == 404


def test_conversations_of_elsewhere_stay_as_they_are(post, charlie):
    theirs = factories.create_conversation(
        factories.create_number(charlie.memberships.get().workspace)
    )

    post(act="close", id=str(theirs.public_id))

    theirs.refresh_from_db()
    assert theirs.state == "open"


def test_every_act_and_its_undoing_is_in_the_audit_log(post, three):
    post(act="close", id=[str(c.public_id) for c in three])
    post("undo_last")

    acts = AuditEntry.objects.filter(act__startswith="conversations:")
    assert [(e.act, e.data) for e in acts.order_by("id")] == [
        ("conversations: close", {"count": 2}),
        ("conversations: undo", {"count": 2, "left": 0}),
    ]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("close", {}),
        ("snooze", {"until": "tomorrow"}),
        ("assign", {"to": "me"}),
        ("add_tag", {"name": "vip"}),
    ],
)
def test_an_act_on_one_conversation_is_undone_the_same_way(
    client, post, three, name, fields
):
    waiting = three[0]
    before = states([waiting])
    args = [waiting.workspace.slug, waiting.public_id]
    client.post(reverse(f"inbox:{name}", args=args), fields)
    assert TeamAct.objects.count() == 1

    post("undo_last")

    assert states([waiting]) == before
    assert not ContactTag.objects.exists()
    assert TeamAct.objects.get().undone_at


def test_takeover_that_was_switched_off_is_switched_on_again(client, post, three):
    asleep = three[1]
    before = states([asleep])
    args = [asleep.workspace.slug, asleep.public_id]
    client.post(reverse("inbox:takeover", args=args), {"on": "false"})

    post("undo_last")

    assert states([asleep]) == before
