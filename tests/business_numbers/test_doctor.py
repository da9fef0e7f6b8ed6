"""Six steps, each a verdict over what was seen; one of them is the cause."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from business_numbers import doctor
from business_numbers.doctor import (
    CANNOT,
    CONSEQUENCE,
    FAIL,
    LATER,
    PASS,
    SKIPPED,
    Subscription,
)
from converge import clock
from tests.business_numbers.rows import seen

pytestmark = pytest.mark.django_db
OURS = "https://inbox.example.org/webhooks/whatsapp"
ELSEWHERE = "https://other.example.org/hook"
ALL = doctor.WANTED_FIELDS
YESTERDAY = clock.timezone.now() - timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "cause", "fix"),
    [
        ({}, None, None),
        ({"status": "draft"}, 1, "continue_setup"),
        ({"status": "error", "status_reason": "Meta refused."}, 1, "subscribe"),
        ({"authorisation": "disconnected", "cause": "expired"}, 1, "reconnect"),
        ({"number_override": ELSEWHERE}, 2, "remove_override"),
        ({"account_override": ELSEWHERE}, 2, "remove_override"),
        ({"subscription": Subscription(ELSEWHERE, True, ALL)}, 2, "point_here"),
        ({"subscription": Subscription(OURS, False, ALL)}, 2, "point_here"),
        ({"door": "it answers 403"}, 2, ""),
        ({"subscription": Subscription(OURS, True, ("security",))}, 3, "add_messages"),
        ({"is_subscribed": False}, 3, "subscribe"),
        ({"meta_status": "DISCONNECTED"}, 4, "recover"),
        ({"meta_status": "DISCONNECTED", "is_coexistence": True}, 4, ""),
        ({"deregistered_at": YESTERDAY}, 5, "recover"),
    ],
)
def test_the_first_broken_step_is_the_cause(facts, cause, fix):
    found = doctor.cause_of(doctor.examine(seen(**facts)))

    assert (found.n if found else None) == cause
    assert (found.fix if found else None) == fix


def test_a_disconnected_phone_is_the_consequence_of_its_deregistration():
    results = doctor.examine(
        seen(meta_status="DISCONNECTED", deregistered_at=YESTERDAY, is_registered=False)
    )

    assert results[3].state == CONSEQUENCE
    assert doctor.cause_of(results).n == 5
    assert doctor.cause_of(results).fix == "recover"


def test_a_number_deregistered_elsewhere_is_found_out_by_its_platform():
    results = doctor.examine(seen(meta_status="DISCONNECTED", is_registered=False))

    assert [r.state for r in results[3:5]] == [CONSEQUENCE, FAIL]


def test_switched_off_wrong_address_and_a_failing_endpoint_are_told_apart():
    said = [
        doctor.check_callback(seen(**facts)).saw
        for facts in (
            {"subscription": Subscription(OURS, False, ALL)},
            {"subscription": Subscription(ELSEWHERE, True, ALL)},
            {"door": "it answers 403"},
        )
    ]

    assert len(set(said)) == 3


def test_without_an_answer_of_meta_nothing_is_blamed():
    results = doctor.examine(
        seen(
            subscription=None, is_subscribed=None, meta_status=None, is_registered=None
        )
    )

    assert doctor.cause_of(results) is None
    assert [r.state for r in results] == [PASS, CANNOT, CANNOT, CANNOT, CANNOT, LATER]


def test_instagram_has_no_registration_to_check():
    results = doctor.examine(seen(is_whatsapp=False, meta_status="northwind.shop"))

    assert results[4].state == SKIPPED
    assert doctor.cause_of(results) is None


def test_when_all_is_right_and_nothing_came_the_live_test_is_next():
    last = doctor.examine(seen(last_inbound_at=None))[5]

    assert "Send the live test, then ask support." in last.saw


@given(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["draft", "active", "error"]),
            "authorisation": st.sampled_from(["connected", "disconnected", "reauth"]),
            "is_subscribed": st.sampled_from([None, True, False]),
            "meta_status": st.sampled_from([None, "", "CONNECTED", "DISCONNECTED"]),
            "is_registered": st.sampled_from([None, True, False]),
            "account_override": st.sampled_from(["", ELSEWHERE]),
            "deregistered_at": st.sampled_from([None, YESTERDAY]),
            "subscription": st.sampled_from(
                [None, Subscription(OURS, True, ALL), Subscription(OURS, True, ())]
            ),
        }
    )
)
def test_there_are_always_six_results_in_order_with_words(facts):
    results = doctor.examine(seen(**facts))

    assert [r.n for r in results] == [1, 2, 3, 4, 5, 6]
    assert all(r.title and r.saw for r in results)
    assert all(r.who for r in results if r.state == FAIL)
