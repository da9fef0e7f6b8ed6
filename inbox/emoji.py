"""Whether a text is one emoji: what may travel as a reaction, and no words.

By the shape that Unicode gives emoji; which of them a phone can draw is the phone's to know.
"""

import re

_ONE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5"
    "\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
# Drawn as a picture, a colour of skin, and what is joined on: families, professions.
_DRESSED = f"{_ONE}\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_JOINED = f"{_DRESSED}(?:\u200d{_DRESSED})*"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_REGION = f"{_ONE}[\U000e0020-\U000e007e]+\U000e007f"
_EMOJI = re.compile(f"(?:{_REGION}|{_JOINED}|{_FLAG}|{_KEYCAP})")
LENGTH_MAX = 40


def is_emoji(text: str) -> bool:
    return len(text) <= LENGTH_MAX and bool(_EMOJI.fullmatch(text))
