"""Faults while messages leave: killed processes, a mute or confused Meta, a cut database."""

import random

import pytest

from inbox.claims import PER_NUMBER


def test_killing_deliver_again_and_again_sends_everything_once(running, people, judge):
    sends = judge.queue_sends()
    rng = random.Random(7)
    for _ in range(5):
        sent = running.one("SELECT count(*) FROM inbox_attempt")
        running.wait_for(
            "SELECT count(*) > %s OR NOT EXISTS (SELECT FROM inbox_message"
            " WHERE state = 'queued') FROM inbox_attempt",
            sent + rng.randint(5, 40),
        )
        running.kill("deliver")
        running.begin("deliver")

    judge.wait_until_sent()
    judge.wait_until_reported()

    judge.nothing_doubled()
    judge.nothing_lost(sends)
    counts = judge.counts()
    accepted = len(judge.accepted())
    # What Meta accepted was settled by its statuses; the rest is at most what was
    # under way at the kills, and asks a person.
    assert counts.get("unknown", 0) == sends - accepted
    assert counts.get("unknown", 0) <= 5 * PER_NUMBER
    judge.logs_hold_no_secret()


def test_a_confused_meta_ends_in_one_accepted_send_or_a_question(
    running, people, judge
):
    running.simulator.fault(
        seed=13,
        http_500=0.05,
        http_502=0.05,
        http_429=0.05,
        error={"probability": 0.08, "code": 130429},
        reset_before=0.05,
    )
    sends = judge.queue_sends()
    running.wait_for("SELECT count(*) >= %s FROM inbox_attempt", sends // 2)
    running.simulator.control("DELETE", "faults")

    judge.wait_until_sent()
    judge.wait_until_reported()

    judge.nothing_doubled()
    judge.nothing_lost(sends)
    assert judge.counts().get("failed", 0) == 0
    assert judge.counts()["delivered"] == len(judge.accepted())


def test_throttling_and_refused_connections_end_in_one_accepted_send(
    running, people, judge
):
    running.simulator.fault(
        seed=14,
        http_429=0.1,
        error={"probability": 0.2, "code": 131056},
    )
    sends = judge.queue_sends()
    running.wait_for("SELECT count(*) >= %s FROM inbox_attempt", sends // 2)
    running.simulator.control("DELETE", "faults")

    judge.wait_until_sent()
    judge.wait_until_reported()

    judge.nothing_doubled()
    assert judge.counts() == {"delivered": sends}


@pytest.mark.parametrize("fault", ["reset_after", "half_body_after", "http_500_after"])
def test_what_meta_accepted_and_then_failed_to_answer_is_settled_by_its_status(
    running, people, judge, fault
):
    running.simulator.fault(seed=15, **{fault: {"next": 20}})
    sends = judge.queue_sends()

    judge.wait_until_sent()
    judge.wait_until_reported()

    judge.nothing_doubled()
    judge.nothing_lost(sends)
    assert judge.counts() == {"delivered": sends}


def test_without_a_status_it_stays_unknown_and_is_never_sent_again(
    running, people, judge
):
    running.simulator.control("POST", "settings", {"statuses": False})
    running.simulator.fault(seed=16, reset_after={"next": 10})
    sends = judge.queue_sends()

    judge.wait_until_sent()
    running.wait_for("SELECT count(*) = 10 FROM inbox_message WHERE state = 'unknown'")

    judge.nothing_doubled()
    judge.nothing_lost(sends)
    assert len(judge.accepted()) == sends


def test_cutting_every_database_connection_has_each_effect_once(running, people, judge):
    sends = judge.queue_sends()
    for share in (0.2, 0.5, 0.8):
        running.wait_for("SELECT count(*) >= %s FROM inbox_attempt", int(sends * share))
        running.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    judge.wait_until_sent()
    judge.wait_until_reported()

    judge.nothing_doubled()
    judge.nothing_lost(sends)
