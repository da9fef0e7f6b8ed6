"""What a refused send says about the number itself, and what takes it back."""

from datetime import timedelta

import pytest

from business_numbers import standing, timeline
from business_numbers.models import NumberEvent
from converge import clock
from tests import factories
from tests.inbox.sending import create_conversation, create_number, deliver, say

pytestmark = pytest.mark.django_db
CODES = {
    131031: ("quality", "Meta locked this account."),
    131042: ("manager", "Meta wants a payment method"),
    133010: ("recover", "This number is not registered at Meta."),
}


@pytest.mark.parametrize("code", CODES)
def test_a_number_cannot_send_after_a_refusal_until_something_arrives(simulator, code):
    number = create_number(simulator)
    simulator.fault(error={"next": 1, "code": code})
    say(create_conversation(simulator, number))
    deliver()

    found = standing.of_number(number).judgement
    number.last_delivered_at = clock.now() + timedelta(seconds=1)
    later = standing.of_number(number).judgement

    fix, words = CODES[code]
    assert (found.send.answer, found.receive.answer) == ("no", "unknown")
    assert found.fix == fix
    assert found.headline.startswith("Meta refused the last message today, ")
    assert words in found.detail
    assert timeline.of_number(number)[0].words == "Meta refused a message"
    assert later.send.answer == "yes"


def test_a_refusal_by_report_counts_as_well_and_many_are_one(
    workspace, number, conversation
):
    sent = [factories.create_sent(conversation) for _ in range(2)]
    later = str(int(clock.now().timestamp()) + 2)
    error = {"code": 131042, "title": "Business eligibility"}
    failed = {"errors": [error], "timestamp": later}
    for attempt in sent:
        factories.receive(
            number, statuses=[factories.status(attempt, "failed", **failed)]
        )

    assert standing.of_number(number).judgement.send.answer == "no"
    assert NumberEvent.objects.count() == 1


def test_a_refusal_for_one_persons_sake_says_nothing_about_the_number(
    number, conversation
):
    attempt = factories.create_sent(conversation)
    failed = {"errors": [{"code": 131026, "title": "Undeliverable"}]}

    factories.receive(number, statuses=[factories.status(attempt, "failed", **failed)])

    assert standing.of_number(number).judgement.send.answer == "yes"


def test_a_report_whose_code_is_no_number_still_fails_its_message(number, conversation):
    attempt = factories.create_sent(conversation)
    failed = {"errors": [{"code": [131042], "title": "Odd"}]}

    factories.receive(number, statuses=[factories.status(attempt, "failed", **failed)])

    attempt.refresh_from_db()
    assert attempt.state == "failed"
