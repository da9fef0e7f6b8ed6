"""What a number can do, drawn from three truths that never merge."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from business_numbers import verdicts
from business_numbers.verdicts import LIMITED, NO, UNKNOWN, YES, NumberFacts, judge

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
AGO = NOW - timedelta(hours=2)
LATER = NOW + timedelta(hours=5)


def facts(**changed) -> NumberFacts:
    healthy = {
        "now": NOW,
        "label": "Support UK",
        "meta_status": "CONNECTED",
        "last_inbound_at": NOW - timedelta(minutes=4),
        "authorisation_changed_at": NOW - timedelta(days=9),
    }
    return NumberFacts(**(healthy | changed))


@pytest.mark.parametrize(
    ("changed", "receive", "send", "fix"),
    [
        ({}, YES, YES, ""),
        ({"status": "draft"}, NO, NO, "continue_setup"),
        ({"retired_at": AGO, "deregistered_at": AGO}, NO, NO, "recover"),
        ({"deregistered_at": AGO}, NO, NO, "recover"),
        ({"meta_status": "DISCONNECTED"}, NO, NO, "recover"),
        ({"meta_status": "BANNED"}, NO, NO, "recover"),
        ({"is_banned": True}, NO, NO, "quality"),
        ({"meta_status": "FLAGGED"}, YES, YES, ""),
        ({"meta_status": "RATE_LIMITED"}, YES, LIMITED, ""),
        ({"restricted_until": LATER}, YES, LIMITED, "quality"),
        ({"restricted_until": AGO}, YES, YES, ""),
        ({"slow_until": LATER}, YES, LIMITED, ""),
        ({"refused_at": AGO, "refused_fix": "quality"}, YES, NO, "quality"),
        ({"tier_used": 250, "tier_limit": 250}, YES, LIMITED, ""),
        ({"tier_used": 249, "tier_limit": 250}, YES, YES, ""),
        ({"authorisation": "reauth", "cause": "ending soon"}, YES, YES, "reconnect"),
        (
            {"authorisation": "reauth", "cause": "permission missing"},
            YES,
            NO,
            "reconnect",
        ),
        (
            {"authorisation": "disconnected", "authorisation_changed_at": NOW},
            UNKNOWN,
            NO,
            "reconnect",
        ),
        # Webhooks may go on after a token died: what came in since is a proof.
        (
            {"authorisation": "disconnected", "authorisation_changed_at": AGO},
            YES,
            NO,
            "reconnect",
        ),
        (
            {"broken_step": 3, "broken_fix": "add_messages", "checked_at": NOW},
            NO,
            YES,
            "add_messages",
        ),
        # It came in after the check: the check is overtaken.
        ({"broken_step": 3, "checked_at": AGO}, YES, YES, ""),
        ({"last_inbound_at": None}, UNKNOWN, YES, "diagnose"),
        ({"last_inbound_at": None, "checked_at": AGO}, YES, YES, ""),
        ({"is_whatsapp": False, "meta_status": ""}, YES, YES, ""),
        ({"status": "error", "status_reason": "Meta refused."}, YES, YES, "subscribe"),
    ],
)
def test_verdicts_follow_from_the_facts(changed, receive, send, fix):
    found = judge(facts(**changed))

    assert (found.receive.answer, found.send.answer, found.fix) == (receive, send, fix)


def test_a_deregistered_phone_with_a_fresh_token_still_needs_recovery():
    found = judge(facts(deregistered_at=AGO, meta_status="DISCONNECTED"))

    assert found.fix == "recover"
    assert "Connecting it again does not bring it back" in found.headline


MOMENTS = st.none() | st.sampled_from([AGO, NOW, LATER])
ANYTHING = st.builds(
    NumberFacts,
    now=st.just(NOW),
    authorisation=st.sampled_from(["connected", "disconnected", "reauth"]),
    cause=st.sampled_from(["", *verdicts.CAUSES]),
    status=st.sampled_from(["draft", "active", "error"]),
    meta_status=st.sampled_from(["", "CONNECTED", "DISCONNECTED", "FLAGGED", "ODD"]),
    is_banned=st.booleans(),
    is_whatsapp=st.booleans(),
    tier_used=st.integers(0, 300),
    tier_limit=st.none() | st.just(250),
    broken_step=st.none() | st.integers(1, 5),
    **{
        f.name: MOMENTS
        for f in fields(NumberFacts)
        if f.name.endswith(("_at", "_until"))
    },
)


@given(ANYTHING)
def test_every_number_gets_a_verdict_in_words(some):
    found = judge(some)

    assert found.headline
    assert found.headline.endswith(".")
    assert found.fix in ("", *verdicts.FIXES)


@given(ANYTHING)
def test_what_is_dead_never_sends(some):
    is_dead = some.retired_at or some.deregistered_at or some.status == "draft"

    if is_dead or some.authorisation == "disconnected":
        assert verdicts.can_send(some).answer == NO
