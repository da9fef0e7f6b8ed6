"""What a screen reader is told: what matters, once, and nothing else."""

import itertools

from playwright.sync_api import expect

from tests.browser.desk import bubble, open_live, tick

LISTEN = """() => {
  window.heard = { polite: [], assertive: [] };
  for (const kind in heard)
    new MutationObserver(() => {
      const text = document.getElementById("live-" + kind).textContent;
      if (text) heard[kind].push([performance.now(), text]);
    }).observe(document.getElementById("live-" + kind), { childList: true });
}"""


def test_a_burst_of_messages_is_not_read_out_one_by_one(page, northwind, conversation):
    open_live(page, conversation)
    page.evaluate(LISTEN)

    for n in range(10):
        northwind.simulator.write(f"Announce {n}", person=conversation.person)
    expect(bubble(page, "Announce 9")).to_be_visible()

    times = [at for at, _ in page.evaluate("heard.polite")]
    assert times
    assert [b - a for a, b in itertools.pairwise(times) if b - a < 3000] == []
    assert page.evaluate("heard.assertive") == []


def test_history_that_loads_is_not_read_out(page, northwind, conversation):
    for n in range(60):
        northwind.simulator.write(f"Earlier {n}", person=conversation.person)
    northwind.write(conversation.person, "The last one")
    open_live(page, conversation)
    page.evaluate(LISTEN)

    page.evaluate("document.querySelector('.thread').scrollTop = 0")
    expect(bubble(page, "Hello, is anybody there?")).to_be_attached()

    assert page.evaluate("heard") == {"polite": [], "assertive": []}


def test_a_countdown_runs_in_silence(page, northwind):
    conversation = northwind.conversation_of("rohan")
    page.clock.install()
    open_live(page, conversation)
    chip = page.locator("#conversation [data-until]").first
    before = chip.inner_text()
    page.evaluate(LISTEN)

    page.clock.fast_forward(40_000)
    # A page that heard nothing for 45 seconds would take itself for offline.
    other = northwind.begin("Something else happens")
    expect(page.locator(f"#row-{other.id}")).to_be_visible()
    page.clock.fast_forward(40_000)
    expect(chip).not_to_have_text(before)

    assert page.evaluate("heard") == {"polite": [], "assertive": []}


def test_a_failure_is_said_at_once_and_ticks_never(page, northwind, conversation):
    northwind.simulator.control("POST", "settings", {"window_refusal": "async"})
    open_live(page, conversation)
    page.evaluate(LISTEN)
    northwind.simulator.fault(error={"next": 1, "code": 131026})

    page.locator("textarea").fill("This one fails")
    page.keyboard.press("Enter")
    expect(tick(page, "This one fails")).to_have_attribute("data-state", "failed")

    heard = [text for _, text in page.evaluate("heard.assertive")]
    assert len(heard) == 1
    assert "cannot receive" in heard[0]
