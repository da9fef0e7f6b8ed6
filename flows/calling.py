"""The step of a flow that calls somebody's server: a few redirects, each judged anew."""

import json
import time
from urllib.parse import urljoin

from converge.outward import Answer, NotCalled, Patience, Request, ask, resolve
from flows.walk import Call, Called

CONNECT_TIMEOUT, READ_TIMEOUT, WITHIN = 3.0, 5.0, 10.0
REDIRECTS_MAX = 3
REDIRECTS = (301, 302, 303, 307, 308)


def call(wanted: Call) -> Called:
    """The answer, or the sentence that says why there is none. Never raises for theirs."""
    try:
        answer = _follow(wanted)
    except NotCalled as problem:
        return Called(is_fine=False, sentence=str(problem))
    if not 200 <= answer.status < 300:
        return Called(
            is_fine=False, sentence=f"It answered with status {answer.status}."
        )
    try:
        value = pick(answer.text, wanted.path)
    except NotCalled as problem:
        return Called(is_fine=False, sentence=str(problem))
    return Called(is_fine=True, value=value, sentence=f"It answered {answer.status}.")


def pick(text: str, path: str) -> str:
    """`order.status` or `items.0.name` of a JSON answer; all of it without a path."""
    if not path.strip():
        return text.strip()
    try:
        found = json.loads(text)
        for part in path.split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
    except (ValueError, RecursionError) as error:
        raise NotCalled("Its answer is not JSON.") from error
    except (KeyError, IndexError, TypeError) as error:
        raise NotCalled(f"Its answer has no {path}.") from error
    return found if isinstance(found, str) else json.dumps(found)


def _follow(wanted: Call) -> Answer:
    url, method, body = wanted.url, wanted.method, wanted.body
    patience = Patience(CONNECT_TIMEOUT, READ_TIMEOUT, time.monotonic() + WITHIN)
    for _ in range(REDIRECTS_MAX + 1):
        sent = body.encode() if method == "POST" else None
        request = Request(method, sent, _headers(method, body))
        answer = ask(resolve(url), request, patience)
        if answer.status not in REDIRECTS or not answer.location:
            return answer
        url = urljoin(url, answer.location)
        if answer.status in (301, 302, 303):
            method, body = "GET", ""
    raise NotCalled("It redirects too often.")


def _headers(method: str, body: str) -> dict[str, str]:
    if method != "POST":
        return {}
    is_json = body.lstrip().startswith(("{", "["))
    return {"Content-Type": "application/json" if is_json else "text/plain"}
