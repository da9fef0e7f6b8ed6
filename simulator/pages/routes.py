"""The pages and their files; who may post to them, and who answers."""

import mimetypes
import re
from collections.abc import Awaitable
from urllib.parse import unquote, urlsplit

from simulator.exchange import Request, Response, answer_html
from simulator.pages import control, files, login, overview, phone

ROUTES = [
    (method, re.compile(path), answer)
    for method, path, answer in (
        ("GET", "/", overview.show),
        ("GET", "/static/([a-z0-9._-]+)", files.send_static),
        ("GET", "/[a-z]+_[A-Z]+/(sdk[.]js)", files.send_static),
        ("GET", "/lookaside/([A-Za-z0-9]+)", files.send_public_media),
        ("GET", "/portrait/([0-9]+)[.]png", files.send_portrait),
        ("GET", "/phone/?", phone.show_people),
        ("GET", "/phone/media/([0-9]+)", files.send_media),
        ("GET", "/phone/([^/]+)/?", phone.show_phone),
        ("GET", "/phone/([^/]+)/chat", phone.show_chat),
        ("POST", "/phone/([^/]+)/write", phone.write),
        ("POST", "/phone/([^/]+)/do", phone.act),
        ("GET", "/control/?", control.show),
        ("GET", "/control/([a-z]+)", control.show_part),
        ("POST", "/control/?", control.act),
        ("GET", r"(?:/v\d+\.\d+)?/dialog/oauth/?", login.show_facebook),
        ("POST", r"(?:/v\d+\.\d+)?/dialog/oauth/?", login.decide_facebook),
        ("GET", "/oauth/authorize/?", login.show_instagram),
        ("POST", "/oauth/authorize/?", login.decide_instagram),
    )
]


def answer_page(sim, request: Request) -> Response | Awaitable[Response] | None:
    """None when no page lives here."""
    for method, pattern, answer in ROUTES:
        found = pattern.fullmatch(request.path)
        if found and method == request.method:
            return _answer(sim, request, answer, map(unquote, found.groups()))
    return None


def _answer(sim, request: Request, answer, captured) -> Response | Awaitable[Response]:
    if request.method == "POST" and not _is_from_here(request):
        return answer_html("This form was sent from another site.", 403)
    try:
        return answer(sim, request, *captured)
    except ValueError as problem:
        return Response(400, str(problem).encode(), "text/plain; charset=utf-8")


def _is_from_here(request: Request) -> bool:
    """No other page in the same browser may press these buttons."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


mimetypes.add_type("text/javascript", ".js")
