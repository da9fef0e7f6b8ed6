"""A broadcast on its way, against the simulator: who gets it, pauses, retries, breaks."""

from datetime import timedelta

import pytest

from broadcasts import control, feeder, outcomes, planning, watch
from broadcasts.models import Broadcast, Recipient
from business_numbers.models import BusinessAccount, Number, Template
from converge import clock
from inbox import claims, recording
from inbox.delivery import Result
from inbox.models import Attempt, Contact, Conversation, Message, Tag
from inbox.reasons import Reason
from inbox.states import State
from tests import factories
from tests.broadcasts import mailing
from tests.inbox import sending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def number(simulator):
    return sending.create_number(simulator, limit_per_second=1000)


@pytest.fixture
def broadcast(number):
    """At the simulator the template is one of its own."""
    template = factories.create_template(
        number.account, "order_ready", mailing.HELLO, category="MARKETING"
    )
    return mailing.create_broadcast(number, template)


def counts(broadcast) -> dict:
    return dict(outcomes.by_outcome(outcomes.count(broadcast)))


def set_codes(broadcast, code: int, state=State.FAILED) -> None:
    """As if Meta had reported this about everybody."""
    own = Message.objects.filter(recipient__broadcast=broadcast)
    Attempt.objects.filter(message__in=own).update(
        state=state, error_code=code, failed_at=clock.now()
    )
    own.update(state=state, error_code=code, tries=1)


def fake_attempts(broadcast, state, code=None) -> None:
    """Every message in the outbox left and ended in `state`."""
    for message in Message.objects.filter(recipient__broadcast=broadcast):
        Attempt.objects.create(
            message=message, workspace=message.workspace, number=message.number,
            contact=message.contact, n=message.tries + 1, started_at=clock.now(),
            state=state, error_code=code, failed_at=clock.now() if code else None,
            wamid="" if state is State.UNKNOWN else f"wamid.{message.id}.{message.tries}",
        )  # fmt: skip
        message.state, message.error_code = state, code
        message.tries += 1
        message.wamid = "" if state is State.UNKNOWN else f"wamid.{message.id}"
        message.save()


def test_everybody_gets_one_message_and_it_is_done(simulator, number, broadcast):
    mailing.create_people(number.workspace, 5)
    mailing.start(broadcast)

    assert mailing.feed() == 5
    fake_attempts(broadcast, State.SENT)
    mailing.feed()

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.DONE
    assert Message.objects.count() == 5
    assert counts(broadcast) == {"sent": 5}
    assert set(Conversation.objects.values_list("state", flat=True)) == {"closed"}


def test_the_words_of_each_are_theirs(number, broadcast):
    factories.create_contact(number.workspace, "Amina Yusuf")
    mailing.start(broadcast)
    mailing.feed()

    message = Message.objects.get()
    assert message.body == "Hello Amina, we have news."
    assert message.origin == Message.BROADCAST


def test_nothing_leaves_while_it_can_be_undone(number, broadcast):
    mailing.create_people(number.workspace, 2)
    control.start(broadcast.id, by=None)

    assert feeder.feed() == 0
    assert control.undo(broadcast.id)

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.DRAFT
    assert not Recipient.objects.exists()


def test_after_the_first_message_there_is_no_undo(number, broadcast):
    mailing.create_people(number.workspace, 2)
    mailing.start(broadcast)
    mailing.feed()

    assert not control.undo(broadcast.id)
    assert Recipient.objects.count() == 2


def test_who_opts_out_after_the_audience_was_made_is_left_out(number, broadcast):
    stays, leaves = mailing.create_people(number.workspace, 2)
    mailing.start(broadcast)
    mailing.tag(leaves, Tag.DND)

    assert mailing.feed() == 1
    assert mailing.states(broadcast) == {
        stays.profile_name: "given",
        leaves.profile_name: f"skipped {Reason.DND.name}",
    }


def test_only_some_seconds_of_it_stand_in_the_outbox(number, broadcast):
    number.limit_per_second = 10
    number.save()
    mailing.create_people(number.workspace, 60)
    mailing.start(broadcast)

    assert mailing.feed() == 30
    assert counts(broadcast) == {"waiting": 60}


def test_a_pause_takes_back_what_has_not_left(number, broadcast):
    mailing.create_people(number.workspace, 3)
    mailing.start(broadcast)
    mailing.feed()

    assert control.pause(broadcast.id, by=None)

    assert not Message.objects.exists()
    assert feeder.feed() == 0
    assert counts(broadcast) == {"waiting": 3}
    control.resume(broadcast.id, by=None)
    assert mailing.feed() == 3
    assert Message.objects.count() == 3


def test_stopping_the_rest_leaves_what_is_out_and_ends_the_others(number, broadcast):
    mailing.create_people(number.workspace, 3)
    mailing.start(broadcast)
    mailing.feed()
    first = Message.objects.first()
    Message.objects.filter(id=first.id).update(state=State.DELIVERED)

    control.cancel(broadcast.id, by=None)

    assert counts(broadcast) == {"delivered": 1, "stopped": 2}
    assert feeder.feed() == 0
    assert not control.cancel(broadcast.id, by=None)


@pytest.mark.parametrize("stopped", ["paused", "cancelled", "held"])
def test_what_was_under_way_and_comes_back_does_not_leave_after_a_stop(
    simulator, number, broadcast, stopped
):
    mailing.create_people(number.workspace, 1)
    mailing.start(broadcast)
    mailing.feed()
    (job,) = claims.claim(sending.room())
    if stopped == "paused":
        control.pause(broadcast.id, by=None)
    elif stopped == "cancelled":
        control.cancel(broadcast.id, by=None)
    else:
        Template.objects.update(status="PAUSED")
        feeder.feed()
    recording.record([Result(job)])  # it was not begun: due at once again
    assert Message.objects.get().state == State.QUEUED

    feeder.feed()
    sending.deliver()

    assert simulator.journal() == []
    assert Message.objects.get().state != State.QUEUED
    expected = "stopped" if stopped == "cancelled" else "waiting"
    assert Recipient.objects.get().state == expected


def test_a_template_meta_paused_holds_it_and_it_goes_on_by_itself(number, broadcast):
    mailing.create_people(number.workspace, 2)
    mailing.start(broadcast)
    Template.objects.update(status="PAUSED")

    feeder.feed()

    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.cause) == (Broadcast.HELD, watch.TEMPLATE)
    assert not Message.objects.exists()
    Template.objects.update(status="APPROVED")
    assert mailing.feed() == 2
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.SENDING


def test_a_lost_authorisation_pauses_it_with_the_exact_rest(number, broadcast):
    mailing.create_people(number.workspace, 3)
    mailing.start(broadcast)
    mailing.feed()
    first = Message.objects.first()
    Message.objects.filter(id=first.id).update(state=State.SENT, wamid="wamid.1")
    BusinessAccount.objects.update(authorisation="disconnected")

    feeder.feed()

    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.cause) == (Broadcast.PAUSED, watch.RECONNECT)
    assert counts(broadcast) == {"sent": 1, "waiting": 2}
    BusinessAccount.objects.update(authorisation="connected")
    assert mailing.feed() == 2


@pytest.mark.parametrize("field", ["is_banned", "deregistered_at"])
def test_a_number_that_is_gone_pauses_it_and_leaves_its_people(
    number, broadcast, field
):
    mailing.create_people(number.workspace, 2)
    mailing.start(broadcast)
    Number.objects.update(**{field: True if field == "is_banned" else clock.now()})

    feeder.feed()

    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.cause) == (Broadcast.PAUSED, watch.NUMBER)
    assert counts(broadcast) == {"waiting": 2}


def test_the_same_account_error_again_and_again_stops_it(number, broadcast):
    mailing.create_people(number.workspace, 4)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131042)

    feeder.feed()

    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.cause) == (Broadcast.PAUSED, watch.ERRORS)
    assert broadcast.cause_code == 131042


def test_whom_the_account_kept_from_it_gets_it_when_a_person_says_go_on(
    number, broadcast
):
    mailing.create_people(number.workspace, 4)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131042)
    feeder.feed()
    assert counts(broadcast) == {"again": 4}

    assert control.resume(broadcast.id, by=None) == ""

    assert mailing.feed() == 4
    assert Message.objects.filter(state=State.QUEUED, tries=1).count() == 4


def test_a_spam_limit_stops_every_marketing_broadcast_of_the_number(number, broadcast):
    mailing.create_people(number.workspace, 2)
    other = mailing.create_broadcast(number, broadcast.template, name="Other")
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131048)
    mailing.start(other)

    feeder.feed()
    feeder.feed()

    causes = set(Broadcast.objects.values_list("state", "cause"))
    assert causes == {(Broadcast.PAUSED, watch.SPAM)}


def test_metas_limit_per_person_is_tried_again_in_seven_days(number, broadcast):
    mailing.create_people(number.workspace, 1)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131049)
    mailing.sort_out(broadcast)

    recipient = Recipient.objects.get()
    assert recipient.state == Recipient.WAITING
    days = (recipient.due_at - clock.now()) / timedelta(days=1)
    assert round(days, 2) == 7
    assert counts(broadcast) == {"again": 1}
    mailing.feed()
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.DONE  # its second chances go on


def test_a_retry_is_a_new_attempt_of_the_same_message(number, broadcast):
    mailing.create_people(number.workspace, 1)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131049)
    mailing.sort_out(broadcast)
    control.retry_now(broadcast.id)

    assert mailing.feed() == 1

    message = Message.objects.get()
    assert (message.state, message.tries) == (State.QUEUED, 1)
    assert Recipient.objects.get().cap_retries == 1


@pytest.mark.parametrize("code", [Tag.DND, Tag.DO_NOT_SEND])
def test_who_opted_out_meanwhile_is_not_tried_again(number, broadcast, code):
    (person,) = mailing.create_people(number.workspace, 1)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131049)
    mailing.sort_out(broadcast)
    mailing.tag(person, code)
    control.retry_now(broadcast.id)

    assert mailing.feed() == 0

    recipient = Recipient.objects.get()
    assert recipient.state == Recipient.ENDED
    assert Message.objects.get().state == State.FAILED
    assert counts(broadcast) == {"failed": 1}


def test_a_number_that_is_not_on_whatsapp_is_never_tried_again(number, broadcast):
    mailing.create_people(number.workspace, 1)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131026)
    mailing.sort_out(broadcast)

    assert Recipient.objects.get().state == Recipient.ENDED
    assert counts(broadcast) == {"failed": 1}


def test_what_nobody_knows_is_never_sent_again_by_itself(number, broadcast):
    mailing.create_people(number.workspace, 1)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.UNKNOWN)
    mailing.sort_out(broadcast)
    mailing.feed()

    assert counts(broadcast) == {"unknown": 1}
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.DONE


@pytest.mark.parametrize(
    ("choice", "outcome"), [("sent", {"sent": 1}), ("again", {"waiting": 1})]
)
def test_a_person_settles_what_nobody_knows(number, broadcast, bob, choice, outcome):
    mailing.create_people(number.workspace, 1)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.UNKNOWN)

    assert control.settle_unknown(broadcast.id, choice, by=bob) == 1
    mailing.feed()

    assert counts(broadcast) == outcome
    assert Message.objects.get().tries == 1


def test_stopping_the_retries_ends_those_who_wait_for_one(number, broadcast):
    mailing.create_people(number.workspace, 2)
    mailing.start(broadcast)
    mailing.feed()
    fake_attempts(broadcast, State.FAILED, 131049)
    mailing.sort_out(broadcast)
    recipient = Recipient.objects.first()

    assert control.stop_retries(broadcast.id, recipient=recipient.id) == 1
    assert counts(broadcast) == {"again": 1, "failed": 1}
    assert control.stop_retries(broadcast.id) == 1
    assert counts(broadcast) == {"failed": 2}


def test_a_full_day_spreads_it_and_the_outbox_stays_free(number, broadcast):
    portfolio = number.account.portfolio
    portfolio.limit = 2
    portfolio.save()
    mailing.create_people(number.workspace, 5)
    mailing.start(broadcast)

    assert feeder.feed() == 2

    assert feeder.feed() == 0
    broadcast.refresh_from_db()
    assert broadcast.rests_for == Reason.TIER.name
    assert broadcast.state == Broadcast.SENDING
    assert counts(broadcast) == {"waiting": 5}


def test_what_the_gate_put_off_for_long_does_not_stay_in_the_outbox(number, broadcast):
    mailing.create_people(number.workspace, 2)
    mailing.start(broadcast)
    mailing.feed()
    later = clock.now() + timedelta(hours=20)
    Message.objects.update(due_at=later, decision={"reason": Reason.TIER.name})

    feeder.feed()

    assert not Message.objects.exists()
    assert set(Recipient.objects.values_list("state", "due_at")) == {("waiting", later)}
    broadcast.refresh_from_db()
    assert broadcast.rests_for == Reason.TIER.name


def test_its_hour_comes_and_it_starts_by_itself(number, broadcast):
    mailing.create_people(number.workspace, 2)
    Broadcast.objects.update(
        timing=Broadcast.AT, starts_at=clock.now() + timedelta(hours=1), zone="UTC"
    )
    control.start(broadcast.id, by=None)
    assert mailing.feed() == 0
    Broadcast.objects.update(starts_at=clock.now())

    feeder.feed()
    mailing.feed()

    assert counts(broadcast) == {"waiting": 2}
    assert Message.objects.count() == 2


@pytest.mark.parametrize("change", ["deleted", "rejected", "nobody"])
def test_what_cannot_start_at_its_hour_is_a_draft_again_and_says_why(
    number, broadcast, change
):
    mailing.create_people(number.workspace, 1)
    Broadcast.objects.update(timing=Broadcast.AT, starts_at=clock.now(), zone="UTC")
    control.start(broadcast.id, by=None)
    if change == "deleted":
        Template.objects.all().delete()
    elif change == "rejected":
        Template.objects.update(status="REJECTED")
    else:
        Contact.objects.all().delete()

    feeder.feed()

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.DRAFT
    assert broadcast.forecast["problem"]
    assert not Recipient.objects.exists()


def test_really_sent_to_the_simulator_once_each(simulator, number, broadcast):
    Template.objects.update(
        name="hello_world",
        language="en_US",
        components=[{"type": "BODY", "text": "Welcome"}],
    )
    mailing.create_people(number.workspace, 5)
    mailing.start(broadcast)
    mailing.feed()

    sending.deliver()
    mailing.feed()

    broadcast.refresh_from_db()
    assert counts(broadcast) == {"sent": 5}
    assert broadcast.state == Broadcast.DONE
    assert simulator.control("GET", "journal/summary")["accepted"] == 5


def test_the_groups_always_add_up(number, broadcast):
    people = mailing.create_people(number.workspace, 6)
    mailing.tag(people[0], Tag.DND)
    mailing.start(broadcast)
    planned = Recipient.objects.count()
    for act in (
        mailing.feed,
        lambda: fake_attempts(broadcast, State.FAILED, 131049),
        lambda: mailing.sort_out(broadcast),
        lambda: control.retry_now(broadcast.id),
        mailing.feed,
        lambda: control.pause(broadcast.id, by=None),
        lambda: control.cancel(broadcast.id, by=None),
    ):
        act()
        assert sum(counts(broadcast).values()) == planned


def test_starting_twice_plans_once(number, broadcast):
    mailing.create_people(number.workspace, 2)

    assert control.start(broadcast.id, by=None)
    assert not control.start(broadcast.id, by=None)

    assert Recipient.objects.count() == 2
    assert timedelta(seconds=15) == planning.UNDO_FOR
