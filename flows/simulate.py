"""A flow tried out: the real engine and the real send decision, a clock that can jump, and
nobody on the other side. No query, no request, no row: a script goes in, a thread comes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from converge import asked
from flows import walk, words
from flows.engine import advance
from flows.graph import Graph
from flows.messages import Content
from flows.triggers import Heard, Listener, in_words, winner
from inbox import words as inbox_words
from inbox.gate import Facts, Refuse, Sender, TemplateFacts, decide
from inbox.window import Window

BEGIN = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)  # a Monday, within business hours
SCRIPT_MAX = 100
EVENTS_MAX = 300
LONG_AGO = timedelta(days=3)
PERSON = {"name": "Amina Yusuf", "first_name": "Amina", "phone": "+447700900112"}
SWITCHES = {
    "window": "Window closed",
    "dnd": "Opted out",
    "teammate": "Human takeover",
    "template": "Template rejected",
    "instagram": "On Instagram",
    "hours": "Outside hours",
    "url": "URL fails",
}


@dataclass(frozen=True)
class KnownTemplate:
    body: str
    status: str = "APPROVED"
    is_marketing: bool = False


@dataclass
class Line:
    """`kind`: in (the customer), out (the bot), trace, or bad."""

    kind: str
    text: str
    step: int = 0
    options: list[tuple[str, str]] = field(default_factory=list)
    icon: str = "bolt"


@dataclass
class Played:
    """The thread as it is after the script, and what can be done next."""

    lines: list[Line]
    state: str
    reason: str
    waits: str
    variables: Mapping[str, str]
    on: set[str]
    is_form: bool = False

    @property
    def answers(self) -> list[str]:
        """What the bot said: what a saved test expects."""
        return [line.text for line in self.lines if line.kind == "out"]


def play(graph: Graph, script: list, templates: Mapping | None = None) -> Played:
    """Everything of the script in order; what it cannot read it passes over."""
    phone = _Phone(graph, templates or {})
    for act in script[:SCRIPT_MAX]:
        if isinstance(act, dict) and len(act) >= 1:
            name = next((n for n in ACTS if n in act), None)
            if name:
                ACTS[name](phone, act)
    return phone.result()


class _Phone:
    def __init__(self, graph: Graph, templates: Mapping):
        self.graph, self.templates = graph, templates
        self.now = BEGIN
        self.lines: list[Line] = []
        self.on: set[str] = set()
        self.walk: walk.Walk | None = None
        self.wrote_at: datetime | None = None
        self.fields: dict[str, str] = {}
        self.tags: set[str] = set()
        self.runs = 0

    # --- acts of the tester -------------------------------------------------------

    def say(self, act: dict) -> None:
        text = str(act["say"])[:1000]
        self.hear(text, walk.Said(text, self.now))

    def tap(self, act: dict) -> None:
        node, _, option = str(act["tap"]).partition(".")
        step = self.graph.nodes.get(asked.number(node))
        options = step.params.get("options", []) if step else []
        title = next((o["title"] for o in options if o["id"] == option), "")
        if title:
            said = walk.Said(title, self.now, choice_of=step.id, choice=option)
            self.hear(title, said)

    def fill(self, act: dict) -> None:
        self.hear("Sent the form", walk.Said("", self.now, form={"answer": "example"}))

    def wait(self, act: dict) -> None:
        seconds = act["wait"] if type(act["wait"]) is int else 0
        until = self.now + timedelta(seconds=min(max(seconds, 0), 60 * 86_400))
        self.note(f"{words.span(seconds)} later", icon="clock")
        self.pass_time(until)

    def skip(self, act: dict) -> None:
        due = self.walk and self.walk.resume_at
        if due and due > self.now:
            self.note("The wait is skipped", icon="clock")
            self.pass_time(due)

    def switch(self, act: dict) -> None:
        name = str(act["set"])
        if name not in SWITCHES:
            return
        self.on ^= {name}
        if name == "teammate" and name in self.on:
            self.note("A teammate replied: human takeover is on", icon="hand")
            self.feed(walk.Stop("TAKEOVER", "a teammate replied"))

    def start(self, act: dict) -> None:
        step = act["start"]
        if type(step) is int and step in self.graph.nodes:
            self.wrote_at = self.wrote_at or self.now
            self.begin(walk.Start(step))

    # --- what follows ---------------------------------------------------------------

    def hear(self, shown: str, event: walk.Said) -> None:
        self.lines.append(Line("in", shown))
        self.wrote_at = self.now
        if "teammate" in self.on:
            self.note("Human takeover is on. The bot stays silent here.", icon="hand")
        elif self.walk and self.walk.state == walk.ALIVE:
            before = len(self.lines)
            self.feed(event)
            if len(self.lines) == before:
                self.note("The bot does not listen now", icon="off")
        else:
            self.match(event)

    def match(self, event: walk.Said) -> None:
        listeners = [
            Listener(0, 0, self.graph.channel, trigger)
            for trigger in self.graph.triggers
        ]
        heard = Heard(
            event.text,
            self.channel,
            is_first=self.runs == 0,
            is_outside_hours="hours" in self.on,
        )
        found = winner(listeners, heard)
        if found is None:
            self.note(f"No trigger of this flow fits on {self.channel}", icon="off")
            return
        self.note(f"1 Trigger: {in_words(found.trigger)}")
        self.begin(walk.Start())

    def begin(self, event: walk.Start) -> None:
        self.runs += 1
        self.walk = walk.Walk(seed=f"test {self.runs}", waits_for="start")
        self.feed(event)

    def pass_time(self, until: datetime) -> None:
        """Every wait that ends on the way ends at its own moment."""
        for _ in range(EVENTS_MAX):
            due = self.walk and self.walk.resume_at
            if not due or due > until:
                break
            self.now = max(self.now, due)
            self.feed(walk.Woke())
        self.now = max(self.now, until)

    def feed(self, event: walk.Event) -> None:
        waiting = [event]
        for _ in range(EVENTS_MAX):
            if not waiting or self.walk is None:
                return
            self.walk, actions = advance(
                self.graph, self.walk, waiting.pop(0), self.world, self.now
            )
            for action in actions:
                answer = self.do(action)
                if answer:
                    waiting.append(answer)

    def do(self, action: walk.Action) -> walk.Event | None:
        if isinstance(action, walk.Send):
            return self.send(action)
        if isinstance(action, walk.Call):
            if "url" in self.on:
                return walk.Called(False, sentence="It did not answer in time.")
            return walk.Called(True, "example", "It would be called now.")
        if isinstance(action, walk.Step):
            self.trace(action)
        elif isinstance(action, walk.Tag | walk.SetField):
            world = walk.changed(self.world, action)
            self.tags, self.fields = set(world.tags), dict(world.fields)
        elif isinstance(action, walk.HandOver):
            self.on.add("teammate")
            self.note("Handed over: human takeover is on", icon="hand")
        return None

    def send(self, action: walk.Send) -> walk.Event:
        decision = decide(self.facts(action.content))
        node = action.node
        if isinstance(decision, Refuse):
            sentence = inbox_words.say(
                decision.reason,
                name=PERSON["first_name"],
                now=self.now,
                until=decision.until,
                detail=decision.detail,
            )
            self.lines.append(
                Line("bad", f"{words.title(node)}: {sentence}", node.id, icon="fail")
            )
            return walk.Refused(decision.reason.name, sentence, decision.effect)
        options = [
            (f"{node.id}.{o['id']}", o["title"]) for o in node.params.get("options", [])
        ]
        text = self.text_of(action.content)
        self.lines.append(Line("out", text, node.id, options if node.asks else []))
        self.note(words.title(node), node.id, icon=node.type.icon)
        return walk.Reported("sent", self.now)

    def text_of(self, content: Content) -> str:
        if content.kind != "template":
            return content.body
        known = self.templates.get(content.template)
        values = dict(content.values or {})
        text = known.body if known else content.template[0]
        for key, value in values.items():
            part, _, name = key.partition(".")
            if part == "body":
                text = text.replace("{{" + name + "}}", value)
        return text

    def facts(self, content: Content) -> Facts:
        wrote_at = self.wrote_at
        if "window" in self.on:
            wrote_at = self.now - LONG_AGO
        return Facts(
            now=self.now,
            sender=Sender.FLOW,
            kind=content.kind,
            is_whatsapp=self.channel == "whatsapp",
            takeover="teammate" in self.on,
            dnd="dnd" in self.on,
            window=Window(wrote_at),
            template=self.template(content),
        )

    def template(self, content: Content) -> TemplateFacts | None:
        known = self.templates.get(content.template)
        if content.kind != "template" or known is None:
            return None
        status = "REJECTED" if "template" in self.on else known.status
        empty = tuple(k for k, v in (content.values or {}).items() if not v.strip())
        return TemplateFacts(
            status=status,
            is_marketing=known.is_marketing,
            missing=tuple(k for k in empty if not k.startswith("button")),
        )

    @property
    def channel(self) -> str:
        return "instagram" if "instagram" in self.on else "whatsapp"

    @property
    def world(self) -> walk.World:
        is_open = bool(self.wrote_at) and Window(self.wrote_at).is_open(self.now)
        return walk.World(
            channel=self.channel,
            person=PERSON,
            fields=dict(self.fields),
            tags=frozenset(self.tags),
            is_open_hours="hours" not in self.on,
            window_open=is_open and "window" not in self.on,
        )

    def trace(self, step: walk.Step) -> None:
        if step.what in TOLD:
            text = words.WHAT.get(step.what, step.what)
            said = f"{step.node} {text}" + (f": {step.detail}" if step.detail else "")
            self.note(said, step.node, icon="route")
        elif step.what in ("left", "otherwise") and step.detail:
            way = self.graph.nodes[step.node].edges.get(step.edge)
            self.note(f"{step.detail} → {way}", step.node, icon="branch")

    def note(self, text: str, step: int = 0, icon: str = "bolt") -> None:
        self.lines.append(Line("trace", text, step, icon=icon))

    def result(self) -> Played:
        w = self.walk or walk.Walk(state="")
        if w.state == walk.ALIVE and w.waits_for == walk.DELAY:
            waits = "waits " + words.span(int((w.resume_at - self.now).total_seconds()))
        else:
            waits = words.WAITS.get(w.waits_for, "") if w.state == walk.ALIVE else ""
        node = self.graph.nodes.get(w.node)
        is_form = w.waits_for == walk.ANSWER and node.kind == "sendWaFlow"
        return Played(
            self.lines, w.state, w.reason, waits, w.variables, self.on, is_form
        )


TOLD = frozenset({"again", "skipped", "called", "finished", "stopped", "failed"})
ACTS = {
    "say": _Phone.say,
    "tap": _Phone.tap,
    "fill": _Phone.fill,
    "wait": _Phone.wait,
    "skip": _Phone.skip,
    "set": _Phone.switch,
    "start": _Phone.start,
}


@dataclass(frozen=True)
class Verdict:
    """A saved test, run again on a graph."""

    test: object
    passed: bool
    said: list[str]


def run_tests(tests, graph: Graph, templates: Mapping) -> list[Verdict]:
    found = []
    for test in tests:
        said = play(graph, test.script, templates).answers
        found.append(Verdict(test, said == test.expected, said))
    return found
