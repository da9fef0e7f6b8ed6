"""The control API under `/_/`: what tests and the pages steer the simulator by."""

import re
from collections.abc import Awaitable
from urllib.parse import unquote

from simulator.control import inbound, objects, reports, steering, webhooks
from simulator.exchange import Request, Response, answer_json

# (method, path) → (sim, request, *what the path captured)
ROUTES = [
    (method, re.compile(f"/_/{path}/?"), answer)
    for method, path, answer in (
        ("GET", "world", reports.show_world),
        ("GET", "journal", reports.show_journal),
        ("GET", "journal/summary", reports.show_summary),
        ("GET", "calls", reports.show_calls),
        ("GET", "messages/(.+)", reports.show_message),
        ("GET", "webhooks", reports.show_webhooks),
        ("GET", "webhooks/summary", reports.show_webhook_summary),
        ("GET", "clock", steering.show_clock),
        ("POST", "clock", steering.change_clock),
        ("GET", "settings", steering.show_settings),
        ("POST", "settings", steering.change_settings),
        ("GET", "faults", steering.show_faults),
        ("POST", "faults", steering.change_faults),
        ("DELETE", "faults", steering.clear_faults),
        ("POST", "reset", steering.reset),
        ("POST", "inbound", inbound.receive_one),
        ("POST", "inbound/bulk", inbound.receive_many),
        ("GET", "numbers/([^/]+)", objects.show_number),
        ("POST", "numbers/([^/]+)", objects.change_number),
        ("POST", "accounts/([^/]+)", objects.change_account),
        ("POST", "templates/([^/]+)", objects.change_template),
        ("POST", "tokens", objects.change_token),
        ("POST", "people/([^/]+)", objects.change_person),
        ("POST", "open", objects.open_chat),
        ("POST", "echo", objects.echo),
        ("POST", "code", objects.make_code),
        ("POST", "webhooks/flush", webhooks.flush),
        ("POST", "webhook", webhooks.send_event),
        ("POST", "webhook/raw", webhooks.send_raw),
    )
]


def answer_control(sim, request: Request) -> Response | Awaitable[Response]:
    for method, pattern, answer in ROUTES:
        found = pattern.fullmatch(request.path)
        if found and method == request.method:
            return _answer(sim, request, answer, map(unquote, found.groups()))
    known = any(pattern.fullmatch(request.path) for _, pattern, _ in ROUTES)
    status, words = (405, "method not allowed") if known else (404, "no such endpoint")
    return answer_json({"error": words}, status)


def _answer(sim, request: Request, answer, captured):
    try:
        return answer(sim, request, *captured)
    except ValueError as problem:
        return answer_json({"error": str(problem)}, 400)
