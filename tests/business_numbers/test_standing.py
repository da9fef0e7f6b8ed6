"""A run that Meta did not answer says nothing, and what was known before still holds."""

import pytest
from django.urls import reverse

from business_numbers import checking, doctor, standing
from business_numbers.models import CheckRun, NumberEvent
from converge import clock
from tests.business_numbers.rows import create_run

pytestmark = pytest.mark.django_db


def create_unanswered(number) -> CheckRun:
    run = create_run(
        number,
        subscription=None,
        is_subscribed=None,
        meta_status=None,
        is_registered=None,
        problems=(doctor.NO_ANSWER,),
    )
    run.is_complete = False
    run.save()
    return run


def test_a_broken_step_stays_broken_while_meta_is_away(number):
    create_run(number, is_subscribed=False)
    create_unanswered(number)

    found = standing.of_number(number)

    assert found.judgement.receive.answer == "no"
    assert found.judgement.fix == "subscribe"
    assert found.unanswered.startswith("Meta did not answer today, ")
    assert "Showing what was known today, " in found.unanswered


def test_a_first_run_without_an_answer_passes_nothing(number):
    create_unanswered(number)

    found = standing.of_number(number)

    assert found.judgement.receive.answer == "unknown"
    assert "Every check passed" not in found.judgement.receive.why


def test_the_pages_say_how_old_their_knowledge_is(client, alice, number):
    client.force_login(alice)
    create_run(number)
    create_unanswered(number)

    slug = number.workspace.slug
    shown = client.get(reverse("numbers:show", args=[slug, number.id]))
    listed = client.get(reverse("numbers:list", args=[slug]))

    assert "Meta did not answer today, " in shown.content.decode()
    assert "Meta did not answer today, " in listed.content.decode()


def test_what_broke_before_meta_was_away_is_no_news_after(number):
    broken = create_run(number, is_subscribed=False)
    create_unanswered(number)
    after = CheckRun.objects.create(
        workspace=number.workspace,
        number=number,
        at=clock.now(),
        reason=CheckRun.BY_SCHEDULE,
    )

    assert checking.previous_cause(after) == broken.cause
    assert not NumberEvent.objects.exists()
