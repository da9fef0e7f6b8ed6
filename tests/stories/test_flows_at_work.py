"""Flows in days that go wrong: another channel, a rejected template, a newer version."""

import json

from playwright.sync_api import expect

from tests.browser.desk import bubble, open_live
from tests.flows.making import buttons, flow_data, say, step
from tests.stories.automation import (
    FLOWS,
    inspector,
    publish,
    wait_for_answer,
    wait_for_run,
)


def bring(page, word: str, *nodes: dict, **fields) -> str:
    """A draft that listens to `word`, brought in as JSON; its address."""
    heard = {"kind": "keyword", "words": [word], "match": "contains"}
    data = flow_data(*nodes, triggers=[heard], **fields) | {"name": f"At work {word}"}
    page.goto(f"{FLOWS}import/")
    page.get_by_label("Or its text").fill(json.dumps(data))
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#step-1")).to_contain_text(word)
    return page.url.split("?")[0]


def open_run(page, url: str) -> None:
    """The newest run of the flow, with everything it did."""
    page.goto(f"{url}runs/")
    page.locator("#main table a, #main .table a").first.click()


def test_a_customer_on_instagram_hears_what_instagram_can_show(page, northwind, word):
    url = bring(
        page, word,
        say(2, f"Welcome to {word}", next=3),
        buttons(3, a=4, b=4, otherwise=4),
        say(4, f"A colleague reads {word} with you", next=5),
        step(5, "assign", {}, to="ana@northwind.example"),
        channel="both",
    )  # fmt: skip
    expect(page.locator("#problems")).to_contain_text("Instagram cannot show this")
    publish(page)

    northwind.write("juniper", f"{word}?", number=northwind.simulator.instagram)
    conversation = northwind.conversation_of("juniper")
    wait_for_run(northwind, conversation, "finished")

    open_live(page, conversation)
    expect(bubble(page, f"Welcome to {word}")).to_be_visible()
    expect(bubble(page, f"A colleague reads {word} with you")).to_be_visible()
    expect(page.locator(".msg").filter(has_text="Track order")).to_have_count(0)
    open_run(page, url)
    expect(page.locator(".timeline")).to_contain_text("Was skipped")


def test_a_template_rejected_in_mid_run_takes_the_way_for_errors(page, northwind, word):
    template = northwind.running.one(
        "SELECT t.meta_id FROM numbers_template t JOIN numbers_businessaccount a"
        " ON a.id = t.account_id WHERE t.name = 'hello_world' AND a.meta_id = %s",
        northwind.simulator.waba,
    )
    url = bring(
        page, word,
        step(2, "ask", {"next": 3, "otherwise": 3}, text=f"Which order, {word}?"),
        step(3, "sendTemplate", {"error": 4}, template="hello_world", language="en_US"),
        say(4, f"In other words, {word}"),
    )  # fmt: skip
    publish(page)
    conversation = northwind.begin(word)
    wait_for_answer(northwind, conversation)

    northwind.simulator.control("POST", f"templates/{template}", {"status": "REJECTED"})
    northwind.running.wait_for(
        "SELECT status = 'REJECTED' FROM numbers_template WHERE meta_id = %s", template
    )
    northwind.write(conversation.person, "47790")
    wait_for_run(northwind, conversation, "finished")

    assert northwind.messages(conversation) == [
        f"Which order, {word}?",
        f"In other words, {word}",
    ]
    open_run(page, url)
    expect(page.locator(".timeline")).to_contain_text("TEMPLATE")
    page.goto(f"{url}?step=3")
    expect(page.locator("#problems")).to_contain_text("which is rejected at Meta")
    northwind.simulator.control("POST", f"templates/{template}", {"status": "APPROVED"})


def test_two_versions_answer_side_by_side(page, northwind, word):
    url = bring(
        page, word,
        step(2, "ask", {"next": 3, "otherwise": 3}, text="Which order?"),
        say(3, f"Old thanks, {word}"),
    )  # fmt: skip
    publish(page)
    early = northwind.begin(word)
    wait_for_answer(northwind, early)

    page.goto(f"{url}?step=3")
    inspector(page).get_by_label("Text").fill(f"New thanks, {word}")
    inspector(page).get_by_role("button", name="Save step").click()
    expect(page.locator("#step-3")).to_contain_text("New thanks")
    page.get_by_role("link", name="Publish", exact=True).click()
    expect(page.locator("#main")).to_contain_text("1 person is inside")
    page.get_by_role("button", name="Publish version").click()
    expect(page.locator(".flow-head")).to_contain_text("Live v2")
    late = northwind.begin(word)
    wait_for_answer(northwind, late)
    for conversation in (late, early):
        northwind.write(conversation.person, "47790")
        wait_for_run(northwind, conversation, "finished")

    assert northwind.messages(early) == ["Which order?", f"Old thanks, {word}"]
    assert northwind.messages(late) == ["Which order?", f"New thanks, {word}"]


DEFECTS = {
    2: "Step 2 has no text.",
    3: "“Return” in step 3 leads nowhere.",
    4: "Step 4 uses “gone”, which no WhatsApp account here has.",
    5: "Step 5 shares out 60 %; it must be 100 %.",
    6: "Step 6 calls no address: it must begin with https://.",
    7: "Step 7 names no tag.",
    9: "Step 9 sends a free message after a 2-day wait.",
    10: "Step 10 is not connected.",
}


def test_every_planted_defect_is_in_the_list_and_leads_to_its_step(page, word):
    url = bring(
        page, word,
        say(2, "", next=3),
        buttons(3, a=4, otherwise=4),
        step(4, "sendTemplate", {"next": 5}, template="gone", language="en"),
        step(5, "split", {"share:a": 6}, shares=[{"id": "a", "percent": 60}]),
        step(6, "callUrl", {"next": 7}, url="http://shop.example/"),
        step(7, "setTag", {"next": 8}),
        step(8, "delay", {"next": 9}, seconds=2 * 24 * 3600),
        say(9),
        say(10),
    )  # fmt: skip
    problems = page.locator("#problems li")
    for sentence in DEFECTS.values():
        expect(problems.filter(has_text=sentence)).to_have_count(1)

    for number in DEFECTS:
        page.goto(url)
        problems.filter(has_text=DEFECTS[number]).get_by_role("link").click()
        expect(page.locator(f"#step-{number} > a.step")).to_have_attribute(
            "aria-current", "true"
        )
    page.get_by_role("link", name="Publish", exact=True).click()
    expect(page.get_by_role("button", name="Publish version")).to_have_count(0)
