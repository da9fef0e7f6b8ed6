"""A customer's message opens a conversation, and the number's rule says who gets it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Team
from inbox import assigning, ingest, online
from inbox.assigning import GONE, NOBODY_ONLINE, Assign, Leave, Opened, Rule, Teammate
from inbox.models import AssignmentRule, Conversation, Event, Online
from tests import factories
from tests.factories import envelope, receive, store, text_message

pytestmark = pytest.mark.django_db
TURNS, PERSON = AssignmentRule.TURNS, AssignmentRule.PERSON


def opened(**fields) -> Opened:
    return Opened(conversation=1, number=1, **fields)


def team(*ids: int, away: tuple = ()) -> list[Teammate]:
    return [Teammate(pk, f"Mate {pk}", pk not in away) for pk in ids]


TABLE = [
    # what was opened, person of the rule, turn, team, what is decided
    (opened(), None, 0, team(3, 5, 8), Assign(3)),
    (opened(), None, 3, team(3, 5, 8), Assign(5)),
    (opened(), None, 8, team(3, 5, 8), Assign(3)),
    (opened(), None, 4, team(3, 5, 8), Assign(5)),  # who had the last one has left
    (opened(), None, 3, team(3, 5, 8, away=(5,)), Assign(8)),
    (opened(), None, 3, team(3), Assign(3)),
    (opened(), None, 3, team(3, 5, away=(3, 5)), Leave(NOBODY_ONLINE)),
    (opened(), None, 0, [], Leave(NOBODY_ONLINE)),
    (opened(), 5, 0, team(3, 5, away=(3, 5)), Assign(5)),
    (opened(), 9, 0, team(3, 5), Leave(GONE)),
    (opened(assignee=8), None, 0, team(3, 5, 8), Leave()),
    (opened(assignee=8), 5, 0, team(3, 5, 8), Leave()),
    (opened(is_taken=True, taken_by=8), None, 0, team(3, 5, 8), Leave()),
    (opened(is_taken=True, taken_by=8), 5, 0, team(3, 5, 8), Leave()),
    (opened(is_taken=True, taken_by=5), 5, 0, team(3, 5, 8), Assign(5)),
    (opened(is_taken=True), 5, 0, team(3, 5, 8), Leave()),  # on the phone
]


def test_a_team_takes_turns_among_its_own():
    rule = Rule(number=1, label="Support UK", turn=3, team=7)
    mates = [
        Teammate(3, "Ana", True, (7,)),
        Teammate(5, "Ben", True, (8,)),
        Teammate(8, "Cleo", True, (8, 7)),
    ]

    assert assigning.decide(opened(), rule, mates) == Assign(8)
    nobody = [mates[1], Teammate(3, "Ana", False, (7,))]
    assert assigning.decide(opened(), rule, nobody) == Leave(NOBODY_ONLINE)


@pytest.mark.parametrize(("what", "person", "turn", "mates", "decided"), TABLE)
def test_the_rule_decides(what, person, turn, mates, decided):
    rule = Rule(number=1, label="Support UK", person=person, turn=turn)

    assert assigning.decide(what, rule, mates) == decided


@pytest.fixture
def turns(number):
    return AssignmentRule.objects.create(
        workspace=number.workspace, number=number, kind=TURNS
    )


def come_online(*users, workspace, ago: timedelta = timedelta()) -> None:
    for user in users:
        Online.objects.update_or_create(
            workspace=workspace, user=user, defaults={"seen_at": timezone.now() - ago}
        )


def write(number, who: int = 112, **fields) -> Conversation:
    receive(number, text_message(f"447700900{who}", **fields))
    return Conversation.objects.get(contact__identities__value=f"447700900{who}")


def said(conversation) -> list[str]:
    return list(conversation.events.values_list("kind", flat=True))


def test_a_number_without_a_rule_assigns_nobody(number, alice):
    come_online(alice, workspace=number.workspace)

    conversation = write(number)

    assert conversation.assignee is None
    assert said(conversation) == []


def test_those_who_are_online_take_turns(turns, number, alice, bob):
    away = factories.create_member(number.workspace, "Away")
    come_online(alice, bob, workspace=number.workspace)
    come_online(away, workspace=number.workspace, ago=timedelta(minutes=2))

    got = [write(number, who).assignee for who in (112, 113, 114, 115)]

    assert got == [alice, bob, alice, bob]
    turns.refresh_from_db()
    assert turns.given_count == 4


def test_customers_of_one_batch_are_shared_out(turns, number, alice, bob):
    come_online(alice, bob, workspace=number.workspace)

    receive(number, *(text_message(f"4477009001{n}") for n in range(10, 30)))

    given = Conversation.objects.values_list("assignee", flat=True)
    assert sorted(given) == [alice.id] * 10 + [bob.id] * 10


def test_the_thread_says_by_which_rule(turns, number, alice, client):
    come_online(alice, workspace=number.workspace)
    conversation = write(number)
    client.force_login(alice)

    slug = number.workspace.slug
    page = client.get(f"/w/{slug}/inbox/c/{conversation.public_id}/")

    assert "Assigned to Alice by the rule of Support UK" in page.content.decode()


def test_nobody_online_leaves_it_unassigned_and_says_so(turns, number, alice, client):
    conversation = write(number)
    client.force_login(alice)

    slug = number.workspace.slug
    page = client.get(f"/w/{slug}/inbox/c/{conversation.public_id}/")

    assert conversation.assignee is None
    sentence = "Not assigned by the rule of Support UK: nobody it asks was online"
    assert sentence in page.content.decode()


def test_only_members_of_its_team_take_turns(number, alice, bob):
    support = Team.objects.create(workspace=number.workspace, name="Support")
    support.members.set(bob.memberships.all())
    AssignmentRule.objects.create(
        workspace=number.workspace, number=number, kind=TURNS, team=support
    )
    come_online(alice, bob, workspace=number.workspace)

    assert [write(number, who).assignee for who in (112, 113)] == [bob, bob]

    bob.memberships.all().delete()
    assert write(number, 114).assignee is None


def test_a_viewer_gets_nothing(turns, number):
    viewer = factories.create_member(number.workspace, "Vera", role="viewer")
    come_online(viewer, workspace=number.workspace)

    assert write(number).assignee is None


def test_always_one_person_needs_nobody_online(number, bob):
    AssignmentRule.objects.create(
        workspace=number.workspace, number=number, kind=PERSON, person=bob
    )

    assert write(number).assignee == bob


def test_somebody_who_left_gets_nothing_more(number, bob):
    AssignmentRule.objects.create(
        workspace=number.workspace, number=number, kind=PERSON, person=bob
    )
    Membership.objects.filter(user=bob).delete()

    conversation = write(number)

    assert conversation.assignee is None
    assert said(conversation) == ["left_unassigned"]


def test_a_second_message_assigns_nothing(turns, number, alice):
    conversation = write(number)
    come_online(alice, workspace=number.workspace)

    assert write(number).assignee is None
    assert said(conversation) == ["left_unassigned"]


@pytest.mark.parametrize("state", ["closed", "snoozed"])
def test_a_message_that_reopens_or_wakes_is_assigned(turns, number, alice, state):
    until = timezone.now() + timedelta(days=1) if state == "snoozed" else None
    conversation = write(number)
    Conversation.objects.update(state=state, snoozed_until=until)
    come_online(alice, workspace=number.workspace)

    assert write(number).assignee == alice
    assert said(conversation) == ["left_unassigned", "assigned_by_rule"]


def test_whoever_has_it_keeps_it(turns, number, alice, bob):
    conversation = factories.create_conversation(
        number, factories.create_contact(number.workspace, wa_id="447700900112")
    )
    Conversation.objects.update(state="closed", assignee=bob)
    come_online(alice, workspace=number.workspace)

    assert write(number).assignee == bob
    assert said(conversation) == []


def test_a_takeover_by_somebody_else_is_left_alone(turns, number, alice, bob):
    factories.create_conversation(
        number, factories.create_contact(number.workspace, wa_id="447700900112")
    )
    Conversation.objects.update(
        state="closed", takeover=True, takeover_by=bob, takeover_reason="replied"
    )
    come_online(alice, workspace=number.workspace)

    assert write(number).assignee is None


def test_the_same_webhook_again_assigns_nothing_more(turns, number, alice, bob):
    come_online(alice, bob, workspace=number.workspace)
    same = envelope(number, [text_message()])
    for _ in range(3):
        store(same)
        while ingest.ingest_once():
            pass
    Conversation.objects.update(assignee=None, state="closed")

    store(same)
    ingest.ingest_once()

    turns.refresh_from_db()
    assert turns.given_count == 1
    assert Conversation.objects.get().assignee is None
    assert Event.objects.count() == 1


def test_a_batch_asks_the_same_few_whatever_its_size(
    turns, number, alice, bob, settings
):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    come_online(alice, bob, workspace=number.workspace)
    counts = [_statements(number, "21", 1), _statements(number, "22", 40)]

    assert counts[0] == counts[1]


def test_a_rule_costs_nothing_where_there_is_none(number, alice, settings):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    without = _statements(number, "21", 3)
    rule = AssignmentRule.objects.create(
        workspace=number.workspace, number=number, kind=TURNS
    )
    come_online(alice, workspace=number.workspace)
    with_rule = _statements(number, "22", 3)
    rule.delete()

    assert with_rule - without == 6
    assert _statements(number, "23", 3) == without


def _statements(number, prefix: str, count: int) -> int:
    messages = [text_message(f"44770090{prefix}{n:02}") for n in range(count)]
    store(envelope(number, messages))
    with CaptureQueriesContext(connection) as captured:
        ingest.ingest_once()
    return len(captured)


def test_who_is_here_is_kept_only_where_a_rule_asks(number, alice, charlie):
    here = [(number.workspace_id, alice.id), (number.workspace_id, charlie.id)]
    online.keep(here)
    assert not Online.objects.exists()

    AssignmentRule.objects.create(workspace=number.workspace, number=number, kind=TURNS)
    online.keep(here * 2)
    online.keep(here)

    assert [o.user for o in Online.objects.all()] == [alice]  # Charlie is no member


@pytest.mark.django_db(transaction=True)
def test_several_ingest_processes_share_out_fairly(number, alice, bob, monkeypatch):
    monkeypatch.setattr(ingest, "EVENTS_PER_BATCH", 3)  # so that they meet
    rule = AssignmentRule.objects.create(
        workspace=number.workspace, number=number, kind=TURNS
    )
    come_online(alice, bob, workspace=number.workspace)
    for n in range(10, 50):
        store(envelope(number, [text_message(f"4477009001{n}")]))
    ready = threading.Barrier(4)

    def drain():
        ready.wait(60)
        while ingest.ingest_once():
            pass
        connections.close_all()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    given = sorted(Conversation.objects.values_list("assignee", flat=True))
    assert given == [alice.id] * 20 + [bob.id] * 20
    assert Event.objects.filter(kind="assigned_by_rule").count() == 40
    rule.refresh_from_db()
    assert rule.given_count == 40
