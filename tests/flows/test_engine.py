"""The engine by itself: every kind of step, every way out, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from flows import walk
from flows.engine import advance
from flows.walk import AT_ONCE_MAX, Send, Start, Step, Walk, World
from inbox.gate import Effect
from tests.flows.making import buttons, graph, say, step

NOW = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
SEED = "0" * 32
HOUR = 3600


class Player:
    """Feeds events and keeps what came of them."""

    def __init__(self, *nodes, world: World | None = None, **fields):
        self.graph = graph(*nodes, **fields)
        self.world = world or World(person={"first_name": "Amina"})
        self.walk = Walk(seed=SEED, waits_for="start")
        self.now = NOW
        self.actions = []
        self.feed(Start())

    def feed(self, event):
        self.walk, actions = advance(self.graph, self.walk, event, self.world, self.now)
        self.actions += actions
        return actions

    def sent(self):
        return self.feed(walk.Reported("sent", self.now))

    def said(self, text="", **fields):
        return self.feed(walk.Said(text, self.now, **fields))

    def later(self, **span):
        self.now += timedelta(**span)
        return self.feed(walk.Woke())

    @property
    def texts(self) -> list[str]:
        return [a.content.body for a in self.actions if isinstance(a, Send)]

    @property
    def steps(self) -> list[tuple]:
        return [(a.node, a.what, a.edge) for a in self.actions if isinstance(a, Step)]


def test_a_message_is_awaited_before_the_next_one():
    player = Player(say(2, "Hi {{first_name}}", next=3), say(3, "Bye"))

    assert player.texts == ["Hi Amina"]
    assert player.walk.waits_for == "sent"
    player.sent()
    player.sent()

    assert player.texts == ["Hi Amina", "Bye"]
    assert (player.walk.state, player.walk.reason) == ("finished", "END")


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ({"choice_of": 2, "choice": "b"}, "Return it"),
        ({"text": "return"}, "Return it"),
        ({"text": "2"}, "Return it"),
        ({"text": "something else"}, "Sorry?"),
    ],
)
def test_an_answer_takes_the_way_of_its_button_its_words_or_its_number(said, reached):
    player = Player(
        buttons(2, a=3, b=4, otherwise=5),
        say(3, "Track it"),
        say(4, "Return it"),
        say(5, "Sorry?"),
    )
    player.sent()

    player.said(said.pop("text", ""), **said)

    assert player.texts[-1] == reached


def test_a_button_of_another_step_is_no_answer():
    player = Player(buttons(2, a=3), say(3))
    player.sent()

    player.said("Track order", choice_of=9, choice="a")

    assert player.walk.waits_for == "answer"


def test_without_an_answer_the_time_out_is_taken_and_only_when_it_is_due():
    player = Player(
        step(2, "ask", {"timeout": 3}, text="Which order?", timeout=2 * HOUR),
        say(3, "We close this."),
    )
    player.sent()

    player.later(hours=1)
    assert player.walk.waits_for == "answer"
    player.later(hours=1)

    assert player.texts[-1] == "We close this."


@pytest.mark.parametrize(
    ("expects", "good", "kept", "bad"),
    [
        ("number", "47,5", "47.5", "many"),
        ("email", "Ana@Example.org", "ana@example.org", "ana at home"),
        ("date", "3.10.2026", "2026-10-03", "tomorrow"),
        ("choice", "2", "Large", "medium"),
    ],
)
def test_an_answer_is_checked_asked_again_and_kept(expects, good, kept, bad):
    player = Player(
        step(
            2, "ask", {"next": 3, "otherwise": 4}, text="Say it", expects=expects,
            choices=["Small", "Large"], save_as="answer", retry="Once more", tries=1,
        ),
        say(3, "Thanks: {{answer}}"),
        say(4, "A person will help."),
    )  # fmt: skip
    player.sent()

    player.said(bad)
    assert player.texts[-1] == "Once more"
    player.sent()
    player.said(good)

    assert player.texts[-1] == f"Thanks: {kept}"


def test_after_the_last_try_the_otherwise_way_is_taken():
    player = Player(
        step(2, "ask", {"otherwise": 3}, text="?", expects="number", tries=0),
        say(3, "A person will help."),
    )
    player.sent()

    player.said("no")

    assert player.texts[-1] == "A person will help."


@pytest.mark.parametrize(
    ("edges", "reached"),
    [
        ({"error": 3, "otherwise": 4}, "By error"),
        ({"otherwise": 4}, "By otherwise"),
    ],
)
def test_a_refused_question_leaves_by_error_else_otherwise_and_never_waits(
    edges, reached
):
    player = Player(buttons(2, **edges), say(3, "By error"), say(4, "By otherwise"))

    player.feed(walk.Refused("WINDOW", "The 24-hour window is closed."))

    assert player.texts[-1] == reached


def test_a_refusal_without_a_way_out_ends_the_run_with_its_reason():
    player = Player(say(2, next=3), say(3))

    player.feed(walk.Refused("DND", "Amina opted out."))

    assert (player.walk.state, player.walk.reason) == ("failed", "DND")
    assert player.texts == ["Hello"]


def test_what_a_channel_cannot_show_is_skipped_and_the_flow_goes_on():
    player = Player(
        step(2, "sendTemplate", {"next": 3}, template="hello", language="en"),
        say(3, "On we go"),
    )

    player.feed(walk.Refused("CHANNEL", "This kind does not exist on this channel."))

    assert player.texts[-1] == "On we go"
    assert (2, "skipped", "next") in player.steps


def test_a_takeover_ends_the_run():
    player = Player(say(2, error=3), say(3))

    player.feed(walk.Refused("TAKEOVER", "A teammate took over.", Effect.END_RUN))

    assert (player.walk.state, player.walk.reason) == ("stopped", "TAKEOVER")


def test_an_uncertain_send_holds_ten_minutes_then_takes_the_error_way():
    player = Player(say(2, next=3, error=4), say(3, "Next"), say(4, "Error"))

    player.feed(walk.Reported("unknown", NOW))
    player.later(minutes=9)
    assert player.texts == ["Hello"]
    player.later(minutes=1)

    assert player.texts[-1] == "Error"


def test_an_uncertain_send_that_is_settled_in_time_goes_on():
    player = Player(say(2, next=3, error=4), say(3, "Next"), say(4, "Error"))

    player.feed(walk.Reported("unknown", NOW))
    player.sent()

    assert player.texts[-1] == "Next"


@pytest.mark.parametrize(
    ("params", "world", "is_so"),
    [
        ({"about": "tag", "name": "VIP"}, {"tags": frozenset({"vip"})}, True),
        ({"about": "tag", "name": "vip"}, {}, False),
        ({"about": "channel", "value": "instagram"}, {"channel": "instagram"}, True),
        ({"about": "hours"}, {"is_open_hours": False}, False),
        ({"about": "window"}, {"window_open": True}, True),
        (
            {"about": "field", "name": "city", "op": "contains", "value": "lon"},
            {"fields": {"city": "London"}},
            True,
        ),
        (
            {"about": "field", "name": "age", "op": "greater", "value": "9"},
            {"fields": {"age": "10"}},
            True,
        ),
        ({"about": "field", "name": "age", "op": "exists"}, {}, False),
        ({"about": "variable", "name": "x", "op": "is_not", "value": "y"}, {}, True),
    ],
)
def test_a_condition_decides(params, world, is_so):
    player = Player(
        step(2, "condition", {"yes": 3, "otherwise": 4}, **params),
        say(3, "Yes"),
        say(4, "No"),
        world=World(**world),
    )

    assert player.texts == ["Yes" if is_so else "No"]


def test_a_condition_sees_the_tag_set_a_step_before():
    player = Player(
        step(2, "setTag", {"next": 3}, tag="asked"),
        step(3, "condition", {"yes": 4}, about="tag", name="asked"),
        say(4, "Tagged"),
    )

    assert player.texts == ["Tagged"]


def test_a_split_sends_the_same_run_the_same_way_and_people_by_their_shares():
    shares = [{"id": "a", "percent": 30}, {"id": "b", "percent": 70}]
    g = graph(
        step(2, "split", {"share:a": 3, "share:b": 4}, shares=shares), say(3), say(4)
    )

    def way(seed: str) -> int:
        return advance(g, Walk(seed=seed), Start(), World(), NOW)[0].node

    ways = [way(str(n)) for n in range(1000)]

    assert ways == [way(str(n)) for n in range(1000)]
    assert 240 < ways.count(3) < 360


def test_a_loop_without_a_wait_ends_at_the_limit():
    player = Player(
        step(2, "setTag", {"next": 3}, tag="a"), step(3, "goTo", {"next": 2})
    )

    assert (player.walk.state, player.walk.reason) == ("failed", "LOOP")
    assert player.walk.steps_at_once == AT_ONCE_MAX + 1


def test_a_loop_of_messages_ends_at_the_limit_although_each_is_awaited():
    player = Player(say(2, next=2))

    for _ in range(AT_ONCE_MAX + 5):
        player.sent()

    assert player.walk.reason == "LOOP"
    assert len(player.texts) == AT_ONCE_MAX


def test_a_variable_is_never_read_as_a_variable_again():
    player = Player(
        step(2, "ask", {"next": 3}, text="Name?", save_as="said"),
        say(3, "Hi {{said}} {{nothing|there}}"),
    )
    player.sent()

    player.said("{{first_name}}")

    assert player.texts[-1] == "Hi {{first_name}} there"


def test_handing_over_speaks_first_and_falls_silent_then():
    player = Player(step(2, "handOver", text="One moment", to="ana@example.org"))
    assert not any(isinstance(a, walk.HandOver) for a in player.actions)

    player.sent()

    assert player.walk.reason == "HANDED_OVER"
    assert [a.to for a in player.actions if isinstance(a, walk.HandOver)] == [
        "ana@example.org"
    ]


def test_values_of_customers_stay_inside_a_url_and_inside_json():
    player = Player(
        step(
            2, "callUrl", method="POST", url="https://shop.example/o/{{id}}?q={{id}}",
            body='{"id": "{{id}}"}', save_as="status",
        ),
        world=World(fields={"id": '../x"&y'}),
    )  # fmt: skip
    (call,) = [a for a in player.actions if isinstance(a, walk.Call)]

    assert call.url == "https://shop.example/o/..%2Fx%22%26y?q=..%2Fx%22%26y"
    assert call.body == '{"id": "../x\\"&y"}'


def test_a_call_without_an_answer_takes_the_error_way():
    player = Player(
        step(2, "callUrl", {"error": 3}, url="https://shop.example/"), say(3, "Sorry")
    )

    player.later(seconds=60)

    assert player.texts == ["Sorry"]


def test_a_form_becomes_variables():
    player = Player(
        step(2, "sendWaFlow", {"next": 3}, text="Fill in", wa_flow="1", save_as="form"),
        say(3, "{{form_city}}"),
    )
    player.sent()

    player.said("Sent", form={"city": "Porto"})

    assert player.texts[-1] == "Porto"


def test_the_trace_says_in_words_what_was_no_answer():
    player = Player(step(2, "ask", text="Say it", expects="email", tries=1))
    player.sent()

    player.said("ana at home")

    assert "“ana at home” is not an e-mail address" in str(player.actions)
