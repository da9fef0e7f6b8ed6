"""The door for programs: a key instead of a session, JSON in and out, errors as well."""

import json
import math
from functools import wraps

from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt

from accounts import api_keys
from accounts.api_keys import Slower

BODY_MAX = 64 * 1024
BEARER = "Bearer "


class Problem(Exception):
    """Why there is no answer: a code for the program, a sentence for its author."""

    def __init__(self, status: int, code: str, sentence: str, **more):
        super().__init__(sentence)
        self.status, self.headers = status, more.pop("headers", {})
        self.error = {"code": code, "message": sentence, **more}

    def answer(self) -> JsonResponse:
        return JsonResponse(
            {"error": self.error}, status=self.status, headers=self.headers
        )


def api(*methods: str):
    """Calls with a key of some workspace, which becomes `request.api_key`.

    No cookie is looked at, so nothing can be forged with one and no token against
    forgery is asked for.
    """

    def decorator(view):
        @csrf_exempt
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            try:
                request.api_key = _key(request)
                _check_method(request, methods)
                return view(request, *args, **kwargs)
            except Problem as problem:
                return problem.answer()

        wrapper.access = "API key"
        return wrapper

    return decorator


def read_json(request) -> dict:
    """The body, which has to be one JSON object that a database can keep."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise Problem(411, "length_required", "Send the body with a Content-Length.")
    if int(length) > BODY_MAX:
        raise Problem(413, "too_large", f"A body has at most {BODY_MAX // 1024} KB.")
    try:
        data = json.loads(request.body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "invalid_json", "The body is not JSON in UTF-8.") from error
    if not isinstance(data, dict):
        raise Problem(400, "invalid_json", "The body has to be a JSON object.")
    return data


def _key(request):
    sent = request.headers.get("Authorization", "")
    found = None
    if sent.startswith(BEARER):
        found = api_keys.present(sent.removeprefix(BEARER).strip())
    if found is None:
        raise Problem(
            401,
            "unauthorized",
            "Send a valid API key as Authorization: Bearer …",
            headers={"WWW-Authenticate": 'Bearer realm="Converge"'},
        )
    if isinstance(found, Slower):
        seconds = max(1, math.ceil(found.seconds))
        raise Problem(
            429,
            "rate_limited",
            f"This key is used too often. Call again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
    return found


def _check_method(request, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise Problem(
            405,
            "method_not_allowed",
            f"Use {allowed} here.",
            headers={"Allow": allowed},
        )


def _refuse_constant(name: str):
    raise ValueError(name)
