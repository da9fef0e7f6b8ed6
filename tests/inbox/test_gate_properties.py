"""Whatever the facts: the send decision answers, and more against it never helps."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.gate import (
    Allow,
    Facts,
    Gone,
    Hold,
    Refuse,
    Sender,
    TemplateFacts,
    Wait,
    decide,
)
from inbox.reasons import Reason
from inbox.window import Window

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
moments = st.integers(-20 * 86_400, 20 * 86_400).map(lambda s: NOW + timedelta(0, s))
maybe = st.none() | moments
later = st.none() | st.integers(1, 9 * 86_400).map(lambda s: NOW + timedelta(0, s))
yes_no = st.booleans()
rarely = st.sampled_from([False, False, False, False, True])
holds = st.builds(
    Hold, reason=st.sampled_from([Reason.SLOWED, Reason.REAUTHORISE]), until=maybe
)
templates = st.builds(
    TemplateFacts,
    status=st.sampled_from(["APPROVED", "APPROVED", "PAUSED", "REJECTED"]),
    is_marketing=yes_no,
    paused_until=maybe,
    missing=st.lists(st.sampled_from("12")).map(tuple),
)
facts = st.builds(
    Facts,
    now=st.just(NOW),
    sender=st.sampled_from(Sender),
    kind=st.sampled_from(["text", "image", "interactive", "template", "wa_flow"]),
    waited=st.integers(0, 9000).map(lambda s: timedelta(seconds=s)),
    gone=st.sampled_from([None, None, None, *Gone]),
    capped_at=maybe,
    window=st.builds(Window, maybe, human_agent=st.booleans()),
    template=st.none() | templates,
    hold=st.none() | holds,
    restricted_until=maybe,
    tier_free_at=later,
    pair_free_at=maybe,
    is_whatsapp=yes_no,
    is_queued=yes_no,
    is_us_number=yes_no,
    refuses_marketing=yes_no,
    do_not_send=yes_no,
    takeover=yes_no,
    may_send=rarely.map(lambda no: not no),
    is_blocked=rarely,
    is_stale=rarely,
    has_identity=rarely.map(lambda no: not no),
    dnd=rarely,
    broadcast_cancelled=rarely,
    broadcast_paused=rarely,
    has_unsettled=rarely,
)
# What speaks against a message, at its worst.
AGAINST = {
    "may_send": False,
    "is_blocked": True,
    "takeover": True,
    "is_stale": True,
    "has_identity": False,
    "gone": Gone.BANNED,
    "dnd": True,
    "do_not_send": True,
    "refuses_marketing": True,
    "is_us_number": True,
    "window": Window(),
    "template": None,
    "broadcast_cancelled": True,
    "broadcast_paused": True,
    "hold": Hold(Reason.REAUTHORISE),
    "has_unsettled": True,
}


@settings(max_examples=500)
@given(facts)
def test_every_message_gets_an_answer(message):
    decision = decide(message)

    assert isinstance(decision, Allow | Refuse | Wait)
    if isinstance(decision, Wait):
        assert decision.until > NOW


@given(facts, st.lists(st.sampled_from(sorted(AGAINST)), min_size=1))
def test_one_more_reason_against_it_never_turns_a_refusal_into_leave(message, names):
    if not isinstance(decide(message), Refuse):
        return

    worse = replace(message, **{name: AGAINST[name] for name in names})

    assert isinstance(decide(worse), Refuse)


@given(facts, st.sampled_from(sorted(AGAINST)))
def test_one_more_reason_against_it_never_turns_a_wait_into_leave(message, name):
    if not isinstance(decide(message), Wait):
        return

    worse = replace(message, **{name: AGAINST[name]})

    assert not isinstance(decide(worse), Allow)


def test_every_reason_against_is_a_fact():
    assert set(AGAINST) <= {field.name for field in fields(Facts)}
