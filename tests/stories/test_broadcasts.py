"""A broadcast is built, checked, sent and read about; what Meta does to it is said."""

import csv
import itertools
from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.browser.screens import PHONE
from tests.browser.test_accessibility import COLOURS, find_violations
from tests.browser.test_every_page import OVERFLOW
from tests.stories.mailing import HOME, Sent, begin, send, upload

NAMES, PEOPLE = itertools.count(1), itertools.count(100)


@pytest.fixture
def name():
    return f"Autumn sale {next(NAMES)}"


@pytest.fixture(autouse=True)
def nothing_in_the_way(northwind):
    """Each story begins with free limits, and no other broadcast under way."""
    northwind.simulator.control("POST", "settings", {"portfolio_limit": False})
    running = northwind.running
    running.sql('UPDATE numbers_portfolio SET "limit" = NULL')
    running.sql("UPDATE numbers_number SET limit_per_second = 80")
    running.sql(
        "UPDATE broadcasts_broadcast SET state = 'cancelled', ended_at = now()"
        " WHERE state IN ('sending', 'held', 'paused', 'scheduled')"
    )


def strangers(count: int) -> list[str]:
    """Lines of people nobody has written with; each is somebody to the simulator."""
    return [f"+44 20 7947 0{next(PEOPLE)},Swift,{n}" for n in range(count)]


def magic(*digits: int) -> list[str]:
    """Lines of people whose last digits choose what happens to their message."""
    return [f"+447700900{last},Swift,1" for last in digits]


def digits_of(lines: list[str]) -> list[str]:
    phones = (line.split(",")[0] for line in lines)
    return sorted(phone.replace(" ", "").lstrip("+") for phone in phones)


def figures(page) -> dict[str, int]:
    """The figures under the bar, by their label."""
    items = page.locator(".figures--split li").all_inner_texts()
    pairs = (text.split("\n", 1) for text in items)
    return {label.strip(): int(people.replace(",", "")) for people, label in pairs}


def main(page):
    return page.locator("#main")


def test_a_broadcast_is_built_checked_sent_and_its_results_add_up(
    page, northwind, name
):
    url = begin(page, name)
    good, special = strangers(4), magic(326, 201, 349, 212)
    upload(
        page,
        [
            *good,
            *special,
            good[0],  # the same person twice
            "4.47701E+11,Swift,1",
            "hello,Swift,1",
            "+442079460955,Swift,",  # nothing for the ending of the link
        ],
    )
    expect(main(page)).to_contain_text("no value for Button: link ending")
    page.get_by_role("link", name="Show the people who will get it").click()
    expect(main(page).locator("tbody tr")).to_have_count(8)
    page.get_by_role("link", name="Back to the audience").click()
    send(page, 8)
    expect(page.get_by_role("timer")).to_contain_text("Sending starts in")
    sent = Sent(northwind, url)
    assert sent.taken() == []

    sent.wait_for("done")
    sent.wait_for_reports(7)
    northwind.running.wait_for(
        "SELECT EXISTS (SELECT FROM inbox_message WHERE state = 'read' AND id IN"
        " (SELECT message_id FROM broadcasts_recipient WHERE broadcast_id = %s))",
        sent.id,
    )
    page.reload()

    assert sent.taken() == digits_of(good + special)
    expect(page.locator("#head-state")).to_contain_text("Done")
    counted = figures(page)
    assert counted == {
        "Read": 1,
        "Delivered, not read": 4,
        "Sent": 1,
        "Trying again later": 1,
        "Failed": 1,
        "Skipped by us": 1,
    }
    expect(main(page)).to_contain_text("Tries again after 7, 8, 9 days.")
    expect(main(page)).to_contain_text("Not on WhatsApp")
    assert Counter(line["outcome"] for line in exported(page, url)) == counted


def exported(page, url: str) -> list[dict]:
    text = page.request.get(f"{url}export/").text()
    return list(csv.DictReader(text.lstrip("\ufeff").splitlines()))


def test_undone_in_its_first_seconds_nothing_has_left(page, northwind, name):
    url = begin(page, name)
    upload(page, strangers(3))
    send(page, 3)

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("Draft", exact=True)).to_be_visible()
    sent = Sent(northwind, url)
    assert (sent.state(), sent.taken()) == ("draft", [])


def test_it_is_paused_goes_on_and_the_rest_is_stopped(page, northwind, name):
    northwind.running.sql("UPDATE numbers_number SET limit_per_second = 2")
    url = begin(page, name)
    people = strangers(40)
    upload(page, people)
    send(page, 40)
    sent = Sent(northwind, url).hurry()

    page.get_by_role("button", name="Pause").click()
    expect(main(page)).to_contain_text("Ana paused it")
    page.get_by_role("button", name="Go on").click()
    sent.wait_for_reports(3)
    page.get_by_role("link", name="Stop the rest").click()
    expect(main(page)).to_contain_text("it cannot be taken back")
    page.get_by_role("button", name="Stop the rest").click()
    expect(page.locator("#head-state")).to_contain_text("Stopped")

    northwind.running.wait_until_quiet()
    page.reload()
    reached, counted = sent.taken(), figures(page)
    assert 3 <= len(reached) < 40
    assert len(set(reached)) == len(reached)
    assert counted["Stopped"] == 40 - len(reached)
    assert sum(counted.values()) == 40


def test_a_template_meta_pauses_holds_it_and_it_goes_on_by_itself(
    page, northwind, name
):
    northwind.running.sql("UPDATE numbers_number SET limit_per_second = 2")
    url = begin(page, name)
    people = strangers(12)
    upload(page, people)
    send(page, 12)
    sent = Sent(northwind, url).hurry()
    sent.wait_for_reports(1)
    template = template_of(northwind)

    northwind.simulator.control("POST", f"templates/{template}", {"status": "PAUSED"})
    expect(page.locator("#head-state")).to_contain_text("Held: template paused")
    expect(main(page)).to_contain_text("Nothing is lost and nothing is sent twice.")
    northwind.simulator.control("POST", f"templates/{template}", {"status": "APPROVED"})

    sent.wait_for("done")
    assert sent.taken() == digits_of(people)


def template_of(northwind) -> str:
    return northwind.running.one(
        "SELECT t.meta_id FROM numbers_template t JOIN numbers_businessaccount a"
        " ON a.id = t.account_id WHERE t.name = 'delivery_update' AND a.meta_id = %s",
        northwind.simulator.waba,
    )


def test_more_people_than_the_limit_are_spread_over_days(page, northwind, name):
    northwind.running.sql(
        'UPDATE numbers_portfolio SET "limit" = 4 + (SELECT count(*) FROM'
        " numbers_tierslot WHERE at > converge_now() - interval '24 hours')"
    )
    url = begin(page, name)
    people = strangers(10)
    upload(page, people)
    expect(main(page)).to_contain_text("It will take")
    expect(page.get_by_role("button", name="Send only the first 4")).to_be_visible()
    send(page, 10)
    sent = Sent(northwind, url).hurry()

    sent.wait_for_reports(4)
    expect(main(page)).to_contain_text("reached Meta’s limit of people per 24 hours")
    assert len(sent.taken()) == 4
    northwind.simulator.advance(hours=24, minutes=5)
    sent.wait_for_reports(8)
    northwind.running.sql('UPDATE numbers_portfolio SET "limit" = NULL')
    northwind.simulator.advance(minutes=5)

    sent.wait_for("done")
    assert sent.taken() == digits_of(people)


def test_too_many_without_a_report_are_offered_to_support(page, northwind, name):
    url = begin(page, name)
    upload(page, [*strangers(5), *magic(201)])
    send(page, 6)
    sent = Sent(northwind, url).hurry()
    sent.wait_for("done")
    sent.wait_for_reports(5)

    northwind.simulator.advance(hours=25)
    page.goto(url)

    expect(main(page)).to_contain_text("16.7 % have no delivery report.")
    link = page.get_by_role("link", name="Get the message ids")
    text = page.request.get(link.get_attribute("href")).text()
    assert len(text.strip().splitlines()) == 2
    assert "wamid." in text


def test_the_same_account_error_stops_it_and_it_says_why(page, northwind, name):
    northwind.running.sql("UPDATE numbers_number SET limit_per_second = 3")
    url = begin(page, name)
    upload(page, strangers(20))
    send(page, 20)
    sent = Sent(northwind, url).hurry()
    sent.wait_for_reports(1)

    northwind.simulator.fault(error={"probability": 1, "code": 131042})
    sent.wait_for("paused")
    northwind.simulator.control("DELETE", "faults")

    expect(main(page)).to_contain_text("the same error came again and again")
    expect(main(page)).to_contain_text("Nothing is lost and nothing is sent twice.")
    northwind.running.sql("UPDATE numbers_number SET limit_per_second = 80")
    page.get_by_role("button", name="Go on").click()
    sent.wait_for("done")
    northwind.running.wait_until_quiet()
    assert len(set(sent.taken())) == len(sent.taken()) == 20


def test_without_script_it_is_built_and_sent(screens, northwind, name):
    plain = screens.of("ana", java_script_enabled=False)
    url = begin(plain, name)
    plain.get_by_text("Add people", exact=True).click()
    people = strangers(2)
    body = "\n".join(["phone,courier,parcel", *people]).encode()
    plain.get_by_label("A file (CSV, up to 100,000 lines)").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": body}
    )
    plain.get_by_role("button", name="Upload").click()
    plain.get_by_role("button", name="Use this file").click()
    northwind.running.wait_for(
        "SELECT state = 'ready' FROM broadcasts_file ORDER BY id DESC LIMIT 1"
    )
    plain.reload()
    plain.get_by_role("link", name="Back to the audience").click()
    send(plain, 2)
    sent = Sent(northwind, url).hurry()
    sent.wait_for("done")
    sent.wait_for_reports(2)

    plain.get_by_role("link", name="Refresh").click()

    assert figures(plain)["Delivered, not read"] == 2
    assert sent.taken() == digits_of(people)


def test_a_test_goes_to_a_phone_of_the_team(page, northwind, name):
    begin(page, name)
    upload(page, strangers(2))
    page.get_by_role("link", name="Choose when").click()
    page.get_by_role("button", name="Check it").click()

    page.get_by_label("To a phone of your team").fill("+44 20 7946 0990")
    page.get_by_role("button", name="Send the test").click()

    expect(main(page)).to_contain_text("A test is on its way to +44 20 7946 0990.")
    northwind.running.wait_for(
        "SELECT EXISTS (SELECT FROM inbox_message m JOIN inbox_identity i"
        " ON i.contact_id = m.contact_id WHERE i.value = '442079460990'"
        " AND m.state = 'delivered')"
    )


@pytest.fixture
def every_page(page, northwind, name) -> dict[str, str]:
    """A draft with a file, and a broadcast that is done: all their pages."""
    draft = begin(page, name)
    upload(page, [*strangers(3), "hello,Swift,1", "+442079460956,Swift,"])
    file = page.get_by_role("link", name="people.csv").get_attribute("href")
    page.goto(f"{draft}when/")
    done = begin(page, f"{name} sent")
    upload(page, [*strangers(2), *magic(215, 211, 508)])
    send(page, 5)
    sent = Sent(northwind, done).hurry()
    sent.wait_for("done")
    sent.wait_for_reports(4)
    person = northwind.running.one(
        "SELECT max(id) FROM broadcasts_recipient WHERE broadcast_id = %s",
        sent.id,
    )
    return {
        "list": HOME,
        "settings": f"{HOME}settings/",
        "message": f"{draft}message/",
        "audience": f"{draft}audience/",
        "file": file,
        "lines": f"{file}lines/?verdict=malformed",
        "people of a line": f"{draft}audience/people/?reason=TEMPLATE_VALUES",
        "when": f"{draft}when/",
        "check": f"{draft}check/",
        "results": done,
        "people": f"{done}people/",
        "person": f"{done}people/{person}/",
        "stop": f"{done}stop/",
        "unknown": f"{done}unknown/",
    }


def test_its_pages_are_accessible_fit_and_name_themselves(screens, page, every_page):
    found, titles, small = {}, {}, screens.of("ana", PHONE)
    for place, path in every_page.items():
        answer = page.goto(path)
        assert answer.status == 200, place
        titles[place] = page.title()
        found[place] = find_violations(page)
        page.emulate_media(color_scheme="dark")
        found[place] += find_violations(page, COLOURS)
        page.emulate_media(color_scheme="light")
        small.goto(path)
        for width in (390, 320):
            small.set_viewport_size({"width": width, "height": 800})
            if more := small.evaluate(OVERFLOW):
                found[place].append(f"{more} pixels too wide at {width}")

    assert {place: faults for place, faults in found.items() if faults} == {}
    assert len(set(titles.values())) == len(titles), titles
