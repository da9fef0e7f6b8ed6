"""The two lines of a message that show why it was found, in pieces. Not yet HTML."""

from dataclasses import dataclass

from inbox import tokens
from inbox.search import Term

BEFORE, SHOWN_MAX = 60, 200


@dataclass(frozen=True)
class Piece:
    text: str
    is_match: bool = False


def excerpt(text: str, terms: tuple[Term, ...]) -> list[Piece]:
    """The part of `text` around the first match; whole words are marked."""
    spans = _matches(text, [term for term in terms if not term.is_excluded])
    start = _start(text, spans[0][0] if spans else 0)
    end = _end(text, start)
    pieces, at = [Piece("…")] if start else [], start
    for begins, ends in spans:
        if at <= begins and ends <= end:
            pieces += [Piece(text[at:begins]), Piece(text[begins:ends], True)]
            at = ends
    pieces.append(Piece(text[at:end] + ("…" if end < len(text) else "")))
    return [piece for piece in pieces if piece.text]


def _matches(text: str, terms: list[Term]) -> list[tuple[int, int]]:
    found = list(tokens.WORDS.finditer(text))
    folded = [tokens.fold(word[0]).lower() for word in found]
    spans = []
    for place in range(len(found)):
        for term in terms:
            last = place + len(term.words) - 1
            if _is_here(term, folded[place : last + 1]):
                spans.append((found[place].start(), found[last].end()))
    return sorted(spans)


def _is_here(term: Term, said: list[str]) -> bool:
    wanted = [word.lower() for word in term.words]
    if len(said) < len(wanted) or said[:-1] != wanted[:-1]:
        return False
    if term.may_go_on:
        return said[-1].startswith(wanted[-1])
    return said[-1][: tokens.WORD_MAX] == wanted[-1]


def _start(text: str, match: int) -> int:
    """Some words before the match, never the middle of one when a space is near."""
    if match <= BEFORE:
        return 0
    space = text.find(" ", match - BEFORE, match)
    return space + 1 if space >= 0 else match - BEFORE // 2


def _end(text: str, start: int) -> int:
    end = start + SHOWN_MAX
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", start + SHOWN_MAX // 2, end)
    return space if space >= 0 else end
