"""The list “Problems”: everything about a draft that would hurt a customer, as data. Pure.

`bad` blocks publishing, `warn` does not. Each names its step.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from flows import nodes
from flows.flowing import Flowing
from flows.graph import Graph, Node, Trigger
from flows.nodes import NEXT, OPTION
from flows.shapes import pattern_problem
from flows.triggers import PRECEDENCE, name_of, overlaps
from flows.words import short_span
from inbox.placeholders import BUILT_IN, NAME, names_in, unread_in

BAD, WARN = "bad", "warn"
NAMES = "A name has only letters, figures and “_”."
WINDOW = nodes.DAY - 5 * nodes.MINUTE
PROMISES = ("a person", "colleague", "teammate", "an agent", "our team", "human")


@dataclass(frozen=True)
class Problem:
    step: int
    level: str
    text: str
    code: str = ""

    @property
    def is_bad(self) -> bool:
        return self.level == BAD


@dataclass(frozen=True)
class Other:
    """Another live flow: for triggers that overlap."""

    flow: int
    name: str
    channel: str
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True)
class Surroundings:
    """What the workspace has: templates by (name, language), fields, people."""

    flow: int = 0
    templates: dict[tuple[str, str], str] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    others: tuple[Other, ...] = ()
    has_hours: bool = True


def problems(graph: Graph, around: Surroundings) -> list[Problem]:
    found = [p for check in CHECKS for p in check(graph, around)]
    return sorted(found, key=lambda p: (p.level != BAD, p.step))


def _triggers(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    if not graph.triggers:
        yield Problem(1, WARN, "Nothing starts this flow by itself; teammates can.")
    for trigger in graph.triggers:
        p = trigger.params
        words = p.get("words", p.get("payloads"))
        if words is not None and not any(w.strip() for w in words):
            yield Problem(1, BAD, "The trigger has no words to listen for.")
        if trigger.kind == "tag" and not p["tag"].strip():
            yield Problem(1, BAD, "The trigger names no tag.")
        if trigger.kind == "keyword" and p["match"] == "regex":
            for pattern in p["words"]:
                wrong = pattern_problem(pattern)
                if wrong:
                    yield Problem(1, BAD, f"The pattern “{pattern[:40]}” {wrong}")


def _others(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    """Names the winner, because it is not always the one that was meant."""
    for other in around.others:
        is_apart = {graph.channel, other.channel} == {"whatsapp", "instagram"}
        pairs = [
            (mine, theirs)
            for mine in graph.triggers
            for theirs in other.triggers
            if not is_apart and overlaps(mine, theirs)
        ]
        if pairs:
            mine, theirs = pairs[0]
            own = (PRECEDENCE.index(name_of(mine)), around.flow or 10**12)
            wins = own < (PRECEDENCE.index(name_of(theirs)), other.flow)
            winner = (
                "This flow answers first" if wins else f"“{other.name}” answers first"
            )
            yield Problem(
                1, WARN, f"The flow “{other.name}” listens to the same. {winner}."
            )


def _connections(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    if graph.first is None:
        yield Problem(1, BAD, "No path leads from the trigger to a step.")
    reached = graph.reached()
    for node in graph.nodes.values():
        if node.id not in reached:
            yield Problem(node.id, WARN, f"Step {node.id} is not connected.")
            continue
        for way in node.ways:
            if way.startswith(OPTION) and way not in node.edges:
                title = next(
                    o["title"]
                    for o in node.params["options"]
                    if OPTION + o["id"] == way
                )
                yield Problem(
                    node.id, BAD, f"“{title}” in step {node.id} leads nowhere."
                )
        if node.kind == "goTo" and NEXT not in node.edges:
            yield Problem(node.id, BAD, f"Step {node.id} goes to no step.")
        if node.kind == "split" and not node.edges:
            yield Problem(node.id, BAD, f"No share of step {node.id} leads anywhere.")


def _content(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    for node in graph.nodes.values():
        for sentence in CONTENT.get(node.kind, lambda n: ())(node):
            yield Problem(node.id, BAD, f"Step {node.id} {sentence}")


def _no_text(node: Node) -> Iterator[str]:
    if not node.params["text"].strip():
        yield "has no text."


def _interactive(node: Node) -> Iterator[str]:
    yield from _no_text(node)
    is_link = node.params["style"] == "url"
    yield from _link_button(node.params) if is_link else _choices(node.params)


def _link_button(p: dict) -> Iterator[str]:
    if not p["url"].startswith(("http://", "https://")):
        yield "opens no page: its address must begin with https://."
    if not p["url_title"].strip():
        yield "has a button without words."


def _choices(p: dict) -> Iterator[str]:
    titles = [o["title"].strip() for o in p["options"]]
    if not titles or not all(titles):
        yield "has a choice without words."
    if len({t.casefold() for t in titles}) < len(titles):
        yield "has two choices with the same words."
    is_list = p["style"] == "list"
    most = nodes.ROWS if is_list else nodes.BUTTONS
    longest = nodes.ROW_TITLE if is_list else nodes.BUTTON_TITLE
    if len(titles) > most:
        yield f"has {len(titles)} choices; WhatsApp shows {most}."
    for title in titles:
        if len(title) > longest:
            yield f"has “{title}”: {len(title)} characters, {longest} are possible."


def _template(node: Node) -> Iterator[str]:
    if not node.params["template"]:
        yield "has no template."


def _wa_flow(node: Node) -> Iterator[str]:
    yield from _no_text(node)
    if not node.params["wa_flow"].strip():
        yield "names no form: enter its id from WhatsApp Manager."
    if not node.params["cta"].strip():
        yield "has a button without words."


def _ask(node: Node) -> Iterator[str]:
    if node.params["expects"] == "choice" and not node.params["choices"]:
        yield "expects one of a list, and the list is empty."


def _call(node: Node) -> Iterator[str]:
    url = node.params["url"]
    host = url.partition("://")[2].partition("/")[0]
    if not url.startswith("https://") or not host:
        yield "calls no address: it must begin with https://."
    elif "{" in host or "?" in host:
        yield "has a variable in the name of the server; put it behind a “/”."


def _needs(name: str, what: str):
    def check(node: Node) -> Iterator[str]:
        if not node.params[name].strip():
            yield f"names no {what}."

    return check


def _split(node: Node) -> Iterator[str]:
    total = sum(s["percent"] for s in node.params["shares"])
    if total != 100:
        yield f"shares out {total} %; it must be 100 %."


CONTENT = {
    "sendMessage": _no_text,
    "sendTemplate": _template,
    "sendInteractive": _interactive,
    "sendWaFlow": _wa_flow,
    "ask": _ask,
    "callUrl": _call,
    "setTag": _needs("tag", "tag"),
    "removeTag": _needs("tag", "tag"),
    "setField": _needs("field", "field"),
    "condition": lambda n: (
        ()
        if n.params["about"] in ("hours", "window", "channel")
        else _needs("name", "subject")(n)
    ),
    "split": _split,
}


def _templates(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    for node in graph.nodes.values():
        if node.kind != "sendTemplate" or not node.params["template"]:
            continue
        name, language = node.params["template"], node.params["language"]
        status = around.templates.get((name, language))
        others = sorted(lang for n, lang in around.templates if n == name)
        if status is None and others:
            text = f"has no “{name}” in {language}; there is {', '.join(others)}."
        elif status is None:
            text = f"uses “{name}”, which no WhatsApp account here has."
        elif status != "APPROVED":
            text = f"uses “{name}”, which is {status.lower()} at Meta."
        else:
            continue
        yield Problem(node.id, BAD, f"Step {node.id} {text}")


def _loops(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    for node in Flowing(graph).endless():
        text = f"Step {node} comes round again without a question or a wait."
        yield Problem(node, BAD, text)


def _window(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    waited = Flowing(graph).longest_silence()
    for pk, seconds in sorted(waited.items()):
        node = graph.nodes[pk]
        if node.type.needs_window and seconds > WINDOW:
            days = max(1, round(seconds / nodes.DAY))
            text = (
                f"Step {pk} sends a free message after a {days}-day wait. The window "
                "will be closed by then. Use a template."
            )
            level = WARN if nodes.ERROR in node.edges else BAD
            yield Problem(pk, level, text, "window")


def _variables(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    given = Flowing(graph).variables()
    for pk in graph.reached():
        node = graph.nodes[pk]
        known = given[pk] | around.fields | set(BUILT_IN)
        empty = {n for n, has_more in names_in(node.params) if not has_more} - known
        for name in sorted(empty):
            if not any(name.startswith(f"{k}_") for k in given[pk]):
                text = f"Step {pk} uses {{{{{name}}}}}. It may be empty."
                yield Problem(pk, WARN, text)


def _names(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    """What a text cannot name stays in braces before the customer's eyes."""
    for node in graph.nodes.values():
        name = node.params.get("save_as")
        if name and not NAME.fullmatch(name):
            text = f"Step {node.id} keeps the answer as “{name}”. {NAMES}"
            yield Problem(node.id, WARN, text)
        said = [value for key, value in node.params.items() if key != "save_as"]
        for braces in unread_in(said):
            text = f"Customers would read “{braces}” in step {node.id}. {NAMES}"
            yield Problem(node.id, WARN, text)


def _channel(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    if graph.channel == "whatsapp":
        return
    for pk in sorted(graph.reached()):
        if graph.nodes[pk].type.is_whatsapp_only:
            text = f"Step {pk}: Instagram cannot show this. On Instagram the step is skipped and noted as an error."
            yield Problem(pk, WARN, text)


def _questions(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    for pk in sorted(graph.reached()):
        node = graph.nodes[pk]
        if not node.asks:
            continue
        expects = node.params.get("expects", "text")
        if expects != "text" and nodes.OTHERWISE not in node.edges:
            text = (
                f"Step {pk} stays silent after an answer that is not "
                f"{nodes.ANSWERS[expects].lower()}: lead “Otherwise” somewhere."
            )
            yield Problem(pk, WARN, text)
        timeout = node.params["timeout"]
        if not timeout:
            yield Problem(pk, WARN, f"Step {pk} waits for an answer for ever.")
        elif nodes.TIMEOUT not in node.edges and nodes.OTHERWISE not in node.edges:
            text = (
                f"Step {pk} does nothing if no answer comes for {short_span(timeout)}."
            )
            yield Problem(pk, WARN, text)


def _promises(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    """Who was promised a human must get one."""
    reached = graph.reached()
    if any(graph.nodes[k].kind in ("handOver", "assign") for k in reached):
        return
    for pk in sorted(reached):
        node = graph.nodes[pk]
        text = str(node.params.get("text", "")).casefold()
        if not node.edges and any(promise in text for promise in PROMISES):
            yield Problem(pk, WARN, f"Step {pk} promises a person, and nobody is told.")


def _people(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    for node in graph.nodes.values():
        to = node.params.get("to", "")
        if to and to.casefold() not in around.people:
            yield Problem(node.id, WARN, f"Step {node.id}: {to} is not in this team.")


def _hours(graph: Graph, around: Surroundings) -> Iterator[Problem]:
    """Until somebody says when the team is there, it always is."""
    if around.has_hours:
        return
    if any(trigger.kind == "hours" for trigger in graph.triggers):
        text = "Business hours are not set, so this never starts. Set them first."
        yield Problem(1, WARN, text)
    for node in graph.nodes.values():
        if node.kind == "condition" and node.params["about"] == "hours":
            yield Problem(node.id, WARN, f"Step {node.id}: business hours are not set.")


CHECKS = (
    _triggers,
    _hours,
    _connections,
    _content,
    _templates,
    _loops,
    _window,
    _channel,
    _variables,
    _names,
    _questions,
    _promises,
    _people,
    _others,
)
