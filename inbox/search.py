"""What somebody typed into the search, read without asking the database: words, operators."""

import re
from dataclasses import dataclass, field

from inbox import tokens

# Each operator, what may stand behind it (nothing: any words), and what it finds.
OPERATORS = {
    "from": ((), "from:amina", "Written by a customer or a teammate; from:me is you"),
    "tag": ((), "tag:vip", "People with a tag"),
    "number": ((), "number:support", "One of your numbers, by name or digits"),
    "is": (
        ("unread", "waiting", "closed"),
        "is:unread",
        "Conversations that are unread, waiting or closed",
    ),
    "window": (
        ("open", "closing", "closed"),
        "window:open",
        "The window is open, closing within 2 h or closed",
    ),
    "has": (("failed", "media"), "has:media", "Messages that failed, or have a file"),
}
QUERY_MAX = 200
PIECES = re.compile(r'(?P<operator>\w+):(?P<value>"[^"]*"|\S+)|(?P<plain>\S+)')


@dataclass(frozen=True)
class Query:
    """`text` is what is looked for as it was typed, `words` as messages are indexed."""

    text: str = ""
    words: tuple[str, ...] = ()
    operators: tuple[tuple[str, str], ...] = ()
    misread: tuple[str, ...] = field(default=())

    def __bool__(self):
        return bool(self.text or self.operators)

    def values(self, operator: str) -> list[str]:
        return [value for name, value in self.operators if name == operator]

    def without(self, operator: str) -> str:
        """The same search as it would be typed without one operator."""
        kept = [_typed(*pair) for pair in self.operators if pair[0] != operator]
        return " ".join([self.text, *kept]).strip()


def parse(typed: str) -> Query:
    plain, operators, misread = [], [], []
    for piece in PIECES.finditer(typed.replace("\0", "")[:QUERY_MAX]):
        name, value = (piece["operator"] or "").lower(), (piece["value"] or "")
        value = value.strip('"').strip()
        allowed = OPERATORS[name][0] if name in OPERATORS else None
        if allowed is None or not value:
            plain.append(piece[0])
        elif allowed and value.lower() not in allowed:
            plain.append(piece[0])
            misread.append(_advice(name, allowed))
        else:
            operators.append((name, value.lower() if allowed else value))
    text = " ".join(plain).replace('"', "").strip()
    return Query(
        text, tuple(tokens.split(text)), tuple(operators), tuple(dict.fromkeys(misread))
    )


def _advice(name: str, allowed: tuple[str, ...]) -> str:
    known = ", ".join(f"{name}:{value}" for value in allowed)
    return f"Searched as plain text: Converge knows {known}."


def _typed(name: str, value: str) -> str:
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


@dataclass(frozen=True)
class Piece:
    text: str
    is_match: bool = False


AROUND, SHOWN_MAX = 60, 220


def excerpt(body: str, words: tuple[str, ...]) -> list[Piece]:
    """The part of `body` around the first match, in pieces: found or not. Not yet HTML."""
    pattern = _pattern(words)
    first = pattern.search(body) if pattern else None
    start = max(0, first.start() - AROUND) if first else 0
    part = body[start : start + SHOWN_MAX]
    pieces = [Piece("…")] if start else []
    end = 0
    for match in pattern.finditer(part) if pattern else ():
        pieces += [Piece(part[end : match.start()]), Piece(match[0], True)]
        end = match.end()
    tail = "…" if start + SHOWN_MAX < len(body) else ""
    pieces.append(Piece(part[end:] + tail))
    return [piece for piece in pieces if piece.text]


def _pattern(words: tuple[str, ...]) -> re.Pattern | None:
    """Whole words, the last one perhaps unfinished: as the index finds them."""
    if not words:
        return None
    whole = [f"{re.escape(word)}(?!{tokens.WORD})" for word in words[:-1]]
    either = "|".join([*whole, re.escape(words[-1])])
    return re.compile(f"(?<!{tokens.WORD})(?:{either})", re.IGNORECASE)
