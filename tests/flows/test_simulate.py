"""Trying a flow: the same engine and the same gate, time that jumps, and nothing sent."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.simulate import KnownTemplate, play
from inbox.models import Message
from tests.flows.making import buttons, create_flow, graph, say, step

MENU = (
    say(2, "Hi {{first_name}}", next=3),
    buttons(3, a=4, b=5, otherwise=6, timeout=6, seconds=7200),
    say(4, "It is on its way."),
    step(5, "delay", {"next": 7}, seconds=2 * 86_400),
    say(6, "We are here."),
    say(7, "Has the label reached you?", error=8),
    step(
        8,
        "sendTemplate",
        template="label",
        language="en",
        values={"body.1": "{{first_name}}"},
    ),
)
TEMPLATES = {("label", "en"): KnownTemplate("Hello {{1}}, the label is there.")}


def said(*script, nodes=MENU, **fields) -> list[str]:
    return play(graph(*nodes, **fields), list(script), TEMPLATES).answers


def told(*script, **fields) -> str:
    played = play(graph(*MENU, **fields), list(script), TEMPLATES)
    return "\n".join(line.text for line in played.lines)


def test_the_menu_is_played_through():
    assert said({"say": "menu"}, {"tap": "3.a"}) == [
        "Hi Amina",
        "Choose one:",
        "It is on its way.",
    ]


def test_two_days_later_the_window_is_closed_and_the_template_goes():
    script = [{"say": "menu"}, {"tap": "3.b"}, {"skip": True}]

    assert said(*script)[-1] == "Hello Amina, the label is there."
    assert "The 24-hour window is closed" in told(*script)


def test_a_template_that_was_rejected_ends_the_run_with_its_reason():
    script = [{"set": "template"}, {"say": "menu"}, {"tap": "3.b"}, {"skip": True}]

    assert "Meta has not approved this template" in told(*script)


def test_a_colleague_who_replies_silences_the_bot():
    script = [{"say": "menu"}, {"set": "teammate"}, {"say": "hello?"}]

    assert said(*script) == ["Hi Amina", "Choose one:"]
    assert "Human takeover is on. The bot stays silent here." in told(*script)


def test_somebody_who_opted_out_gets_nothing():
    assert said({"set": "dnd"}, {"say": "menu"}) == []
    assert "opted out of automatic messages" in told({"set": "dnd"}, {"say": "menu"})


def test_instagram_hears_a_whatsapp_flow_not_at_all():
    assert said({"set": "instagram"}, {"say": "menu"}) == []


def test_instagram_skips_buttons_and_goes_on():
    script = [{"set": "instagram"}, {"say": "menu"}]

    assert said(*script, channel="both") == ["Hi Amina", "We are here."]
    assert "Was skipped" in told(*script, channel="both")


def test_time_passes_to_the_time_out_and_no_further():
    nodes = [step(2, "ask", {"timeout": 3}, text="?", timeout=3600), say(3, "Bye")]

    assert said({"say": "menu"}, {"wait": 3599}, nodes=nodes) == ["?"]
    assert said({"say": "menu"}, {"wait": 3600}, nodes=nodes) == ["?", "Bye"]


def test_a_flow_can_be_tried_from_any_step():
    assert said({"start": 4}) == ["It is on its way."]


def test_a_url_is_not_called_and_may_be_told_to_fail():
    nodes = [
        step(
            2,
            "callUrl",
            {"next": 3, "error": 4},
            url="https://shop.example/",
            save_as="x",
        ),
        say(3, "{{x}}"),
        say(4, "Sorry"),
    ]

    assert said({"say": "menu"}, nodes=nodes) == ["example"]
    assert said({"set": "url"}, {"say": "menu"}, nodes=nodes) == ["Sorry"]


@pytest.mark.django_db
def test_a_test_writes_nothing_and_asks_the_database_nothing(workspace):
    flow = create_flow(workspace, *MENU)
    g = graph(*MENU)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        play(g, json.loads('[{"say": "menu"}, {"wait": 90000}]'), TEMPLATES)

    assert len(queries) == 0
    assert not Message.objects.exists()
    assert not flow.runs.exists()
