"""The outbox under every order of events; Meta's own journal is the judge.

Never two accepted sends of a message unless a person said "send again", and what was
accepted is never shown as failed or as still to be sent.
"""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from business_numbers import graph
from business_numbers.graph import Grant, GraphError
from converge import clock
from inbox import recording, takeover
from inbox.claims import claim
from inbox.delivery import Result
from inbox.gate import Sender
from inbox.models import Attempt, Conversation, Message
from inbox.outbox import Draught, lock, queue, queue_again
from inbox.states import ACCEPTED, IN_FLIGHT, TROUBLED, State
from tests import factories
from tests.inbox.sending import create_conversation, create_number, room

pytestmark = pytest.mark.django_db
AMBIGUOUS = ("reset_before", "http_502", "reset_after", "half_body_after")
SHOWN_AS_ACCEPTED = {*ACCEPTED, State.SENDING, State.UNKNOWN}


class Outbox(RuleBasedStateMachine):
    simulator = None

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.simulator.reset()
        self.number = create_number(self.simulator)
        self.conversation = create_conversation(self.simulator, self.number)
        self.grant = Grant.of(self.number.account)
        self.jobs, self.results = [], []
        self.by_hand: dict = {}  # message → how often a person sent it again

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @rule(sender=st.sampled_from([Sender.AGENT, Sender.FLOW]))
    def queue(self, sender):
        generation = Conversation.objects.get().generation
        queue(
            self.conversation.id,
            Draught("text", "Hello"),
            sender=sender,
            generation=generation if sender is Sender.FLOW else None,
        )

    @rule()
    def claim(self):
        Message.objects.filter(state=State.QUEUED).update(due_at=clock.now())
        self.jobs += claim(room())

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), fault=st.sampled_from([None, None, 131057, *AMBIGUOUS]))
    def send(self, data, fault):
        job = self.jobs.pop(data.draw(st.integers(0, len(self.jobs) - 1)))
        if isinstance(fault, int):
            self.simulator.fault(error={"next": 1, "code": fault})
        elif fault:
            self.simulator.fault(**{fault: {"next": 1}})
        try:
            answer = graph.call(self.grant, "POST", job.path, data=job.body)
            self.results.append(Result(job, answer=answer))
        except GraphError as error:
            self.results.append(Result(job, error=error))

    @precondition(lambda self: self.jobs)
    @rule()
    def begin_too_late(self):
        self.results.append(Result(self.jobs.pop(0)))

    @precondition(lambda self: self.jobs or self.results)
    @rule()
    def crash(self):
        self.jobs, self.results = [], []

    @precondition(lambda self: self.results)
    @rule(data=st.data())
    def record(self, data):
        place = data.draw(st.integers(0, len(self.results) - 1))
        recording.record([self.results.pop(place)])

    @rule()
    def leases_run_out(self):
        past = clock.now() - timedelta(hours=1)
        Message.objects.filter(state=State.SENDING).update(lease_until=past)
        recording.sweep_leases()

    @rule(data=st.data(), state=st.sampled_from(["sent", "delivered", "read"]))
    def report(self, data, state):
        entries = self.simulator.journal()
        if entries:
            entry = data.draw(st.sampled_from(entries))
            about = Attempt(id=entry["callback"], wamid=entry["wamid"])
            factories.receive(self.number, statuses=[factories.status(about, state)])

    @rule(data=st.data())
    def send_again_by_hand(self, data):
        troubled = list(Message.objects.filter(state__in=TROUBLED).order_by("at"))
        if troubled:
            message = data.draw(st.sampled_from(troubled))
            if queue_again(message.id, may_send=True) is None:
                self.by_hand[message.id] = self.by_hand.get(message.id, 0) + 1

    @rule()
    def take_over(self):
        conversation = lock(self.conversation.id)
        takeover.turn_on(conversation, by=None, reason=Conversation.BY_SWITCH)

    @invariant()
    def nothing_is_accepted_twice_without_a_person(self):
        for message, accepted in self.accepted().items():
            assert accepted <= 1 + self.by_hand.get(message, 0), message

    @invariant()
    def what_was_accepted_is_shown_so(self):
        accepted = self.accepted()
        for message in Message.objects.filter(id__in=accepted):
            waits_for_a_person = message.id in self.by_hand
            assert message.state in SHOWN_AS_ACCEPTED or (
                waits_for_a_person and message.state in (*IN_FLIGHT, State.FAILED)
            ), message.state

    @invariant()
    def the_bot_is_silent_after_a_takeover(self):
        if Conversation.objects.get().takeover:
            waiting = Message.objects.filter(origin=Message.FLOW, state=State.QUEUED)
            for message in waiting:
                assert message.tries  # its first attempt had begun before

    def accepted(self) -> dict:
        owners = dict(Attempt.objects.values_list("id", "message_id"))
        found: dict = {}
        for entry in self.simulator.journal():
            message = owners[uuid.UUID(entry["callback"])]
            found[message] = found.get(message, 0) + 1
        return found


def test_the_outbox_keeps_its_promises_in_every_order(simulator):
    Outbox.simulator = simulator

    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
