"""A flow with planted defects shows each of them, by its step and in words."""

import pytest

from flows.checks import Other, Surroundings, problems
from flows.graph import Trigger, read
from flows.nodes import DAY
from flows.starters import STARTERS
from tests.flows.making import KEYWORD, buttons, graph, say, step

AROUND = Surroundings(
    templates={("hello", "en"): "APPROVED", ("sale", "en"): "PAUSED"},
    people=frozenset({"ana@example.org"}),
)


def found(*nodes, around=AROUND, **fields) -> list[tuple[int, str, str]]:
    return [
        (p.step, p.level, p.text) for p in problems(graph(*nodes, **fields), around)
    ]


def texts(*nodes, **fields) -> str:
    return " ".join(text for _, _, text in found(*nodes, **fields))


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_has_no_problem(name):
    assert problems(read(STARTERS[name][1]), AROUND) == []


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([say(2, "")], (2, "bad", "Step 2 has no text.")),
        (
            [buttons(2, a=3, otherwise=3), say(3)],
            (2, "bad", "“Return” in step 2 leads nowhere."),
        ),
        ([say(2), say(3)], (3, "warn", "Step 3 is not connected.")),
        (
            [say(2, next=3), step(3, "goTo", {"next": 2})],
            (2, "bad", "Step 2 comes round again without a question or a wait."),
        ),
        (
            [step(2, "delay", {"next": 3}, seconds=2 * DAY), say(3)],
            (
                3,
                "bad",
                "Step 3 sends a free message after a 2-day wait. The window will be "
                "closed by then. Use a template.",
            ),
        ),
        (
            [step(2, "delay", {"next": 3}, seconds=2 * DAY), say(3, error=4), step(4, "end")],
            (
                3,
                "warn",
                "Step 3 sends a free message after a 2-day wait. The window will be "
                "closed by then. Use a template.",
            ),
        ),
        (
            [step(2, "sendTemplate", template="sale", language="en")],
            (2, "bad", "Step 2 uses “sale”, which is paused at Meta."),
        ),
        (
            [step(2, "sendTemplate", template="hello", language="de")],
            (2, "bad", "Step 2 has no “hello” in de; there is en."),
        ),
        (
            [step(2, "sendTemplate", template="gone", language="en")],
            (2, "bad", "Step 2 uses “gone”, which no WhatsApp account here has."),
        ),
        (
            [say(2, "Order {{order}}")],
            (2, "warn", "Step 2 uses {{order}}. It may be empty."),
        ),
        (
            [step(2, "ask", text="Which?")],
            (2, "warn", "Step 2 waits for an answer for ever."),
        ),
        (
            [step(2, "ask", text="Which e-mail?", expects="email")],
            (
                2,
                "warn",
                "Step 2 stays silent after an answer that is not an e-mail address: "
                "lead “Otherwise” somewhere.",
            ),
        ),
        (
            [say(2, "A colleague will answer you.")],
            (2, "warn", "Step 2 promises a person, and nobody is told."),
        ),
        (
            [step(2, "assign", to="gone@example.org")],
            (2, "warn", "Step 2: gone@example.org is not in this team."),
        ),
        (
            [step(2, "callUrl", url="http://shop.example/")],
            (2, "bad", "Step 2 calls no address: it must begin with https://."),
        ),
        (
            [step(2, "callUrl", url="https://{{host}}/")],
            (
                2,
                "bad",
                "Step 2 has a variable in the name of the server; put it behind a “/”.",
            ),
        ),
        (
            [step(2, "split", {"share:a": 3}, shares=[{"id": "a", "percent": 60}]), say(3)],
            (2, "bad", "Step 2 shares out 60 %; it must be 100 %."),
        ),
        (
            [step(2, "sendInteractive", style="url", text="Look", url="shop", url_title="Go")],
            (2, "bad", "Step 2 opens no page: its address must begin with https://."),
        ),
        ([step(2, "setTag")], (2, "bad", "Step 2 names no tag.")),
    ],
    ids=lambda v: v[2][:40] if isinstance(v, tuple) else "",
)  # fmt: skip
def test_a_planted_defect_is_named(nodes, expected):
    assert expected in found(*nodes)


def test_words_that_are_too_long_or_the_same_are_named():
    options = [
        {"id": "a", "title": "Twenty-one letters ab"},
        {"id": "b", "title": "same"},
        {"id": "c", "title": "Same"},
        {"id": "d", "title": "Four"},
    ]
    said = texts(step(2, "sendInteractive", text="?", options=options))

    assert "21 characters, 20 are possible" in said
    assert "two choices with the same words" in said
    assert "has 4 choices; WhatsApp shows 3" in said


def test_an_answer_opens_the_window_again():
    said = found(
        step(2, "delay", {"next": 3}, seconds=20 * 3600),
        buttons(3, a=4, b=4, otherwise=4),
        step(4, "delay", {"next": 5}, seconds=20 * 3600),
        say(5),
    )

    assert not [text for _, _, text in said if "after a" in text]


def test_a_time_out_of_a_day_closes_the_window():
    said = texts(
        step(2, "ask", {"timeout": 3}, text="?", timeout=2 * DAY),
        say(3, "Still there?"),
    )

    assert "Step 3 sends a free message after a 2-day wait" in said


def test_a_condition_on_the_window_protects_what_is_behind_it():
    said = texts(
        step(2, "delay", {"next": 3}, seconds=2 * DAY),
        step(3, "condition", {"yes": 4}, about="window"),
        say(4),
    )

    assert "after a 2-day wait" not in said


def test_a_fallback_and_an_earlier_answer_fill_a_variable():
    said = texts(
        step(2, "ask", {"next": 3}, text="Which?", save_as="order"),
        say(3, "{{order}} {{first_name}} {{city|home}}"),
    )

    assert "may be empty" not in said


@pytest.mark.parametrize(("channel", "count"), [("whatsapp", 0), ("both", 1)])
def test_what_instagram_cannot_show_is_said(channel, count):
    said = texts(buttons(2, a=3, b=3), say(3), channel=channel)

    assert said.count("Instagram cannot show this") == count


@pytest.mark.parametrize(
    ("mine", "theirs", "winner"),
    [
        (KEYWORD, {"kind": "any"}, "This flow answers first"),
        ({"kind": "any"}, KEYWORD, "“Other” answers first"),
        (KEYWORD, KEYWORD, "“Other” answers first"),
        (KEYWORD, KEYWORD | {"match": "exact"}, "“Other” answers first"),
        (KEYWORD, KEYWORD | {"words": ["order"]}, None),
    ],
)
def test_overlapping_triggers_name_the_winner(mine, theirs, winner):
    other = Trigger(theirs["kind"], {k: v for k, v in theirs.items() if k != "kind"})
    around = Surroundings(others=(Other(1, "Other", "both", (other,)),))

    said = texts(say(2), triggers=[mine], around=around)

    assert (winner in said) if winner else ("listens to the same" not in said)


def test_flows_of_two_channels_do_not_overlap():
    other = Trigger("any", {})
    around = Surroundings(others=(Other(1, "Other", "instagram", (other,)),))

    assert "listens to the same" not in texts(say(2), around=around)


def test_a_ring_of_three_hundred_waits_has_no_longest_silence():
    ring = [
        step(n, "delay", {"next": n + 1 if n < 299 else 2}, seconds=1)
        for n in range(2, 300)
    ]

    way_out = step(
        299, "condition", {"yes": 2, "otherwise": 300}, about="tag", name="done"
    )

    said = texts(*ring[:-1], way_out, say(300))

    assert "Step 300 sends a free message after a" in said


def test_hours_that_nobody_set_are_named():
    around = Surroundings(has_hours=False)

    said = texts(say(2), triggers=[{"kind": "hours"}], around=around)

    assert "Business hours are not set, so this never starts." in said


@pytest.mark.parametrize("name", ["My E-mail!", "order number", "{{order}}"])
def test_an_answer_kept_under_a_name_no_text_can_use_is_told(name):
    asks = step(2, "ask", text="Which?", save_as=name)

    assert (
        f"Step 2 keeps the answer as “{name}”. A name has only letters, figures and “_”."
    ) in texts(asks)


def test_braces_customers_would_read_are_told():
    assert (
        2,
        "warn",
        "Customers would read “{{order number}}” in step 2. "
        "A name has only letters, figures and “_”.",
    ) in found(say(2, "It is {{order number}}."))
    assert found(say(2, "Hi {{first_name|there}} {so} {{ name|you }}")) == []
