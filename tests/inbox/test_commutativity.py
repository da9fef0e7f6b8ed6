"""The same webhooks in any order and in any pieces lead to the same rows."""

import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inbox.ingest import ingest_once
from inbox.models import (
    Attempt,
    Contact,
    ContactTag,
    Conversation,
    Identity,
    Message,
    ParkedChange,
    ParkedStatus,
    Reaction,
)
from inbox.states import State
from tests import factories
from tests.factories import envelope, store, text_message

pytestmark = pytest.mark.django_db

BEGIN = 1772971200
UPDATES = 19
PEOPLE = ("447700900112", "447700900223")


class Roll(Exception):
    """Leave a transaction without a trace."""


def updates_of(attempts: list[Attempt]) -> list[dict]:
    """One of everything that can depend on order, each at its own second."""
    first, second, third = attempts
    at = iter(range(BEGIN, BEGIN + 1000))

    def said(name: str, wa_id: str, **fields) -> dict:
        fields |= {"id": f"wamid.{name}", "timestamp": str(next(at))}
        return {"messages": [text_message(wa_id, name, **fields)]}

    def reported(attempt: Attempt, state: str, code: int | None = None) -> dict:
        errors = {"errors": [{"code": code, "title": "x"}]} if code else {}
        fields = {"timestamp": str(next(at)), **errors}
        return {"statuses": [factories.status(attempt, state, **fields)]}

    def about(kind: str, content: dict) -> dict:
        return said(f"{kind} {next(at)}", PEOPLE[0], type=kind, **{kind: content})

    edit = {"original_message_id": "wamid.one"}
    return [
        said("one", PEOPLE[0]),
        said("two", PEOPLE[0]),
        said("ben", PEOPLE[1]),
        said("stop", PEOPLE[1]),
        about("edit", edit | {"message": {"type": "text", "text": {"body": "One"}}}),
        about("edit", edit | {"message": {"type": "text", "text": {"body": "ONE"}}}),
        about("revoke", {"original_message_id": "wamid.two"}),
        about("reaction", {"message_id": first.wamid, "emoji": "👍"}),
        about("reaction", {"message_id": first.wamid, "emoji": "🎉"}),
        about("reaction", {"message_id": "wamid.two", "emoji": "👍"}),
        about("reaction", {"message_id": "wamid.two"}),
        reported(first, "sent"),
        reported(first, "read"),
        reported(first, "delivered"),
        reported(second, "sent"),
        reported(second, "failed", 131026),
        reported(second, "delivered"),
        reported(third, "failed", 131050),
        said("three", PEOPLE[0]),
    ]


@pytest.fixture
def world():
    number = factories.create_number(factories.create_workspace())
    contact = factories.create_contact(number.workspace, wa_id=PEOPLE[0])
    conversation = factories.create_conversation(number, contact, wrote_ago=None)
    states = (State.SENT, State.SENT, State.UNKNOWN)
    attempts = [factories.create_sent(conversation, s, at=_at(s)) for s in states]
    return number, attempts


def _at(state):
    from_the_start = factories.clock.now()
    return from_the_start.fromtimestamp(BEGIN - 60, from_the_start.tzinfo)


def play(number, updates: list[dict], cuts: list[int]) -> dict:
    """Apply in batches; afterwards the database is as before."""
    found = {}
    try:
        with transaction.atomic():
            for i, update in enumerate(updates):
                store(envelope(number, **update))
                if i in cuts:
                    drain()
            drain()
            found = look()
            raise Roll
    except Roll:
        return found


def drain():
    while ingest_once():
        pass


def look() -> dict:
    """Everything a person could see, by Meta's names."""
    return {
        "messages": rows(
            Message, "wamid", "body", "state", "at", "edited_at", "deleted_at",
            "error_code", "error_text",
        ),
        "attempts": rows(
            Attempt, "id", "state", "wamid", "error_code", "sent_at", "delivered_at",
            "read_at", "failed_at", "status_at",
        ),
        "conversations": rows(
            Conversation, "contact__profile_name", "contact__identities__value",
            "last_inbound_at", "waiting_since", "state", "last_at", "last_text",
            "last_kind",
        ),
        "contacts": rows(Contact, "profile_name", "refuses_marketing"),
        "identities": rows(Identity, "kind", "value"),
        "tags": rows(ContactTag, "tag__code", "contact__identities__value", "set_at"),
        "reactions": rows(Reaction, "target", "emoji", "at"),
        "parked": [ParkedStatus.objects.count(), ParkedChange.objects.count()],
    }  # fmt: skip


def rows(model, *columns) -> list:
    return sorted(model.objects.values_list(*columns), key=str)


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.generate],  # a failing order is short enough to read
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.permutations(range(UPDATES)),
    st.lists(st.integers(0, UPDATES - 1), max_size=5),
    st.lists(st.integers(0, UPDATES - 1), max_size=8),
)
def test_any_order_in_any_pieces_ends_the_same(world, order, again, cuts):
    number, attempts = world
    updates = updates_of(attempts)
    expected = play(number, updates, [])

    found = play(number, [updates[i] for i in [*order, *again]], cuts)

    assert found == expected


def test_the_end_is_the_right_one(world):
    number, attempts = world
    updates = updates_of(attempts)
    assert len(updates) == UPDATES

    found = play(number, random.Random(7).sample(updates, len(updates)), [3, 9])

    bodies = {wamid: body for wamid, body, *_ in found["messages"]}
    assert bodies["wamid.one"] == "ONE"
    assert bodies["wamid.two"] == ""
    states = {str(pk): state for pk, state, *_ in found["attempts"]}
    assert [states[str(a.id)] for a in attempts] == ["read", "delivered", "failed"]
    assert [emoji for _, emoji, _ in found["reactions"]] in (["🎉", ""], ["", "🎉"])
    assert [code for code, *_ in found["tags"]] == ["dnd"]
