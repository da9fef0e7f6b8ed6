"""The words of a text, as they are indexed and as they are asked for.

`inbox_words` in migration 0005 does the same in SQL, and a test compares the two.
Only letters are made small there on both sides, for that depends on the database.
"""

import re
import unicodedata

WORD_MAX = 60
# Written above or below a letter, or only for looks: café is found by cafe.
MARKS = r"\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\ufe00-\ufe0f"
# What stands between words: signs, spaces and emoji, by number, so that it does not
# depend on the language of the database. Everything else is part of a word.
BETWEEN = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7"
    r"\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u2190-\u2bff\u3000-\u303f"
    r"\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff"
)
WORDS = re.compile(rf"[^{BETWEEN}]+")
_MARKS = re.compile(f"[{MARKS}]+")

# Facts beside the words. No word begins with this sign.
INBOUND, MEDIA = "#in", "#media"


def by(user_id: int) -> str:
    return f"#u{user_id}"


def fold(text: str) -> str:
    """Without accents, and every letter in its plain form."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text))


def split(text: str) -> list[str]:
    found = WORDS.findall(fold(text.replace("\0", " ")))
    return [word[:WORD_MAX] for word in found]
