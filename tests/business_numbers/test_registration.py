"""A PIN is counted before it is sent, and a third wrong one is never sent."""

from datetime import timedelta

import pytest

from business_numbers import recovery, registration
from business_numbers.graph import GraphError
from business_numbers.models import RegistrationAttempt as A
from converge import clock
from tests import factories

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "654321", "111222"


@pytest.fixture
def number(workspace, simulator):
    account = factories.create_account(workspace, token=simulator.token)
    account.meta_id = simulator.waba
    account.save()
    return factories.create_number(workspace, account=account, meta_id=simulator.number)


def tried(number, outcome: str, ago=timedelta(minutes=5), **fields) -> A:
    return A.objects.create(
        workspace=number.workspace,
        number=number,
        at=clock.now() - ago,
        outcome=outcome,
        **fields,
    )


def calls(simulator) -> int:
    found = simulator.control("GET", "calls?limit=1000")["calls"]
    return sum(c["path"].endswith("/register") for c in found)


def test_the_right_pin_registers(number):
    attempt = registration.register(number, RIGHT, "Ana")

    number.refresh_from_db()
    assert attempt.outcome == A.DONE
    assert (number.status, number.meta_status) == ("active", "CONNECTED")
    assert number.registered_at


def test_two_wrong_pins_are_the_last_that_are_sent(number, simulator):
    first = registration.register(number, WRONG, "Ana")
    simulator.advance(seconds=5)
    second = registration.register(number, WRONG, "Ana")
    third = registration.register(number, WRONG, "Ana")
    fourth = registration.register(number, RIGHT, "Ana")

    assert (first.outcome, second.outcome) == (A.WRONG_PIN, A.WRONG_PIN)
    assert third is None
    assert fourth is None
    assert calls(simulator) == 2
    assert registration.guard(number).state == "stopped"


def test_a_pin_on_its_way_keeps_a_second_one_back(number, simulator):
    tried(number, A.PENDING, timedelta(seconds=5))

    assert registration.register(number, RIGHT, "Ana") is None
    assert calls(simulator) == 0


def test_a_call_that_was_lost_with_its_process_is_unknown_later(number):
    lost = tried(number, A.PENDING, timedelta(minutes=3))

    registration.register(number, RIGHT, "Ana")

    lost.refresh_from_db()
    assert lost.outcome == A.UNKNOWN


@pytest.mark.parametrize(
    ("attempts", "state", "left"),
    [
        ([], "free", 2),
        ([A.WRONG_PIN], "free", 1),
        ([A.WRONG_PIN, A.WRONG_PIN], "stopped", 0),
        ([A.WRONG_PIN, A.DONE, A.WRONG_PIN], "free", 1),
        ([A.LOCKED], "locked", 0),
        ([A.LOCKED, A.DONE], "free", 2),
        ([A.UNKNOWN, A.REFUSED], "free", 2),
        ([A.REFUSED] * 10, "wait", 2),
    ],
)
def test_the_guard_counts_since_the_last_success(number, attempts, state, left):
    for n, outcome in enumerate(attempts):
        tried(number, outcome, timedelta(minutes=30 - n))

    found = registration.guard(number)

    assert (found.state, found.left) == (state, left)


def test_a_verification_by_code_begins_a_new_count(number):
    tried(number, A.WRONG_PIN, timedelta(minutes=9))
    tried(number, A.WRONG_PIN, timedelta(minutes=8))
    found = recovery.begin(number, "Ana")
    found.verified_at = clock.now()
    found.save()

    assert registration.guard(number).is_free


@pytest.mark.parametrize(
    ("code", "outcome", "wait"),
    [
        (133005, A.WRONG_PIN, None),
        (131031, A.WRONG_PIN, None),
        (133006, A.LOCKED, None),
        (133008, A.LOCKED, None),
        (133009, A.WAIT, timedelta(minutes=5)),
        (133015, A.WAIT, timedelta(minutes=5)),
        (133016, A.WAIT, timedelta(hours=72)),
        (133000, A.REFUSED, None),
        (1, A.UNKNOWN, None),
    ],
)
def test_every_answer_is_told_apart(number, simulator, code, outcome, wait):
    simulator.fault(error={"code": code, "next": 1}, scope="all")

    attempt = registration.register(number, RIGHT, "Ana")

    assert (attempt.outcome, attempt.code) == (outcome, code)
    if wait:
        assert attempt.again_at - clock.now() > wait - timedelta(minutes=1)
        assert registration.guard(number).state == "wait"


def test_a_code_that_is_wrong_is_counted(number, simulator):
    found = recovery.begin(number, "Ana")
    found.method = "SMS"
    registration.request_code(found)

    with pytest.raises(GraphError):
        registration.verify_code(found, "000-000")

    found.refresh_from_db()
    assert (found.code_tries, found.verified_at) == (1, None)


@pytest.mark.parametrize("pin", ["000000", "123456", "999999", "654321"])
def test_weak_pins_are_known(pin):
    assert registration.is_weak(pin)
