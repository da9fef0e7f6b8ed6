"""How flows speak: a step in one line, an edge, a reason, a span of time. Pure text."""

from flows import nodes
from flows.graph import Graph, Node
from flows.nodes import ABOUTS, NODES, OPERATIONS, OPTION, SHARE, TIMEOUT
from flows.triggers import in_words
from inbox.reasons import Reason

SPANS = ((nodes.DAY, "day"), (nodes.HOUR, "hour"), (nodes.MINUTE, "minute"))
DURATIONS = (
    60, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 172_800,
    259_200, 604_800, 1_209_600, 2_592_000,
)  # fmt: skip
REASONS = {
    "END": "Finished",
    "HANDED_OVER": "Handed over to the team",
    "TAKEOVER": "Stopped by human takeover",
    "GENERATION": "Stopped: a teammate took over meanwhile",
    "SWITCH": "Stopped: all flows are switched off",
    "BY_HAND": "Stopped by a teammate",
    "PUBLISHED": "Stopped: a new version was published",
    "LOOP": "Stopped: it went round in circles",
    "BROKEN": "Stopped: the step is missing in this version",
    "ERROR": "Stopped by a problem in Converge",
    "UNKNOWN": "We do not know if a message was sent",
    "FAILED": "A message could not be delivered",
    "URL": "A URL did not answer as expected",
    "DND": "Stopped: the customer opted out",
    "WINDOW": "Stopped: the 24-hour window was closed",
    "WINDOW_INSTAGRAM": "Stopped: Instagram’s 24 hours were over",
    "CHANNEL": "Stopped: this channel cannot show the step",
}
WAITS = {
    "start": "about to begin",
    "answer": "waits for an answer",
    "delay": "waits",
    "sent": "sends a message",
    "call": "calls a URL",
}
WHAT = {
    "started": "Began",
    "left": "Went on",
    "sent": "Sent",
    "asked": "Asked to send",
    "refused": "Was refused",
    "skipped": "Was skipped",
    "failed": "Failed",
    "again": "Asked again",
    "otherwise": "Went another way",
    "waits": "Waits",
    "called": "Called the URL",
    "finished": "Finished",
    "stopped": "Stopped",
}


def reason(code: str) -> str:
    if code in REASONS:
        return REASONS[code]
    known = Reason.__members__.get(code)
    return f"Stopped: {known.sentence.format(name='the customer', until='later', detail='')}" if known else code  # fmt: skip


def span(seconds: int) -> str:
    """`2 days`, `90 minutes`: the largest unit that says it exactly."""
    for size, unit in SPANS:
        if seconds and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def short_span(seconds: int) -> str:
    number, unit = span(seconds).split()
    return f"{number} {'min' if unit.startswith('min') else unit[0]}"


def label(node: Node) -> str:
    if node.kind == "sendInteractive" and node.params["style"] != "buttons":
        return {"list": "Ask with a list", "url": "Send a link button"}[
            node.params["style"]
        ]
    return NODES[node.kind].label


def title(node: Node) -> str:
    return f"{node.id} {label(node)}"


def way(node: Node, name: str) -> str:
    """The heading of a branch: “If they choose …”."""
    if name.startswith(OPTION):
        option = _item(node.params["options"], name.removeprefix(OPTION))
        return f"If they choose “{option.get('title', '')}”"
    if name.startswith(SHARE):
        share = _item(node.params["shares"], name.removeprefix(SHARE))
        named = f": {share['name']}" if share.get("name") else ""
        return f"{share.get('percent', 0)} % of people{named}"
    if name == TIMEOUT:
        seconds = node.params.get("timeout", 0)
        return f"If no answer for {short_span(seconds)}" if seconds else "If no answer"
    if name == nodes.YES:
        return f"If {condition(node)}"
    if name == nodes.ERROR and node.kind == "callUrl":
        return "If the URL does not answer"
    return nodes.EDGE_WORDS[name]


def short_way(node: Node, name: str) -> str:
    """The same for the list of paths."""
    if name.startswith(OPTION):
        return _item(node.params["options"], name.removeprefix(OPTION)).get("title", "")
    if name == TIMEOUT:
        seconds = node.params.get("timeout", 0)
        return f"No answer, {short_span(seconds)}" if seconds else "No answer"
    return way(node, name)


def condition(node: Node) -> str:
    p = node.params
    if p["about"] == "hours":
        return "it is within business hours"
    if p["about"] == "window":
        return "the window is open"
    if p["about"] == "tag":
        return f"tagged “{p['name']}”"
    subject = p["name"] or ABOUTS[p["about"]].lower()
    value = "" if p["op"] == "exists" else f" “{p['value']}”"
    return f"{subject} {OPERATIONS[p['op']]}{value}"


def summary(node: Node) -> str:
    """One line, as the customer would see it."""
    return " ".join(SUMMARIES[node.kind](node.params).split())[:160]


def trigger_summary(graph: Graph) -> str:
    return " · ".join(in_words(t) for t in graph.triggers) or "Started by hand only"


def _item(items: list[dict], pk: str) -> dict:
    return next((item for item in items if item["id"] == pk), {})


def _interactive(p: dict) -> str:
    if p["style"] == "url":
        return f"{p['text']} [{p['url_title']}]"
    titles = ", ".join(o["title"] for o in p["options"])
    return f"{p['text']} {titles}" if titles else p["text"]


def _call(p: dict) -> str:
    host = p["url"].partition("://")[2].partition("/")[0]
    kept = f" → {{{{{p['save_as']}}}}}" if p["save_as"] else ""
    return f"{host or 'No address yet'}{kept}"


SUMMARIES = {
    "sendMessage": lambda p: p["text"] or "No text yet",
    "sendTemplate": lambda p: f"{p['template'] or 'No template yet'} {p['language']}",
    "sendInteractive": _interactive,
    "sendWaFlow": lambda p: f"{p['text']} [{p['cta']}]",
    "ask": lambda p: p["text"] or "Waits for what they write",
    "condition": lambda p: "Goes one way or another",
    "split": lambda p: " / ".join(f"{s['percent']} %" for s in p["shares"]),
    "delay": lambda p: span(p["seconds"]),
    "setTag": lambda p: p["tag"] or "No tag yet",
    "removeTag": lambda p: p["tag"] or "No tag yet",
    "setField": lambda p: f"{p['field'] or 'No field yet'} = {p['value']}",
    "assign": lambda p: p["to"] or "Nobody",
    "callUrl": _call,
    "handOver": lambda p: (
        (f"“{p['text']}” " if p["text"] else "") + (p["to"] or "The team")
    ),
    "goTo": lambda p: "Goes on at another step",
    "end": lambda p: "The flow ends here",
}
