"""Whatever the graph and whatever happens: it never breaks, never runs away, never sends
after its end, never sends twice for one step."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import walk
from flows.engine import advance
from flows.graph import read
from flows.nodes import NODES
from flows.walk import AT_ONCE_MAX, STEPS_MAX, Walk, World
from inbox.gate import Effect

NOW = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
IDS = st.integers(2, 9)
PARAMS = {
    "sendInteractive": {"text": "?", "options": [{"id": "a", "title": "A"}]},
    "ask": {
        "text": "?",
        "expects": "number",
        "tries": 2,
        "save_as": "n",
        "timeout": 60,
    },
    "split": {"shares": [{"id": "a", "percent": 50}, {"id": "b", "percent": 50}]},
    "delay": {"seconds": 30},
    "setTag": {"tag": "t"},
    "condition": {"about": "tag", "name": "t"},
    "sendWaFlow": {"text": "?", "timeout": 10},
}
WAYS = (
    "next",
    "error",
    "otherwise",
    "timeout",
    "yes",
    "option:a",
    "share:a",
    "share:b",
)


@st.composite
def graphs(draw):
    """Any kinds joined in any way, loops and dead ends included."""
    count = draw(st.integers(1, 8))
    nodes = []
    for pk in range(2, 2 + count):
        kind = draw(st.sampled_from(sorted(NODES)))
        node = {"id": pk, "kind": kind, "params": PARAMS.get(kind, {}), "edges": {}}
        (read_one,) = read({"nodes": [node], "triggers": []}).nodes.values()
        for way in read_one.ways:
            target = draw(st.none() | st.integers(2, 1 + count))
            if target:
                node["edges"][way] = target
        nodes.append(node)
    return read({"nodes": nodes, "triggers": [], "first": 2})


def events():
    moment = st.integers(-100, 10_000).map(lambda s: NOW + timedelta(seconds=s))
    return st.one_of(
        st.builds(walk.Said, st.sampled_from(["A", "7", "", "x"]), moment),
        st.builds(walk.Said, st.just("A"), moment, choice_of=IDS, choice=st.just("a")),
        st.builds(walk.Said, st.just(""), moment, form=st.just({"a": "b"})),
        st.just(walk.Woke()),
        st.builds(
            walk.Refused,
            st.sampled_from(["WINDOW", "CHANNEL", "DND"]),
            st.just("no"),
            st.sampled_from([Effect.ERROR_EDGE, Effect.END_RUN]),
        ),
        st.builds(
            walk.Reported, st.sampled_from(["sent", "failed", "unknown"]), moment
        ),
        st.builds(walk.Called, st.booleans()),
        st.builds(walk.Stop, st.just("TAKEOVER")),
    )


@settings(max_examples=300, deadline=None)
@given(
    graphs(),
    st.lists(st.tuples(events(), st.integers(0, 5000)), max_size=80),
)
def test_any_graph_and_any_order_of_events(graph, happened):
    current, now = Walk(seed="s", waits_for="start"), NOW
    sent: list[tuple[int, int]] = []
    for event, seconds in [(walk.Start(), 0), *happened]:
        now += timedelta(seconds=seconds)
        before = current
        current, actions = advance(graph, current, event, World(), now)

        if before.state != walk.ALIVE:
            assert (current, actions) == (before, ())
        if current.state == walk.ALIVE:
            assert current.waits_for
        sends = [a for a in actions if isinstance(a, walk.Send)]
        assert len(sends) <= 1
        assert not sends or current.waits_for == walk.SENT
        assert not (isinstance(event, walk.Stop) and sends)
        sent += [(current.steps_count, current.tries) for _ in sends]
        assert current.steps_count <= STEPS_MAX + 1
        assert current.steps_at_once <= AT_ONCE_MAX + 1

    assert len(sent) == len(set(sent))
