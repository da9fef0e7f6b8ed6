"""Three flows to begin from, as their data. Each is valid, live-able and ours."""

from flows.nodes import DAY, HOUR


def _step(pk: int, kind: str, edges: dict, **params) -> dict:
    return {"id": pk, "kind": kind, "params": params, "edges": edges}


def _keyword(*words: str) -> dict:
    return {"kind": "keyword", "words": list(words), "match": "contains"}


WELCOME = {
    "triggers": [_keyword("menu", "help")],
    "first": 2,
    "nodes": [
        _step(
            2, "sendMessage", {"next": 3},
            text="Hi {{first_name|there}}, how can we help today?",
        ),
        _step(
            3, "sendInteractive",
            {"option:a": 4, "option:b": 6, "option:c": 7, "timeout": 8, "otherwise": 7},
            text="Choose one:", style="buttons", timeout=2 * HOUR, save_as="choice",
            options=[
                {"id": "a", "title": "Track order"},
                {"id": "b", "title": "Return"},
                {"id": "c", "title": "A person"},
            ],
        ),
        _step(
            4, "ask", {"next": 5, "otherwise": 7, "timeout": 8},
            text="What is your order number?", expects="number", save_as="order",
            retry="An order number has only figures, like 47790.", tries=1,
            timeout=2 * HOUR,
        ),
        _step(
            5, "handOver", {},
            text="Thanks. A colleague looks up order {{order}} and writes to you here.",
        ),
        _step(
            6, "sendMessage", {"next": 7},
            text="Tell us what you would like to return and why.",
        ),
        _step(7, "handOver", {}, text="One moment, a colleague will answer you here."),
        _step(8, "sendMessage", {}, text="We are here when you need us."),
    ],
}  # fmt: skip
OUT_OF_HOURS = {
    "triggers": [{"kind": "hours"}],
    "first": 2,
    "nodes": [
        _step(
            2, "sendMessage", {"next": 3},
            text="Thanks for writing, {{first_name|there}}. We are back in the morning "
            "and will answer you then.",
        ),
        _step(3, "setTag", {}, tag="out of hours"),
    ],
}  # fmt: skip
ORDER_NUMBER = {
    "triggers": [_keyword("order", "delivery", "parcel")],
    "first": 2,
    "nodes": [
        _step(
            2, "ask", {"next": 3, "otherwise": 5, "timeout": 6},
            text="Which order is it about? Send us its number.", expects="number",
            save_as="order", retry="An order number has only figures, like 47790.",
            tries=2, timeout=DAY // 2,
        ),
        _step(3, "setField", {"next": 4}, field="last_order", value="{{order}}"),
        _step(
            4, "handOver", {},
            text="Thank you. A colleague looks up order {{order}} and writes to you here.",
        ),
        _step(5, "handOver", {}, text="A colleague will find it with you."),
        _step(6, "end", {}),
    ],
}  # fmt: skip
EMPTY = {"triggers": [], "first": None, "nodes": []}
# name → (what it does, its data)
STARTERS = {
    "Welcome menu": ("Greets, offers three buttons, hands over to your team.", WELCOME),
    "Out of hours": ("Answers when your team is not there.", OUT_OF_HOURS),
    "Collect order number": (
        "Asks for the number before a person answers.",
        ORDER_NUMBER,
    ),
}
