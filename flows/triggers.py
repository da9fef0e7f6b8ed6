"""Which flow a message starts: pure over what was written and the live flows' triggers.

Where several fit, the more particular one wins, and among equals the older flow.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.graph import Trigger
from flows.nodes import MATCHES

# More particular first.
PRECEDENCE = (
    "button", "optin", "keyword exact", "keyword regex", "keyword starts",
    "keyword contains", "referral", "first", "hours", "any", "tag",
)  # fmt: skip
LOOKED_AT = 200  # characters of a message a pattern is held against
OPT_IN_WORDS = frozenset({
    "start", "unstop", "subscribe", "abonnieren", "alta", "assinar", "s'abonner", "ابدأ",
})  # fmt: skip
WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True)
class Listener:
    """One live flow's trigger, ready to be asked."""

    flow: int
    version: int
    channel: str
    trigger: Trigger
    is_beside: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        return PRECEDENCE.index(name_of(self.trigger)), self.flow

    @property
    def is_for_messages(self) -> bool:
        return self.trigger.kind in FITS


@dataclass(frozen=True)
class Heard:
    """A message as triggers see it. `is_first` and `is_outside_hours` may cost a query,
    so they are asked only when a trigger needs them."""

    text: str
    channel: str
    payload: str = ""
    referral: str | None = None
    is_first: bool = False
    is_outside_hours: bool = False


def name_of(trigger: Trigger) -> str:
    if trigger.kind == "keyword":
        return f"keyword {trigger.params['match']}"
    return trigger.kind


class Ears:
    """Many listeners, asked at once: words are looked up, not tried one by one."""

    def __init__(self, listeners: Iterable[Listener]):
        self.all = tuple(listeners)
        self.kinds = frozenset(x.trigger.kind for x in self.all)
        self.by_word: dict[str, list[Listener]] = defaultdict(list)
        self.others: list[Listener] = []
        for listener in self.all:
            first = _first_words(listener.trigger)
            for word in first:
                self.by_word[word].append(listener)
            if not first and listener.is_for_messages:
                self.others.append(listener)

    def winner(self, heard: Heard) -> Listener | None:
        """The more particular one, and among equals the older flow."""
        words = dict.fromkeys(WORD.findall(heard.text[:LOOKED_AT].casefold()))
        near = [x for word in words for x in self.by_word.get(word, ())]
        fitting = [
            x
            for x in (*near, *self.others)
            if x.channel in (heard.channel, "both")
            and FITS[x.trigger.kind](x.trigger.params, heard)
        ]
        return min(fitting, key=lambda x: x.rank, default=None)


def _first_words(trigger: Trigger) -> set[str]:
    """Without one of these in it a message cannot fit; empty: it must be tried."""
    if trigger.kind != "keyword" or trigger.params["match"] not in (
        "contains",
        "exact",
    ):
        return set()
    found = [WORD.findall(word.casefold()) for word in trigger.params["words"]]
    return {words[0] for words in found} if all(found) else set()


def winner(listeners: Iterable[Listener], heard: Heard) -> Listener | None:
    return Ears(listeners).winner(heard)


def overlaps(a: Trigger, b: Trigger) -> bool:
    """Could one message fit both? What cannot be known counts as no."""
    if "any" in (a.kind, b.kind):
        return {a.kind, b.kind} <= set(FITS)
    if a.kind != b.kind:
        return {a.kind, b.kind} == {"first", "hours"}
    if a.kind == "keyword":
        return any(_keyword(a.params, _said(word)) for word in _examples(b)) or any(
            _keyword(b.params, _said(word)) for word in _examples(a)
        )
    if a.kind == "button":
        return bool(set(a.params["payloads"]) & set(b.params["payloads"]))
    return True


def _examples(trigger: Trigger) -> Iterator[str]:
    if trigger.params["match"] != "regex":
        yield from trigger.params["words"]


def _said(text: str) -> Heard:
    return Heard(text, "whatsapp")


def in_words(trigger: Trigger) -> str:
    """“When a customer writes …”."""
    p = trigger.params
    if trigger.kind == "keyword":
        words = " or ".join(f"“{word}”" for word in p["words"][:4]) or "…"
        verb = "Customer writes"
        how = MATCHES[p["match"]]
        return f"{verb} {words}" if how.startswith("contains") else f"{verb} what {how} {words}"  # fmt: skip
    if trigger.kind == "button":
        return "Customer presses " + (" or ".join(p["payloads"][:4]) or "…")
    if trigger.kind == "tag":
        return f"The tag {p['tag'] or '…'} is added"
    return {
        "any": "Customer writes anything",
        "first": "Customer writes for the first time",
        "optin": "Customer opts in again",
        "referral": "Customer comes from an ad",
        "hours": "Customer writes outside business hours",
    }[trigger.kind]


def _keyword(p: dict, heard: Heard) -> bool:
    text = " ".join(heard.text[:LOOKED_AT].casefold().split())
    return any(MATCH[p["match"]](text, word) for word in p["words"] if word.strip())


def _contains(text: str, word: str) -> bool:
    """Whole words: “menu” is in “the menu, please”, not in “manuscript”."""
    wanted = WORD.findall(word.casefold())
    said = WORD.findall(text)
    if not wanted:
        return word.casefold().strip() in text
    places = range(len(said) - len(wanted) + 1)
    return any(said[i : i + len(wanted)] == wanted for i in places)


def _exact(text: str, word: str) -> bool:
    return text.strip(" .!?") == " ".join(word.casefold().split()).strip(" .!?")


def _starts(text: str, word: str) -> bool:
    return text.startswith(" ".join(word.casefold().split()))


def _regex(text: str, word: str) -> bool:
    return re.search(word, text, re.IGNORECASE) is not None


MATCH = {"contains": _contains, "exact": _exact, "starts": _starts, "regex": _regex}


def _button(p: dict, heard: Heard) -> bool:
    return bool(heard.payload) and heard.payload in p["payloads"]


def _opts_in(heard: Heard) -> bool:
    return heard.text.strip(" .!").casefold() in OPT_IN_WORDS


def _referral(p: dict, heard: Heard) -> bool:
    return heard.referral is not None and p["source"] in ("", heard.referral)


FITS = {
    "keyword": _keyword,
    "any": lambda p, heard: True,
    "optin": lambda p, heard: _opts_in(heard),
    "first": lambda p, heard: heard.is_first,
    "button": _button,
    "referral": _referral,
    "hours": lambda p, heard: heard.is_outside_hours,
}
