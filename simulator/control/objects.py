"""Changing single things: numbers, accounts, templates, tokens, people, codes."""

from simulator import customer, lifecycle
from simulator.chats import Message
from simulator.control.problems import (
    BadRequest,
    need_business,
    need_one_of,
    need_person,
    read_object,
)
from simulator.control.reports import describe_number, describe_person
from simulator.exchange import Request, Response, answer_json
from simulator.graph import instagram, oauth, templates
from simulator.graph.access import STATES
from simulator.message_templates import Template
from simulator.webhooks import coexistence
from simulator.webhooks.account_events import post_event
from simulator.world import WABA_ID, Token

NUMBER_FIELDS = {
    "status": str,
    "quality_rating": str,
    "name_status": str,
    "code_verification_status": str,
    "account_mode": str,
    "registered": bool,
    "is_on_biz_app": bool,
    "maintenance": bool,
    "mps": int,
    "pin": str,
    "wrong_pins": int,
    "locked_until": int | float,
    "onboarded_at": int | float,
    "allowed_recipients": list,
}
NULLABLE = ("mps", "pin")
ACCOUNT_FIELDS = {
    "locked": bool,
    "payment_missing": bool,
    "marketing_disabled": bool,
    "restrictions": list,
    "review_status": str,
}
TEMPLATE_STATES = (
    "APPROVED PENDING REJECTED PAUSED DISABLED FLAGGED IN_APPEAL ARCHIVED LOCKED "
    "LIMIT_EXCEEDED PENDING_DELETION REINSTATED"
).split()


def show_number(sim, request: Request, number_id: str) -> Response:
    return answer_json(
        describe_number(need_one_of(sim.world.numbers, number_id, "number"))
    )


def change_number(sim, request: Request, number_id: str) -> Response:
    number = need_one_of(sim.world.numbers, number_id, "number")
    _assign(number, read_object(request), NUMBER_FIELDS)
    return answer_json(describe_number(number))


def change_account(sim, request: Request, account_id: str) -> Response:
    account = need_one_of(sim.world.accounts, account_id, "account")
    _assign(account, read_object(request), ACCOUNT_FIELDS)
    return answer_json({"id": account.id, "name": account.name})


def change_template(sim, request: Request, template_id: str) -> Response:
    template = need_one_of(sim.world.templates, template_id, "template")
    wanted = read_object(request)
    if "status" in wanted:
        set_template_status(sim, template, str(wanted["status"]))
    if "quality" in wanted:
        set_quality(sim, template, str(wanted["quality"]))
    if "category" in wanted:
        set_category(sim, template, str(wanted["category"]))
    if "paced" in wanted:
        template.paced = bool(wanted["paced"])
    if "release" in wanted:
        lifecycle.end_hold(sim, template.id, release=bool(wanted["release"]))
    return answer_json({"id": template.id, "status": template.status})


def set_template_status(sim, template: Template, status: str) -> None:
    if status not in TEMPLATE_STATES:
        raise BadRequest(f"status is one of {', '.join(TEMPLATE_STATES)}")
    reason = "PROMOTIONAL" if status == "REJECTED" else "NONE"
    templates.set_status(sim, template, status, reason)
    if status == "REINSTATED":
        template.status = "APPROVED"


def set_quality(sim, template: Template, score: str) -> None:
    value = {
        "previous_quality_score": template.quality,
        "new_quality_score": score,
        **_name_template(template),
    }
    template.quality = score
    post_event(sim, template.waba_id, "message_template_quality_update", value)


def set_category(sim, template: Template, category: str) -> None:
    template.previous_category, template.category = template.category, category
    value = {
        **_name_template(template),
        "previous_category": template.previous_category,
        "new_category": category,
    }
    post_event(sim, template.waba_id, "template_category_update", value)


def change_token(sim, request: Request) -> Response:
    wanted = read_object(request)
    token = need_one_of(sim.world.tokens, str(wanted.get("token", "")), "token")
    if "state" in wanted:
        set_token_state(token, str(wanted["state"]))
    if "expires_in" in wanted:
        expires_in = wanted["expires_in"]
        token.expires_at = (
            sim.clock.now() + expires_in if expires_in is not None else 0.0
        )
    if "targets" in wanted:
        token.targets = tuple(wanted["targets"])
    return answer_json({"token": token.value, "state": token.state})


def set_token_state(token: Token, state: str) -> None:
    if state not in STATES:
        raise BadRequest(f"state is one of {', '.join(STATES)}")
    token.state = state


def change_person(sim, request: Request, person_id: str) -> Response:
    person = need_person(sim, person_id)
    wanted = read_object(request)
    if "phone_off" in wanted:
        customer.set_phone(sim, person, off=bool(wanted["phone_off"]))
    if "read_receipts" in wanted:
        person.read_receipts = bool(wanted["read_receipts"])
    if "hides_number" in wanted:
        person.hides_number = bool(wanted["hides_number"])
    if "blocked" in wanted:
        business = need_business(sim, wanted.get("number"))
        customer.set_blocked(sim, business.id, person, blocked=bool(wanted["blocked"]))
    if "marketing_stopped" in wanted:
        business = need_business(sim, wanted.get("number"))
        stopped = bool(wanted["marketing_stopped"])
        customer.set_marketing(sim, business, person, stopped=stopped)
    return answer_json(describe_person(person))


def open_chat(sim, request: Request) -> Response:
    """The customer looks at the chat: what was delivered is read."""
    wanted = read_object(request)
    business = need_business(sim, wanted.get("number"))
    customer.open_chat(sim, business.id, need_person(sim, wanted.get("customer")))
    return answer_json({"success": True})


def echo(sim, request: Request) -> Response:
    """The business answers in its own app, past the API."""
    wanted = read_object(request)
    business = need_business(sim, wanted.get("number"))
    person = need_person(sim, wanted.get("customer"))
    return answer_json({"id": type_in_app(sim, business, person, wanted.get("text"))})


def type_in_app(sim, business, person, text: object) -> str:
    text = str(text or "Replied from the app.")
    if business.kind == "phone":
        message_id = coexistence.send_echo(sim, business, person, text)
        content: dict = {"body": text}
    else:
        message_id, content = sim.ids.make_mid(), {"text": text}
    message = Message(
        message_id, business.id, person, True, "text", content, sim.clock.now()
    )
    message.status = "sent"
    sim.chats.add(message)
    if business.kind == "instagram":
        instagram.send_echo(sim, business, message, ours=False)
    return message_id


def make_code(sim, request: Request) -> Response:
    """An OAuth code as the login dialog would hand out."""
    wanted = read_object(request)
    kind = str(wanted.get("type", "SYSTEM_USER"))
    targets = tuple(wanted.get("accounts") or (WABA_ID,))
    code = oauth.make_code(
        sim,
        str(wanted.get("app_id", sim.options.app_id)),
        str(wanted.get("redirect_uri", "")),
        targets,
        kind,
        float(wanted.get("token_lives_for", oauth.SIXTY_DAYS)),
    )
    return answer_json({"code": code.value, "lives_for": oauth.CODE_LIVES_FOR})


def _name_template(template: Template) -> dict:
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def _assign(target, wanted: dict, known: dict) -> None:
    for name, value in wanted.items():
        if name not in known:
            raise BadRequest(f"{name!r} cannot be changed: {', '.join(known)}")
        if value is None and name in NULLABLE:
            continue
        if not isinstance(value, known[name]):
            raise BadRequest(f"{name} does not take {value!r}")
    for name, value in wanted.items():
        setattr(target, name, value)
