"""The supervisor's decision as a table."""

import pytest

from converge.supervisor.verdict import Action, Facts, Kind, backoff, verdict

KIND = Kind("ingest", ("ingest",), silent_limit=20.0, start_limit=60.0)
ALIVE = {"is_running": True, "database_answers": True, "has_beaten": True}
DEAD = {"is_running": False, "database_answers": True, "has_beaten": True}


def facts(**given) -> Facts:
    nothing = {"silent_for": 0.0, "dead_for": 0.0, "deaths": 0}
    return Facts(**({"kind": KIND} | nothing | given))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(ALIVE, Action.LEAVE, id="alive and beating"),
        pytest.param(ALIVE | {"silent_for": 20.0}, Action.LEAVE, id="at the limit"),
        pytest.param(ALIVE | {"silent_for": 20.1}, Action.KILL, id="wedged"),
        pytest.param(
            ALIVE | {"silent_for": 900.0, "database_answers": False},
            Action.LEAVE,
            id="silent because the database is away",
        ),
        pytest.param(
            ALIVE | {"has_beaten": False, "silent_for": 59.0},
            Action.LEAVE,
            id="still starting",
        ),
        pytest.param(
            ALIVE | {"has_beaten": False, "silent_for": 61.0},
            Action.KILL,
            id="wedged while starting",
        ),
        pytest.param(
            DEAD, Action.START, id="not started yet, or died after a long life"
        ),
        pytest.param(
            DEAD | {"database_answers": False},
            Action.START,
            id="dead while the database is away",
        ),
        pytest.param(DEAD | {"deaths": 3, "dead_for": 3.9}, Action.LEAVE, id="pausing"),
        pytest.param(DEAD | {"deaths": 3, "dead_for": 4.0}, Action.START, id="paused"),
        pytest.param(
            DEAD | {"deaths": 40, "dead_for": 30.0}, Action.START, id="longest pause"
        ),
    ],
)
def test_the_verdict_follows_from_the_facts(given, expected):
    assert verdict(facts(**given)) is expected


def test_the_pause_grows_with_every_death_and_stays_bounded():
    pauses = [backoff(deaths) for deaths in range(0, 8)]

    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]
