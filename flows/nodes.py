"""Every kind of step in one table: its words, its ways out, what it sends, what it waits for.

The names of the kinds are part of the data: exports, the API and runs use them.
"""

from dataclasses import dataclass

BUTTONS, BUTTON_TITLE = 3, 20
ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72
BODY, TEXT, HEADER, FOOTER, CTA = 1024, 4096, 60, 60, 30
MINUTE, HOUR, DAY = 60, 3600, 86_400
LONGEST_WAIT = 30 * DAY

NEXT, ERROR, OTHERWISE, TIMEOUT, YES = "next", "error", "otherwise", "timeout", "yes"
OPTION, SHARE = "option:", "share:"


@dataclass(frozen=True)
class Kind:
    """`main` is the way out that goes on downwards in the outline."""

    name: str
    label: str
    group: str
    icon: str
    edges: tuple[str, ...] = (NEXT,)
    main: str = NEXT
    hint: str = ""
    is_whatsapp_only: bool = False
    needs_window: bool = False
    sends: bool = False
    asks: bool = False


SENT_EDGES = (NEXT, ERROR)
ASKED_EDGES = (OTHERWISE, TIMEOUT, ERROR)
KINDS = (
    Kind(
        "sendMessage", "Send message", "Send", "message", SENT_EDGES,
        hint="needs open window", needs_window=True, sends=True,
    ),
    Kind(
        "sendTemplate", "Send template", "Send", "templates", SENT_EDGES,
        hint="any time", is_whatsapp_only=True, sends=True,
    ),
    Kind(
        "sendInteractive", "Ask with buttons", "Ask", "choices", ASKED_EDGES, "",
        hint="needs open window", is_whatsapp_only=True, needs_window=True,
        sends=True, asks=True,
    ),
    Kind(
        "ask", "Ask and keep the answer", "Ask", "help",
        (NEXT, OTHERWISE, TIMEOUT, ERROR), hint="needs open window",
        needs_window=True, sends=True, asks=True,
    ),
    Kind(
        "sendWaFlow", "Open a WhatsApp form", "Ask", "note",
        (NEXT, OTHERWISE, TIMEOUT, ERROR), hint="needs open window",
        is_whatsapp_only=True, needs_window=True, sends=True, asks=True,
    ),
    Kind("condition", "Condition", "Decide", "branch", (YES, OTHERWISE), YES),
    Kind("split", "Random split", "Decide", "route", (), ""),
    Kind("delay", "Wait", "Decide", "stopwatch"),
    Kind("setTag", "Add a tag", "Do", "tag"),
    Kind("removeTag", "Remove a tag", "Do", "tag"),
    Kind("setField", "Set a field", "Do", "pencil"),
    Kind("assign", "Assign", "Do", "user"),
    Kind("callUrl", "Call a URL", "Do", "webhook", SENT_EDGES),
    Kind("handOver", "Hand over to a person", "End", "hand", (), "", sends=True),
    Kind("goTo", "Go to", "End", "arrow-turn"),
    Kind("end", "End", "End", "off", (), ""),
)  # fmt: skip
NODES = {kind.name: kind for kind in KINDS}
GROUPS = ("Send", "Ask", "Decide", "Do", "End")

TRIGGERS = {
    "keyword": "Customer writes a word",
    "any": "Any message",
    "first": "First message of a customer",
    "button": "A button is pressed",
    "tag": "A tag is added",
    "optin": "Customer opts in again",
    "referral": "Customer comes from an ad",
    "hours": "Message outside business hours",
}
MATCHES = {
    "contains": "contains the word",
    "exact": "is exactly",
    "starts": "starts with",
    "regex": "fits the pattern",
}
CHANNELS = {
    "whatsapp": "WhatsApp only",
    "instagram": "Instagram only",
    "both": "WhatsApp and Instagram",
}
ANSWERS = {
    "text": "Any text",
    "number": "A number",
    "email": "An e-mail address",
    "date": "A date",
    "choice": "One of a list",
}
STYLES = {
    "buttons": "Up to 3 buttons",
    "list": "A list of up to 10",
    "url": "A button that opens a page",
}
ABOUTS = {
    "variable": "An answer or variable",
    "field": "A field of the contact",
    "tag": "A tag of the contact",
    "channel": "The channel",
    "hours": "Business hours",
    "window": "The 24-hour window",
}
OPERATIONS = {
    "is": "is",
    "is_not": "is not",
    "contains": "contains",
    "exists": "has a value",
    "greater": "is more than",
    "less": "is less than",
}
EDGE_WORDS = {
    NEXT: "Then",
    ERROR: "If it cannot be sent",
    OTHERWISE: "Otherwise",
    TIMEOUT: "If no answer",
    YES: "If so",
}
