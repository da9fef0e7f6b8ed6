"""Faults while a broadcast runs: nobody gets it twice, nobody is forgotten, sums are exact.

Judged by the simulator's journal: per person at most one accepted attempt that was not
reported failed before the next one.
"""

import random

import pytest

from tests.faults.conftest import SENDS
from tests.faults.mailing import Mailing, open_desk
from tests.simulator.simulated import wait_until

PER_SECOND = 80
# A killed process leaves in doubt what its slots reached: 20, and as many that were late.
IN_DOUBT = 40


@pytest.fixture
def mailing(running, people):
    running.sql("DELETE FROM broadcasts_broadcast")
    running.sql('UPDATE numbers_portfolio SET "limit" = NULL')
    running.sql("UPDATE numbers_template SET status = 'APPROVED'")
    running.simulator.control("POST", "settings", {"portfolio_limit": False})
    return Mailing(running, open_desk(running))


def nobody_twice(running, judge) -> int:
    """People Meta accepted it for; each once."""
    accepted = judge.accepted()
    assert {m: a for m, a in accepted.items() if len(a) > 1} == {}
    person_of = dict(
        running.sql("SELECT message_id::text, contact_id FROM broadcasts_recipient")
    )
    reached = [person_of[message] for message in accepted]
    assert len(set(reached)) == len(reached)
    return len(reached)


def test_killing_deliver_again_and_again_reaches_everybody_once(
    running, mailing, judge
):
    running.sql("UPDATE numbers_number SET limit_per_second = %s", PER_SECOND)
    mailing.begin()
    rng = random.Random(7)
    for _ in range(5):
        sent = running.one("SELECT count(*) FROM inbox_attempt")
        running.wait_for(
            "SELECT count(*) > least(%s, %s) FROM inbox_attempt",
            sent + rng.randint(5, 40),
            SENDS - 1,
        )
        running.kill("deliver")
        running.begin("deliver")

    mailing.wait_until_settled()
    judge.wait_until_reported()

    reached = nobody_twice(running, judge)
    groups = mailing.groups()
    assert sum(groups.values()) == SENDS
    assert groups.get("unknown", 0) == SENDS - reached <= 5 * IN_DOUBT
    assert groups["delivered"] == reached
    assert mailing.state() == ("done", "")
    judge.logs_hold_no_secret()


def test_a_deployment_in_the_middle_leaves_nothing_in_doubt(running, mailing, judge):
    mailing.begin()
    mailing.wait_for_attempts(SENDS // 4)
    running.end("deliver")
    running.begin("deliver")

    mailing.wait_until_settled()
    judge.wait_until_reported()

    assert nobody_twice(running, judge) == SENDS
    assert mailing.groups() == {"delivered": SENDS}


def test_a_confused_meta_ends_in_one_message_or_a_question(running, mailing, judge):
    running.simulator.fault(
        seed=13, http_500=0.05, http_502=0.05, http_429=0.05, reset_before=0.05
    )
    mailing.begin()
    mailing.wait_for_attempts(SENDS // 2)
    running.simulator.control("DELETE", "faults")

    mailing.wait_until_settled()
    judge.wait_until_reported()

    reached = nobody_twice(running, judge)
    groups = mailing.groups()
    assert groups.get("unknown", 0) == SENDS - reached
    assert groups["delivered"] == reached
    assert sum(groups.values()) == SENDS


def test_a_storm_of_pauses_sends_everything_once(running, mailing, judge):
    mailing.begin()
    mailing.wait_for_attempts(10)
    for _ in range(8):
        mailing.press("pause")
        mailing.press("resume")

    mailing.wait_until_settled()
    judge.wait_until_reported()

    assert nobody_twice(running, judge) == SENDS
    assert mailing.groups() == {"delivered": SENDS}


def test_stopping_it_leaves_those_it_reached_and_sends_nothing_more(
    running, mailing, judge
):
    running.sql("UPDATE numbers_number SET limit_per_second = 100")
    mailing.begin()
    mailing.wait_for_attempts(20)
    mailing.press("stop/now")
    mailing.wait_until_settled()
    judge.wait_until_reported()
    reached = nobody_twice(running, judge)

    groups = mailing.groups()
    assert groups == {"delivered": reached, "stopped": SENDS - reached}
    assert reached < SENDS
    assert mailing.state() == ("cancelled", "")


def test_a_revoked_token_pauses_it_and_the_exact_rest_follows(running, mailing, judge):
    running.sql("UPDATE numbers_number SET limit_per_second = 200")
    mailing.begin()
    mailing.wait_for_attempts(20)
    set_token(running, "revoked")
    wait_until(lambda: mailing.state() == ("paused", "reconnect"))
    assert "Reconnect it in Numbers" in mailing.page()
    judge.wait_until_sent()
    judge.wait_until_reported()
    before = nobody_twice(running, judge)
    assert before < SENDS

    set_token(running, "valid")
    running.sql("UPDATE numbers_businessaccount SET authorisation = 'connected'")
    mailing.wait_until_settled()
    mailing.sort_out()
    judge.wait_until_reported()

    assert nobody_twice(running, judge) == SENDS
    assert mailing.groups() == {"delivered": SENDS}


def set_token(running, state: str) -> None:
    token = running.simulator.token
    running.simulator.control("POST", "tokens", {"token": token, "state": state})


def test_a_paused_template_holds_it_and_it_goes_on_by_itself(running, mailing, judge):
    running.sql("UPDATE numbers_number SET limit_per_second = 200")
    mailing.begin()
    mailing.wait_for_attempts(20)
    running.sql("UPDATE numbers_template SET status = 'PAUSED'")
    wait_until(lambda: mailing.state() == ("held", "template"))
    assert "Nothing is lost and nothing is sent twice." in mailing.page()
    judge.wait_until_sent()
    running.sql("UPDATE numbers_template SET status = 'APPROVED'")

    mailing.wait_until_settled()
    judge.wait_until_reported()

    assert nobody_twice(running, judge) == SENDS
    assert mailing.groups() == {"delivered": SENDS}


def test_a_clock_that_jumps_over_the_ladder_tries_four_times_and_then_ends(
    running, judge
):
    """+44 7700 900349 fails with 131049 each time, after Meta accepted it."""
    running.sql("DELETE FROM broadcasts_broadcast")
    running.sql('UPDATE numbers_portfolio SET "limit" = NULL')
    running.simulator.control("POST", "settings", {"portfolio_limit": False})
    running.simulator.write("Hello", person="447700900349")
    running.wait_for("SELECT count(*) = 1 FROM inbox_conversation")
    mailing = Mailing(running, open_desk(running))
    mailing.begin()
    for tries, days in enumerate((7, 8, 9, 10), 1):
        running.wait_for(
            "SELECT tries = %s AND state = 'failed' FROM inbox_message"
            " WHERE direction = 'out' UNION ALL SELECT false LIMIT 1",
            tries,
        )
        mailing.wait_until_settled()
        mailing.sort_out()
        running.simulator.advance(days=days, minutes=1)

    mailing.sort_out()

    attempts = running.sql("SELECT state, error_code FROM inbox_attempt")
    assert attempts == [("failed", 131049)] * 4
    assert running.sql("SELECT state, cap_retries FROM broadcasts_recipient") == [
        ("ended", 3)
    ]
    assert len(judge.accepted().popitem()[1]) == 4
