"""The last three digits of +44 7700 900xxx choose what happens."""

import pytest
import requests

from tests.simulator.simulated import refusal, wait_until, wamid

PREFIX = "+447700900"


def send(simulated, ending: str, **options):
    body = {
        "messaging_product": "whatsapp",
        "to": f"{PREFIX}{ending}",
        "type": "template",
        "template": {"name": "hello_world", "language": {"code": "en_US"}},
    }
    return simulated.post(f"{simulated.number}/messages", body, **options)


def test_every_ending_is_listed_with_its_words(simulated):
    magic = simulated.world["magic"]

    assert magic[f"{PREFIX}326"] == "failed with 131026"
    assert len(magic) > 60
    assert all(number.startswith(PREFIX) for number in magic)


@pytest.mark.parametrize(
    ("ending", "code"), [("326", 131026), ("349", 131049), ("353", 131053)]
)
def test_endings_from_300_fail_later(simulated, product, ending, code):
    sent = wamid(send(simulated, ending))

    (status,) = product.wait_for_statuses(sent, "failed")
    assert status["errors"][0]["code"] == code
    assert status["errors"][0]["href"]


@pytest.mark.parametrize(
    ("ending", "status", "code"),
    [
        ("404", 404, 132001),
        ("428", 400, 130429),
        ("456", 400, 131056),
        ("490", 401, 190),
        ("402", 503, 2),
    ],
)
def test_endings_from_400_are_refused_at_once(simulated, ending, status, code):
    assert refusal(send(simulated, ending)) == (status, code)
    assert simulated.journal() == []


@pytest.mark.parametrize("ending", ["500", "502", "503", "429"])
def test_http_errors_are_not_accepted(simulated, ending):
    assert send(simulated, ending).status_code == int(ending)
    assert simulated.journal() == []


@pytest.mark.parametrize(
    ("ending", "accepted"),
    [("504", 1), ("505", 1), ("506", 1), ("507", 0), ("508", 0)],
)
def test_broken_answers(simulated, ending, accepted):
    never_answered = ending in ("504", "507")

    with pytest.raises(requests.RequestException):
        send(simulated, ending, **({"timeout": 0.5} if never_answered else {}))

    wait_until(lambda: len(simulated.journal()) >= accepted)
    assert len(simulated.journal()) == accepted


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("202", ["sent"]),
        ("203", ["sent", "delivered"]),
        ("204", ["read", "delivered", "sent"]),
        ("205", ["sent"] * 3 + ["delivered"] * 3),
        ("206", ["sent", "read"]),
        ("207", ["sent", "delivered", "failed"]),
        ("212", ["sent", "delivered", "read"]),
        ("215", ["sent", "failed"]),
    ],
)
def test_statuses_take_their_own_course(simulated, product, ending, expected):
    sent = wamid(send(simulated, ending))

    for _ in expected:
        simulated.advance(seconds=60)

    product.wait_for_statuses(sent, *expected)


def test_silence_stays_silent(simulated, product):
    sent = wamid(send(simulated, "201"))

    simulated.advance(days=31)

    simulated.wait_until_idle()
    assert product.statuses(sent) == []
    assert simulated.control("GET", f"messages/{sent}")["status"] == "accepted"


@pytest.mark.parametrize(("ending", "first"), [("208", "sent"), ("211", "failed")])
def test_a_status_overtakes_the_answer(simulated, product, ending, first):
    answer = send(simulated, ending)

    assert [s["status"] for s in product.statuses(wamid(answer))][:1] == [first]


@pytest.mark.parametrize(
    ("ending", "expected"), [("209", ["sent", "delivered"]), ("210", ["failed"])]
)
def test_held_messages_are_released_or_die(simulated, product, ending, expected):
    simulated.control("POST", "settings", {"hold_for": 600})
    answer = send(simulated, ending)
    held = wamid(answer)
    assert (
        answer.json()["messages"][0]["message_status"] == "held_for_quality_assessment"
    )
    assert product.statuses(held) == []

    simulated.advance(minutes=11)

    statuses = product.wait_for_statuses(held, *expected)
    assert [e["code"] for e in statuses[0].get("errors", [])] in ([], [132015])


@pytest.mark.parametrize(
    ("ending", "text"), [("213", "Thanks, got it!"), ("214", "STOP")]
)
def test_some_people_answer_by_themselves(simulated, product, ending, text):
    sent = wamid(send(simulated, ending))
    product.wait_for_statuses(sent, "sent", "delivered")

    simulated.advance(seconds=2)

    simulated.wait_until_idle()
    assert [message["text"]["body"] for message in product.messages()] == [text]


def test_ordinary_endings_are_ordinary(simulated, product):
    sent = wamid(send(simulated, "155"))

    product.wait_for_statuses(sent, "sent", "delivered")
