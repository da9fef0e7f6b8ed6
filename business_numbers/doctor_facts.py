"""Gathering what the diagnosis judges: every question to Meta at once, each with its answer.

A question that fails leaves its fact unknown and its error on the list; the others still
run. Nothing is written here but what Meta said about the number.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from django.conf import settings

from business_numbers.doctor import NO_ANSWER, Seen, Subscription
from business_numbers.door import knock
from business_numbers.graph import Grant, GraphError, app_grant, call
from business_numbers.models import Number
from converge import clock

PHONE_FIELDS = (
    "status,platform_type,code_verification_status,quality_rating,name_status,"
    "is_pin_enabled,is_on_biz_app,webhook_configuration"
)
OBJECTS = {"whatsapp": "whatsapp_business_account", "instagram": "instagram"}


@dataclass(frozen=True)
class Exchange:
    """One question as it was asked and what came back, fit to be shown."""

    step: int
    request: str
    answer: str


@dataclass
class Question:
    step: int
    request: str
    ask: Callable[[], dict]
    answer: dict | None = None
    error: GraphError | None = None

    def run(self) -> "Question":
        try:
            self.answer = self.ask()
        except GraphError as error:
            self.error = error
        return self

    def exchange(self) -> Exchange:
        if self.error:
            shown = f"{self.error}\n{self.error.details}".strip()
        else:
            shown = json.dumps(self.answer, indent=1, ensure_ascii=False)
        return Exchange(self.step, self.request, shown[:4000])


@dataclass(frozen=True)
class Gathered:
    seen: Seen
    exchanges: tuple[Exchange, ...] = ()
    error: GraphError | None = None  # what the account's own token met
    phone: dict = field(default_factory=dict)


def callback_of(kind: str) -> str:
    return f"{settings.PUBLIC_URL}/webhooks/{kind}"


def gather(number: Number) -> Gathered:
    """Ask everything at once, so that the slowest question is the whole wait."""
    account = number.account
    questions = {"app": _app(number), "door": _door(number)}
    if account.token:
        questions |= _with_token(number, Grant.of(account))
    with ThreadPoolExecutor(len(questions)) as pool:
        for _ in pool.map(Question.run, questions.values()):
            pass
    seen = _known(number)
    for name, question in questions.items():
        seen = _read(name, question, seen)
    own = [q.error for name, q in questions.items() if q.error and name not in WITHOUT]
    return Gathered(
        seen,
        tuple(q.exchange() for q in questions.values()),
        error=own[0] if own else None,
        phone=questions["phone"].answer or {} if "phone" in questions else {},
    )


WITHOUT = ("app", "door")  # asked without the account's token


def _known(number: Number) -> Seen:
    account = number.account
    return Seen(
        now=clock.now(),
        our_callback=callback_of(number.kind),
        is_whatsapp=number.is_whatsapp,
        status=number.status,
        status_reason=number.status_reason,
        status_changed_at=number.status_changed_at,
        authorisation=account.authorisation,
        cause=account.cause,
        registered_at=number.registered_at,
        deregistered_at=number.deregistered_at,
        retired_at=number.retired_at,
        is_coexistence=number.is_coexistence,
        last_inbound_at=number.last_inbound_at,
        problems=() if account.token else ("There is no token to ask Meta with.",),
    )


def _app(number: Number) -> Question:
    path = f"{settings.META_APP_ID or 'app'}/subscriptions"
    return Question(2, f"GET {path}", lambda: call(app_grant(), "GET", path))


def _door(number: Number) -> Question:
    url = callback_of(number.kind)
    return Question(2, f"GET {url}?hub.mode=subscribe", lambda: {"error": knock(url)})


def _with_token(number: Number, grant: Grant) -> dict[str, Question]:
    def ask(step: int, path: str, fields: str = "") -> Question:
        params = {"fields": fields} if fields else None
        request = f"GET {path}" + (f"?fields={fields}" if fields else "")
        return Question(step, request, lambda: call(grant, "GET", path, params=params))

    if not number.is_whatsapp:
        return {
            "apps": ask(3, f"{number.meta_id}/subscribed_apps"),
            "instagram": ask(4, number.meta_id, "id,username"),
        }
    return {
        "apps": ask(3, f"{number.account.meta_id}/subscribed_apps"),
        "phone": ask(4, number.meta_id, PHONE_FIELDS),
    }


def _read(name: str, question: Question, seen: Seen) -> Seen:
    if question.error:
        return replace(seen, problems=(*seen.problems, _problem(question.error)))
    return READERS[name](question.answer, seen)


def _problem(error: GraphError) -> str:
    if error.code is None:
        return NO_ANSWER
    return f"Meta refused: {error.meaning.words}"


def _read_app(answer: dict, seen: Seen) -> Seen:
    wanted = OBJECTS["whatsapp" if seen.is_whatsapp else "instagram"]
    for item in answer.get("data", []):
        if item.get("object") == wanted:
            names = [f["name"] if isinstance(f, dict) else f for f in item["fields"]]
            found = Subscription(
                str(item.get("callback_url") or ""),
                bool(item.get("active", True)),
                tuple(map(str, names)),
            )
            return replace(seen, subscription=found)
    return replace(seen, subscription=Subscription("", False, ()))


def _read_door(answer: dict, seen: Seen) -> Seen:
    return replace(seen, door=answer["error"])


def _read_apps(answer: dict, seen: Seen) -> Seen:
    apps = answer.get("data", [])
    if not seen.is_whatsapp:
        fields = tuple(f for app in apps for f in app.get("subscribed_fields", ()))
        return replace(seen, is_subscribed="messages" in fields, account_fields=fields)
    for app in apps:
        about = app.get("whatsapp_business_api_data") or {}
        if str(about.get("id")) == settings.META_APP_ID:
            override = str(app.get("override_callback_uri") or "")
            override = "" if override == seen.our_callback else override
            return replace(seen, is_subscribed=True, account_override=override)
    if not settings.META_APP_ID:  # installations that only paste tokens
        return replace(seen, problems=(*seen.problems, "META_APP_ID is not set."))
    return replace(seen, is_subscribed=False)


def _read_phone(answer: dict, seen: Seen) -> Seen:
    hooks = answer.get("webhook_configuration") or {}
    override = str(hooks.get("phone_number") or "")
    return replace(
        seen,
        meta_status=str(answer.get("status") or ""),
        is_registered=answer.get("platform_type") == "CLOUD_API",
        is_coexistence=bool(answer.get("is_on_biz_app")),
        number_override="" if override == seen.our_callback else override,
    )


def _read_instagram(answer: dict, seen: Seen) -> Seen:
    return replace(seen, meta_status=str(answer.get("username") or ""))


READERS = {
    "app": _read_app,
    "door": _read_door,
    "apps": _read_apps,
    "phone": _read_phone,
    "instagram": _read_instagram,
}
