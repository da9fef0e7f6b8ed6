"""WhatsApp's marks (*bold*, _italic_, ~strike~, `code`) and links → safe HTML.

Escaped first, always: customers' text is hostile until every piece went through
`format_html`.
"""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# A mark hugs its words: no space inside, nothing word-like outside.
TOKENS = re.compile(
    r"```(?P<block>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>\S(?:[^_\n]*\S)?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>\S(?:[^~\n]*\S)?)~(?![\w~])"
    r"|(?P<link>https?://[^\s<>\"“”]+)",
    re.DOTALL,
)
TAGS = {
    "block": "<code>{}</code>",
    "code": "<code>{}</code>",
    "bold": "<b>{}</b>",
    "italic": "<i>{}</i>",
    "strike": "<s>{}</s>",
}
LINK = '<a class="link" href="{}" rel="noopener nofollow ugc" target="_blank">{}</a>'
TRAILING = ".,;:!?)]}'\"»"
NESTED_MAX = 3


def to_html(text: str, depth: int = 0) -> SafeString:
    pieces, end = [], 0
    for match in TOKENS.finditer(text):
        pieces.append(format_html("{}", text[end : match.start()]))
        pieces.append(_piece(match, depth))
        end = match.end()
    pieces.append(format_html("{}", text[end:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _piece(match: re.Match, depth: int) -> SafeString:
    kind = match.lastgroup
    inner = match[kind]
    if kind == "link":
        url = inner.rstrip(TRAILING)
        return format_html(LINK + "{}", url, url, inner[len(url) :])
    if kind in ("block", "code") or depth >= NESTED_MAX:
        return format_html(TAGS[kind], inner)
    return format_html(TAGS[kind], to_html(inner, depth + 1))
