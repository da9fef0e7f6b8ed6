"""`fields=` with nesting, and cursor paging: how every read is shaped."""

import base64
from collections.abc import Callable
from urllib.parse import urlencode

from simulator.exchange import Request, Response, answer_json
from simulator.graph.errors import GraphError


def read_field_names(text: str) -> dict[str, dict]:
    """`a,b{c,d}` → {"a": {}, "b": {"c": {}, "d": {}}}"""
    root: dict[str, dict] = {}
    stack, name = [root], ""
    for character in text + ",":
        if character in ",{}":
            if name.strip():
                stack[-1][_bare(name)] = {}
            if character == "{":
                stack.append(stack[-1].setdefault(_bare(name), {}))
            elif character == "}" and len(stack) > 1:
                stack.pop()
            name = ""
        else:
            name += character
    return root


def select(
    request: Request,
    node_type: str,
    available: dict[str, Callable[[], object]],
    default: tuple[str, ...],
) -> dict:
    """The node with the fields asked for; unknown ones are refused as Meta does."""
    return pick(read_asked(request, default), node_type, available)


def read_asked(request: Request, default: tuple[str, ...]) -> dict[str, dict]:
    names = read_field_names(request.query.get("fields", ""))
    return names or {name: {} for name in default}


def pick(asked: dict[str, dict], node_type: str, available: dict) -> dict:
    chosen = {}
    for name, nested in asked.items():
        if name not in available:
            raise GraphError(
                100,
                message=(
                    f"(#100) Tried accessing nonexisting field ({name}) on node type "
                    f"({node_type})"
                ),
            )
        value = available[name]()
        if value is not None:
            chosen[name] = _narrow(value, nested)
    if "id" in available:
        chosen.setdefault("id", available["id"]())
    return chosen


def answer_page(
    request: Request, base_url: str, items: list[dict], key="id"
) -> Response:
    """One page of a list, with cursors; `limit`, `after` and `before` are honoured."""
    limit = _read_limit(request.query.get("limit"))
    start = _find_start(items, key, request.query, limit)
    page = items[start : start + limit]
    answer: dict = {"data": page}
    if page:
        cursors = {"before": _cursor(page[0][key]), "after": _cursor(page[-1][key])}
        answer["paging"] = {"cursors": cursors}
        if start + limit < len(items):
            answer["paging"]["next"] = _link(request, base_url, "after", cursors)
        if start:
            answer["paging"]["previous"] = _link(request, base_url, "before", cursors)
    return answer_json(answer)


def _bare(name: str) -> str:
    return name.strip().partition(".")[0]


def _narrow(value: object, nested: dict) -> object:
    if nested and isinstance(value, dict):
        return {key: value[key] for key in nested if key in value}
    if nested and isinstance(value, list):
        return [_narrow(item, nested) for item in value]
    return value


def _read_limit(text: str | None) -> int:
    if text is None:
        return 25
    if not text.isdecimal() or int(text) < 1:
        raise GraphError(100, message="(#100) Param limit must be a positive integer")
    return min(int(text), 1000)


def _find_start(items: list[dict], key: str, query: dict, limit: int) -> int:
    places = {_cursor(item[key]): n for n, item in enumerate(items)}
    if after := query.get("after"):
        return _find_place(places, after) + 1
    if before := query.get("before"):
        return max(0, _find_place(places, before) - limit)
    return 0


def _find_place(places: dict[str, int], cursor: str) -> int:
    if cursor not in places:
        raise GraphError(100, message="(#100) Invalid cursor provided")
    return places[cursor]


def _cursor(value: object) -> str:
    return base64.urlsafe_b64encode(f"c:{value}".encode()).decode().rstrip("=")


def _link(request: Request, base_url: str, name: str, cursors: dict) -> str:
    hidden = ("after", "before", "access_token", "appsecret_proof")
    query = {key: text for key, text in request.query.items() if key not in hidden}
    return f"{base_url}{request.path}?{urlencode({**query, name: cursors[name]})}"
