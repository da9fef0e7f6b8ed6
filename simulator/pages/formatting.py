"""How messages and moments are shown: WhatsApp's *bold* and _italic_, clock times."""

import re
from datetime import UTC, datetime

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MARKS = (
    (re.compile(r"```(.+?)```", re.S), r"<code>\1</code>"),
    (
        re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])"),
        r"<strong>\1</strong>",
    ),
    (re.compile(r"(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])"), r"<s>\1</s>"),
)


def format_text(text: object) -> SafeString:
    """Escaped first; the marks can then only add these four elements."""
    shown = str(escape(str(text)))
    for pattern, replacement in MARKS:
        shown = pattern.sub(replacement, shown)
    return mark_safe(shown)  # noqa: S308


def format_time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M")


def format_seconds(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S")


def format_day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%A %d %B")


def format_moment(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y %H:%M")


def format_duration(seconds: float) -> str:
    minutes = int(abs(seconds) // 60)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = [f"{days} d"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes or not parts else []
    return " ".join(parts)
