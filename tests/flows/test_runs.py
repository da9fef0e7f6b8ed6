"""Runs as customers meet them: through the door, with the gate, in the database."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError

from converge import clock
from flows import runs
from flows.models import FlowSettings, Heard, Run, RunStep
from inbox import outbox, takeover
from inbox.ingest import ingest_once
from inbox.models import Contact, ContactTag, Conversation, Event, Message, Tag
from inbox.outbox import Draught, lock
from inbox.states import State
from tests import factories
from tests.flows.making import (
    KEYWORD,
    bodies,
    button_of,
    buttons,
    create_live,
    only_run,
    press,
    publish,
    say,
    sent_now,
    settle,
    step,
    work,
    write,
)

pytestmark = pytest.mark.django_db


def move_clock(monkeypatch, **span):
    was = clock.now()
    monkeypatch.setattr(clock, "now", lambda: was + timedelta(**span))


def make_due(**fields):
    """Time passes for the runs that wait."""
    Run.objects.filter(resume_at__isnull=False).update(
        resume_at=clock.now() - timedelta(seconds=1), **fields
    )
    settle()


def test_a_keyword_starts_the_flow_and_the_button_leads_on(workspace, number):
    create_live(
        workspace,
        say(2, "Hi {{first_name}}", next=3),
        buttons(3, a=4, b=5),
        say(4, "It is on its way."),
        say(5, "Send it back."),
    )

    write(number, "The menu, please")
    assert bodies() == ["Hi Amina", "Choose one:"]
    question = Message.objects.get(kind="interactive")
    press(number, button_of(question, 1), "Return")

    assert bodies()[-1] == "Send it back."
    run = only_run()
    assert (run.state, run.reason) == (Run.FINISHED, "END")
    assert run.variables == {"choice": "Return"}


def test_what_the_webhook_brings_five_times_starts_one_run(workspace, number):
    create_live(workspace, say(2), say(3))
    message = factories.text_message(body="menu")

    for _ in range(5):
        factories.store(factories.envelope(number, [message]))
        settle()

    assert Run.objects.count() == 1
    assert bodies() == ["Hello"]


def test_a_process_that_died_before_reacting_is_made_up_for(workspace, number):
    create_live(workspace, say(2))
    event = factories.store(
        factories.envelope(number, [factories.text_message(body="menu")])
    )

    def die(arrived):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_once((die,))
    event.refresh_from_db()
    assert event.state == "waiting"
    type(event).objects.update(lease_until=None)
    settle()

    assert bodies() == ["Hello"]


def test_one_run_is_alive_in_a_conversation(workspace, number):
    create_live(workspace, step(2, "delay", {"next": 3}, seconds=3600), say(3))

    write(number)
    write(number)

    run = only_run()
    with pytest.raises(IntegrityError):
        Run.objects.create(
            workspace=workspace, flow=run.flow, version=run.version,
            conversation=run.conversation, contact=run.contact, began_with="other",
            generation=0, waits_for="delay", heard_at=clock.now(),
            started_at=clock.now(),
        )  # fmt: skip


def test_a_flow_that_may_runs_beside_another(workspace, number):
    create_live(workspace, step(2, "delay", seconds=3600))
    create_live(
        workspace,
        say(2, "Beside"),
        name="Beside",
        beside=True,
        triggers=[{"kind": "keyword", "words": ["help"], "match": "contains"}],
    )

    write(number, "menu")
    write(number, "help")

    assert bodies() == ["Beside"]


def test_an_answer_is_heard_once_and_starts_nothing(workspace, number):
    create_live(workspace, step(2, "ask", {"next": 3}, text="Which?"), say(3, "Thanks"))

    write(number, "menu")
    answer = write(number, "the menu order")
    factories.store(factories.envelope(number, [answer]))
    settle()

    assert bodies() == ["Which?", "Thanks"]
    assert Heard.objects.count() == 2


def test_old_messages_and_history_start_nothing(workspace, number):
    create_live(workspace, say(2))
    long_ago = str(int((clock.now() - timedelta(hours=2)).timestamp()))

    write(number, "menu", timestamp=long_ago)

    assert not Run.objects.exists()


def test_a_takeover_stops_the_run_and_takes_its_queued_message_back(
    workspace, number, bob
):
    create_live(workspace, say(2, next=3), say(3, "More"))
    factories.receive(number, factories.text_message(body="x"))
    factories.store(factories.envelope(number, [factories.text_message(body="menu")]))
    work()
    conversation = Conversation.objects.get()

    outbox.queue(conversation.id, Draught("text", "I am here"), author=bob)
    settle()

    run = only_run()
    assert (run.state, run.reason) == (Run.STOPPED, "TAKEOVER")
    assert run.stopped_by == bob
    states = dict(Message.objects.filter(direction="out").values_list("body", "state"))
    assert states == {"Hello": State.CANCELLED, "I am here": State.SENT}


def test_a_stopped_run_does_not_resume_but_the_next_message_may_start_one(
    workspace, number, bob
):
    create_live(workspace, step(2, "ask", {"next": 3}, text="Which?"), say(3, "Thanks"))
    write(number)
    conversation = Conversation.objects.get()
    for turn in (takeover.turn_on, takeover.turn_off):
        more = {"reason": "switch"} if turn is takeover.turn_on else {}
        turn(lock(conversation.id), by=bob, **more)

    settle()
    write(number, "an answer")
    assert only_run().reason == "GENERATION"
    write(number, "menu")

    assert bodies() == ["Which?", "Which?"]


def test_no_flow_starts_while_takeover_is_on(workspace, number, bob):
    create_live(workspace, say(2))
    factories.receive(number, factories.text_message())
    takeover.turn_on(lock(Conversation.objects.get().id), by=bob, reason="switch")

    write(number)

    assert not Run.objects.exists()


def test_a_template_of_a_person_leaves_the_run_alive(workspace, number, bob):
    create_live(workspace, step(2, "ask", {"next": 3}, text="Which?"), say(3, "Thanks"))
    write(number)
    template = factories.create_template(number.account, components=[])
    outbox.queue(
        Conversation.objects.get().id,
        Draught("template", "Hi", content={"name": "x"}, template=template, values={}),
        author=bob,
    )

    write(number, "47790")

    assert bodies()[-1] == "Thanks"


def test_dnd_refuses_every_send_and_the_run_says_so(workspace, number):
    create_live(workspace, say(2))

    write(number, "stop")
    write(number, "menu")

    run = only_run()
    assert (run.state, run.reason) == (Run.FAILED, "DND")
    assert "opted out" in run.detail
    assert RunStep.objects.filter(decision__reason="DND").exists()


def test_a_free_message_after_two_days_takes_the_error_path(workspace, number):
    create_live(
        workspace,
        step(2, "delay", {"next": 3}, seconds=2 * 86_400),
        say(3, "Free", error=4),
        step(4, "setTag", tag="unreached"),
    )
    write(number)
    Conversation.objects.update(last_inbound_at=clock.now() - timedelta(days=2))

    make_due()

    assert not bodies()
    assert ContactTag.objects.filter(tag__name="unreached").exists()
    assert RunStep.objects.filter(what="refused", edge="error").exists()


def test_a_template_is_the_way_out_of_the_window(workspace, number):
    factories.create_template(number.account, name="back", components=[
        {"type": "BODY", "text": "Hi {{1}}"}
    ])  # fmt: skip
    create_live(
        workspace,
        step(2, "delay", {"next": 3}, seconds=2 * 86_400),
        step(
            3, "sendTemplate", template="back", language="en",
            values={"body.1": "{{first_name}}"},
        ),
    )  # fmt: skip
    write(number)
    Conversation.objects.update(last_inbound_at=clock.now() - timedelta(days=2))

    make_due()

    assert bodies() == ["Hi Amina"]


@pytest.mark.parametrize("status", ["REJECTED", "PAUSED"])
def test_a_template_rejected_in_mid_run_takes_the_error_path(workspace, number, status):
    template = factories.create_template(number.account, name="back", components=[])
    create_live(
        workspace,
        step(2, "delay", {"next": 3}, seconds=60),
        step(3, "sendTemplate", {"error": 4}, template="back", language="en"),
        say(4, "In other words"),
    )
    write(number)
    template.status = status
    template.save()

    make_due()

    assert bodies() == ["In other words"]


def test_instagram_skips_what_it_cannot_show_and_notes_it(workspace):
    account = factories.create_number(workspace, "instagram")
    create_live(
        workspace,
        step(2, "sendTemplate", {"next": 3}, template="x", language="en"),
        say(3, "Hello on Instagram"),
        channel="both",
    )
    message = {
        "sender": {"id": "igsid-1"},
        "recipient": {"id": account.meta_id},
        "timestamp": int(clock.now().timestamp() * 1000),
        "message": {"mid": "m-1", "text": "menu"},
    }
    entry = {"id": account.meta_id, "messaging": [message]}

    factories.store({"object": "instagram", "entry": [entry]}, "instagram")
    settle()

    assert bodies() == ["Hello on Instagram"]
    skipped = RunStep.objects.get(what="skipped")
    assert (skipped.kind, skipped.edge) == ("sendTemplate", "next")


def test_a_flow_without_a_channel_ignores_instagram(workspace):
    account = factories.create_number(workspace, "instagram")
    create_live(workspace, say(2))
    message = {
        "sender": {"id": "igsid-1"},
        "recipient": {"id": account.meta_id},
        "timestamp": int(clock.now().timestamp() * 1000),
        "message": {"mid": "m-1", "text": "menu"},
    }

    entry = {"id": account.meta_id, "messaging": [message]}
    factories.store({"object": "instagram", "entry": [entry]}, "instagram")
    settle()

    assert not Run.objects.exists()


def test_a_failed_message_takes_the_error_path(workspace, number):
    create_live(
        workspace, say(2, error=3), step(3, "setField", field="reached", value="no")
    )
    factories.store(factories.envelope(number, [factories.text_message(body="menu")]))
    work()

    sent_now(State.FAILED)
    settle()

    assert Contact.objects.get().fields == {"reached": "no"}


def test_an_uncertain_message_is_held_and_a_press_on_its_button_settles_it(
    workspace, number
):
    create_live(workspace, buttons(2, a=3, error=4), say(3, "Track"), say(4, "Error"))
    factories.store(factories.envelope(number, [factories.text_message(body="menu")]))
    work()
    sent_now(State.UNKNOWN)
    work()
    assert only_run().resume_at is not None

    press(number, button_of(Message.objects.get(kind="interactive")))

    assert bodies()[-1] == "Track"


def test_runs_finish_on_the_version_they_began_with(workspace, number):
    flow = create_live(
        workspace, step(2, "ask", {"next": 3}, text="Which?"), say(3, "Old thanks")
    )
    write(number)
    flow.draft["nodes"][1]["params"]["text"] = "New thanks"
    flow.save()
    publish(flow)

    write(number, "47790")
    write(number, "menu")
    write(number, "47790")

    assert bodies() == ["Which?", "Old thanks", "Which?", "New thanks"]


def test_a_button_pressed_days_later_leads_where_it_led(workspace, number):
    create_live(
        workspace, buttons(2, a=3, timeout=4), say(3, "Track it"), step(4, "end")
    )
    write(number)
    Run.objects.update(resume_at=clock.now())
    settle()
    assert only_run().state == Run.FINISHED

    press(number, button_of(Message.objects.get(kind="interactive")))

    assert bodies() == ["Choose one:", "Track it"]
    assert Run.objects.count() == 2


@pytest.mark.parametrize("reason", ["paused", "busy"])
def test_an_old_button_that_leads_nowhere_is_refused_politely_and_once(
    workspace, number, reason
):
    flow = create_live(
        workspace,
        buttons(2, a=3),
        step(3, "ask", text="Which order?"),
        old_button="That menu is closed.",
    )
    write(number)
    question = Message.objects.get(kind="interactive")
    press(number, button_of(question))
    if reason == "paused":
        runs.stop(Run.objects.values_list("id", flat=True), by=None)
        flow.paused_at = clock.now()
        flow.save()

    pressed = press(number, button_of(question))
    factories.store(factories.envelope(number, [pressed]))
    settle()

    assert bodies()[-1] == "That menu is closed."
    assert bodies().count("That menu is closed.") == 1


def test_a_strangers_button_is_nobodys(workspace, number):
    create_live(workspace, buttons(2, a=3), say(3))

    press(number, f"flow.{uuid.uuid4().hex}.2.a")

    assert not bodies()


def test_a_tag_added_by_a_person_starts_a_flow_and_one_set_by_a_flow_does_not(
    workspace, number, bob
):
    create_live(
        workspace,
        say(2, "Welcome, VIP"),
        triggers=[{"kind": "tag", "tag": "vip"}],
    )
    factories.receive(number, factories.text_message())
    conversation = Conversation.objects.get()
    common = {"workspace": workspace, "conversation": conversation, "at": clock.now()}
    Event.objects.create(**common, kind="tag_added", data={"tag": "vip", "by": "flow"})
    assert runs.start_tagged() == 0
    Event.objects.create(**common, kind="tag_added", actor=bob, data={"tag": "VIP"})

    assert (runs.start_tagged(), runs.start_tagged()) == (1, 0)
    assert bodies() == ["Welcome, VIP"]


def test_the_switch_stops_what_runs_and_starts_nothing(workspace, number):
    create_live(workspace, step(2, "ask", {"next": 3}, text="Which?"), say(3, "Thanks"))
    write(number)
    FlowSettings.objects.create(workspace=workspace, stopped_at=clock.now())

    write(number, "47790")
    write(number, "menu")

    assert bodies() == ["Which?"]
    assert only_run().reason == "SWITCH"


def test_a_person_starts_a_flow_unless_takeover_is_on(workspace, number, bob):
    flow = create_live(workspace, say(2))
    factories.receive(number, factories.text_message())
    conversation = Conversation.objects.get()

    run = runs.start_by_hand(conversation.id, flow.live_version_id, bob)
    settle()
    takeover.turn_on(lock(conversation.id), by=bob, reason="switch")

    assert run.began_by == bob
    assert runs.start_by_hand(conversation.id, flow.live_version_id, bob) is None
    assert bodies() == ["Hello"]


def test_handing_over_assigns_and_silences_the_bot(workspace, number, bob):
    create_live(workspace, step(2, "handOver", text="One moment", to=bob.email))

    write(number)
    write(number, "menu")

    conversation = Conversation.objects.get()
    assert (conversation.assignee, conversation.takeover) == (bob, True)
    assert bodies() == ["One moment"]
    assert only_run().reason == "HANDED_OVER"


def test_a_flow_cannot_set_a_rule(workspace, number):
    create_live(workspace, step(2, "setTag", {"next": 3}, tag="dnd"), say(3))

    write(number)

    assert not Tag.objects.exists()
    assert bodies() == ["Hello"]


def test_a_run_that_breaks_fails_alone(workspace, number, monkeypatch):
    create_live(workspace, step(2, "setField", field="a", value="b"))

    def break_down(*args):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("flows.acting.perform", break_down)
    write(number)

    assert (only_run().state, only_run().reason) == (Run.FAILED, "ERROR")


def test_the_more_particular_flow_wins(workspace, number):
    create_live(workspace, say(2, "Any"), name="Any", triggers=[{"kind": "any"}])
    create_live(workspace, say(2, "Menu"), triggers=[KEYWORD])

    write(number, "menu")
    write(number, "hello")

    assert bodies() == ["Menu", "Any"]


def test_an_opt_out_that_was_lifted_starts_the_flow_that_waits_for_it(
    workspace, number, alice
):
    create_live(workspace, say(2, "Welcome back"), triggers=[{"kind": "optin"}])
    factories.receive(number, factories.text_message())
    conversation = Conversation.objects.get()
    Event.objects.create(
        workspace=workspace,
        conversation=conversation,
        at=clock.now(),
        kind="dnd_off",
        actor=alice,
    )

    assert (runs.start_tagged(), runs.start_tagged()) == (1, 0)
    assert bodies() == ["Welcome back"]


def test_a_live_flow_that_cannot_be_read_silences_nobody_else(workspace, number):
    broken = create_live(workspace, say(2), name="Of another release")
    broken.live_version.graph = {"triggers": "?", "nodes": "?"}
    broken.live_version.save()
    create_live(workspace, say(2, "Still here"))

    write(number)

    assert bodies() == ["Still here"]


def test_what_breaks_while_reacting_does_not_stop_the_inbox(
    workspace, number, monkeypatch
):
    create_live(workspace, say(2))

    def break_down(*args):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("flows.reacting._choose", break_down)
    write(number, "menu")

    assert Message.objects.filter(body="menu").exists()


def test_a_message_sent_again_by_a_person_is_waited_for_anew(workspace, number):
    create_live(workspace, say(2, next=3), say(3, "More"))
    factories.store(factories.envelope(number, [factories.text_message(body="menu")]))
    work()
    sent_now(State.UNKNOWN)
    work()
    Message.objects.filter(direction="out").update(state=State.QUEUED)
    Run.objects.update(resume_at=clock.now())

    work()
    assert only_run().resume_at is None
    settle()

    assert bodies() == ["Hello", "More"]
