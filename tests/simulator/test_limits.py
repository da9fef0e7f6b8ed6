"""Refusals by rule: window, pair, throughput, portfolio, opt-outs, state of things."""

import pytest

from tests.simulator.simulated import refusal, wamid


def test_free_form_needs_an_open_window_of_this_number(simulated):
    never_wrote = simulated.send_text()
    simulated.write(number=simulated.shop)
    wrote_to_the_other_number = simulated.send_text()
    simulated.write()
    wrote = simulated.send_text()

    assert refusal(never_wrote) == (400, 131047)
    assert refusal(wrote_to_the_other_number) == (400, 131047)
    assert wrote.status_code == 200


def test_the_window_closes_after_a_day_by_the_simulators_clock(simulated):
    simulated.write()

    simulated.advance(hours=23, minutes=59)
    before = simulated.send_text()
    simulated.advance(minutes=2)
    after = simulated.send_text()

    assert before.status_code == 200
    assert refusal(after) == (400, 131047)


def test_a_late_webhook_does_not_open_the_window_anew(simulated):
    long_ago = simulated.control("GET", "clock")["now"] - 30 * 3600

    simulated.write(at=long_ago)

    assert refusal(simulated.send_text()) == (400, 131047)


def test_the_closed_window_can_also_be_a_failed_status(simulated, product):
    simulated.control("POST", "settings", {"window_refusal": "async"})

    sent = wamid(simulated.send_text())

    (status,) = product.wait_for_statuses(sent, "failed")
    assert status["errors"][0]["code"] == 131047
    assert "contacts" not in product.values()[0]


def test_forty_five_may_be_borrowed_and_the_next_waits_six_seconds(simulated):
    simulated.write()
    simulated.control("POST", "settings", {"mps": 1000})

    burst = [simulated.send_text().status_code for _ in range(45)]
    over = simulated.send_text()
    simulated.advance(seconds=7)
    later = simulated.send_text()

    assert set(burst) == {200}
    assert refusal(over) == (400, 131056)
    assert later.status_code == 200


def test_throughput_is_per_number_and_second(simulated):
    simulated.control("POST", f"numbers/{simulated.number}", {"mps": 3})

    answers = [simulated.send_template(to=f"+44770090010{n}") for n in range(5)]

    accepted = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(accepted) >= 3
    assert {refusal(answer) for answer in refused} <= {(400, 130429)}
    busiest = simulated.control("GET", "journal/summary")["max_in_one_second"]
    assert busiest[simulated.number] <= 3


def test_the_portfolio_limit_counts_people_once_a_day(simulated):
    simulated.control("POST", "settings", {"tier": "TIER_50", "mps": 1000})
    people = [f"+1555{n:07d}" for n in range(51)]

    answers = [simulated.send_template(to=to) for to in people]
    again = simulated.send_template(to=people[0])
    simulated.advance(hours=25)
    tomorrow = simulated.send_template(to=people[50])

    assert [a.status_code for a in answers[:50]] == [200] * 50
    assert refusal(answers[50]) == (400, 131048)
    assert again.status_code == 200
    assert tomorrow.status_code == 200


def test_answers_inside_the_window_take_no_place_in_the_portfolio(simulated):
    simulated.control("POST", "settings", {"tier": "TIER_50", "mps": 1000})
    for n in range(50):
        simulated.send_template(to=f"+1555{n:07d}")
    simulated.write(person="camille")

    assert simulated.send_template(to="+33639981207").status_code == 200


def test_stop_refuses_marketing_only_and_is_told_by_webhook(simulated, product):
    stop = {"marketing_stopped": True, "number": simulated.number}
    simulated.control("POST", "people/amelia", stop)
    simulated.wait_until_idle()

    marketing = simulated.send_template("new_arrivals_film", "en", components=FILM)
    utility = simulated.send_template()

    assert refusal(marketing) == (400, 131050)
    assert utility.status_code == 200
    (value,) = product.values("user_preferences")
    assert value["user_preferences"][0]["value"] == "stop"


FILM = [
    {
        "type": "header",
        "parameters": [
            {"type": "video", "video": {"link": "https://northwind.example/film.mp4"}}
        ],
    }
]


def test_marketing_to_the_united_states_fails_later(simulated, product):
    american = simulated.send_template(
        "new_arrivals_film", "en", to="+12125550143", components=FILM
    )
    canadian = simulated.send_template(
        "new_arrivals_film", "en", to="+14165550143", components=FILM
    )

    (failed,) = product.wait_for_statuses(wamid(american), "failed")
    assert failed["errors"][0]["code"] == 131049
    product.wait_for_statuses(wamid(canadian), "sent", "delivered")


def test_the_cap_on_marketing_fails_later_and_resets_after_a_week(simulated, product):
    simulated.control("POST", "settings", {"marketing_cap": 1})

    first, second = (
        wamid(simulated.send_template("new_arrivals_film", "en", components=FILM))
        for _ in range(2)
    )
    product.wait_for_statuses(first, "sent", "delivered")
    product.wait_for_statuses(second, "failed")
    simulated.advance(days=8)
    third = wamid(simulated.send_template("new_arrivals_film", "en", components=FILM))

    product.wait_for_statuses(third, "sent", "delivered")


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("numbers", {"registered": False}, (400, 133010)),
        ("numbers", {"maintenance": True}, (500, 131057)),
        ("numbers", {"status": "RATE_LIMITED"}, (400, 131048)),
        ("numbers", {"account_mode": "SANDBOX"}, (400, 131030)),
        ("accounts", {"locked": True}, (403, 131031)),
        ("accounts", {"payment_missing": True}, (400, 131042)),
    ],
)
def test_number_and_account_refuse_as_their_state_says(
    simulated, kind, change, expected
):
    target = simulated.number if kind == "numbers" else simulated.waba
    simulated.control("POST", f"{kind}/{target}", change)

    assert refusal(simulated.send_template()) == expected


def test_a_number_cannot_write_to_itself(simulated):
    assert refusal(simulated.send_template(to="+442079460821")) == (400, 131021)
