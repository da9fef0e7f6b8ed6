"""What somebody typed into the search, read without asking the database."""

import re
from dataclasses import dataclass

from inbox import tokens

# Each operator, what may stand behind it (nothing: any words), and what it finds.
OPERATORS = {
    "from": ((), "from:amina", "Written by a customer or teammate; from:me is you"),
    "tag": ((), "tag:vip", "People with this tag"),
    "number": ((), "number:support", "One of your numbers, by name or digits"),
    "is": (
        ("unread", "waiting", "closed"),
        "is:unread",
        "Conversations that are unread, waiting or closed",
    ),
    "window": (
        ("open", "closing", "closed"),
        "window:open",
        "The window is open, closing within 2 h, or closed",
    ),
    "has": (("failed", "media"), "has:media", "Messages that failed or carry a file"),
}
QUERY_MAX, TERMS_MAX = 400, 12
# Shorter ones begin too many words: they stand for themselves.
BEGINNING_MIN = 3
PIECES = re.compile(
    r'(?P<minus>-?)(?:(?P<name>[^\W\d_]+):(?P<value>"[^"]*"|\S*)'
    r'|"(?P<phrase>[^"]*)"?|(?P<plain>\S+))'
)


@dataclass(frozen=True)
class Term:
    """Words that follow each other; the last may go on unless it was quoted."""

    words: tuple[str, ...]
    is_whole: bool = False
    is_excluded: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1 and not self.is_excluded

    @property
    def may_go_on(self) -> bool:
        last = self.words[-1]
        return not self.is_whole and (len(last) >= BEGINNING_MIN or not last.isascii())


@dataclass(frozen=True)
class Query:
    """`plain` is what was typed without the operators, `text` what people are called."""

    plain: str = ""
    text: str = ""
    terms: tuple[Term, ...] = ()
    operators: tuple[tuple[str, str], ...] = ()
    advice: tuple[str, ...] = ()

    def __bool__(self):
        return bool(self.text or self.terms or self.operators)

    def values(self, operator: str) -> list[str]:
        return [value for name, value in self.operators if name == operator]

    def without(self, operator: str) -> str:
        """The same search as it would be typed without one operator."""
        kept = [_typed(*pair) for pair in self.operators if pair[0] != operator]
        return " ".join([self.plain, *kept]).strip()


class _Reading:
    """Collects what the pieces of a typed line mean."""

    def __init__(self):
        self.plain, self.text, self.terms = [], [], []
        self.operators, self.advice = [], []

    def read(self, piece: re.Match) -> None:
        name = (piece["name"] or "").lower()
        if name not in OPERATORS:
            if name and not piece["value"].startswith("//"):
                self.advice.append(f"There is no operator {name}: – searched as words.")
            return self._read_words(piece)
        value = piece["value"].strip('"').strip()
        if problem := _problem(name, value, is_excluded=bool(piece["minus"])):
            self.advice.append(problem)
        else:
            self.operators.append(
                (name, value.lower() if OPERATORS[name][0] else value)
            )
        return None

    def _read_words(self, piece: re.Match) -> None:
        said = piece["phrase"] if piece["phrase"] is not None else piece[0]
        is_excluded = bool(piece["minus"])
        words = tokens.split(said)
        self.plain.append(piece[0])
        if not is_excluded:
            self.text.append(said)
        if words:
            is_whole = piece["phrase"] is not None
            self.terms.append(Term(tuple(words[:TERMS_MAX]), is_whole, is_excluded))

    def result(self) -> Query:
        if len(self.terms) > TERMS_MAX:
            self.advice.append(f"Only the first {TERMS_MAX} words are looked for.")
        return Query(
            " ".join(self.plain),
            " ".join(self.text).strip(),
            tuple(dict.fromkeys(self.terms[:TERMS_MAX])),
            tuple(self.operators),
            tuple(dict.fromkeys(self.advice)),
        )


def parse(typed: str) -> Query:
    reading = _Reading()
    for piece in PIECES.finditer(typed.replace("\0", " ")[:QUERY_MAX]):
        reading.read(piece)
    return reading.result()


def _problem(name: str, value: str, *, is_excluded: bool) -> str:
    """Why this operator is left out, or nothing."""
    allowed = OPERATORS[name][0]
    if is_excluded:
        return f"A minus leaves out words, not operators: -{name}: was not used."
    if not value:
        return f"{name}: was not used, because nothing stands behind it."
    if allowed and value.lower() not in allowed:
        known = ", ".join(f"{name}:{other}" for other in allowed)
        return f"{name}:{value} was not used. There are {known}."
    return ""


def _typed(name: str, value: str) -> str:
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"
