"""`POST /{phone number id}/messages`: checked, limited, accepted, answered.

The order of the checks is this file's own; Meta promises none.
"""

import asyncio
import re

from simulator import lifecycle
from simulator.chats import Message
from simulator.directory import read_digits
from simulator.exchange import Manner, Request, Response, answer_json
from simulator.faults import AFTER_ACCEPTING
from simulator.graph import refusals
from simulator.graph.errors import GraphError, invalid, missing
from simulator.graph.message_types import TYPES, check_content
from simulator.graph.sending import Sending
from simulator.graph.template_parameters import check_parameters, find_template
from simulator.outcomes import ORDINARY, find_outcome
from simulator.people import Person
from simulator.webhooks.updates import Update
from simulator.world import PhoneNumber

LONGEST_OVERTAKING = 2.0  # seconds a send waits for its own first status
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def send(sim, request: Request, number: PhoneNumber, token) -> Response:
    body = read_body(request)
    if body.get("status") == "read":
        return mark_read(sim, number, body)
    return _send(sim, request, number, body)


def send_marketing(sim, request: Request, number: PhoneNumber, token) -> Response:
    """`POST /{phone number id}/marketing_messages`: marketing templates only."""
    body = read_body(request)
    if body.get("type") != "template":
        raise GraphError(134100)
    return _send(sim, request, number, body, marketing_only=True)


def read_body(request: Request) -> dict:
    try:
        body = request.read_json()
    except ValueError:
        body = request.read_fields() if "form" in request.content_type else None
    if not isinstance(body, dict):
        raise GraphError(100, message="(#100) The body is not a JSON object.")
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(
            100, message="(#100) The parameter messaging_product is required."
        )
    return body


def mark_read(sim, number: PhoneNumber, body: dict) -> Response:
    message = sim.chats.find(str(body.get("message_id", "")))
    if message is None or message.outbound or message.business_id != number.id:
        raise invalid("message_id is not a message this number received.")
    chat = sim.chats.open(number.id, message.person)
    for earlier in chat.messages:
        if not earlier.outbound and earlier.number <= message.number:
            earlier.status = "read"
    if body.get("typing_indicator"):
        chat.typing_until = sim.clock.now() + 25
    sim.chats.touch(chat)
    return answer_json({"success": True})


def _send(
    sim, request: Request, number: PhoneNumber, body: dict, *, marketing_only=False
) -> Response:
    sending = _read_sending(sim, number, body)
    if marketing_only and sending.template.category != "MARKETING":
        raise GraphError(134100)
    outcome = find_outcome(sending.digits)
    if outcome.http or not outcome.accepts or outcome.refuse:
        return refusals.refuse_by_outcome(sim, outcome)
    refusals.check_limits(sim, number, sending)
    late_failure = refusals.find_late_failure(sim, number, sending)
    if late_failure and outcome is ORDINARY:
        outcome = refusals.fail_with(late_failure)
    return _accept(sim, request, number, sending, outcome)


def _read_sending(sim, number: PhoneNumber, body: dict) -> Sending:
    refusals.check_number(sim, number)
    kind = body.get("type") or ("text" if "text" in body else None)
    if kind is None or kind not in TYPES:
        check_content(body, kind)
    person, digits = _read_recipient(sim, number, body)
    callback = body.get("biz_opaque_callback_data")
    if callback is not None and (not isinstance(callback, str) or len(callback) > 512):
        raise invalid("biz_opaque_callback_data must be at most 512 characters long.")
    context = body.get("context")
    context_id = str(context.get("message_id", "")) if isinstance(context, dict) else ""
    template = None
    if kind == "template":
        content = body.get("template")
        if not isinstance(content, dict):
            raise missing("template")
        template = find_template(sim.world.templates.values(), number.waba_id, content)
        check_parameters(template, content)
    else:
        check_content(body, kind)
    given = str(body.get("to") or body.get("recipient"))
    return Sending(
        kind, body[kind], person, digits, given, callback, context_id, template
    )


def _read_recipient(sim, number: PhoneNumber, body: dict) -> tuple[Person, str]:
    """`to` wins over `recipient` when both are there."""
    to, recipient = body.get("to"), body.get("recipient")
    if to in (None, "") and recipient in (None, ""):
        raise missing("to")
    if body.get("recipient_type", "individual") != "individual":
        raise invalid("recipient_type must be individual.")
    if to in (None, ""):
        return _read_user_id(sim, recipient), ""
    digits = read_digits(to, number.dial_code) if isinstance(to, str) else None
    if digits is None:
        raise invalid(f"Recipient phone number is not valid: {to!r}")
    return sim.directory.find_or_invent(digits), digits


def _read_user_id(sim, recipient: object) -> Person:
    if not isinstance(recipient, str) or not USER_ID.fullmatch(recipient):
        raise invalid("recipient is not a business-scoped user ID.")
    person = sim.directory.find(recipient)
    if person is None:
        raise invalid("recipient is not known to this portfolio.")
    return person


def _accept(sim, request, number, sending: Sending, outcome) -> Response:
    message = sim.chats.add(
        Message(
            id=sim.ids.make_wamid(sending.digits or sending.person.user_id),
            business_id=number.id,
            person=sending.person,
            outbound=True,
            type=sending.kind,
            content=sending.content,
            at=sim.clock.now(),
            context_id=sending.context_id,
            callback=sending.callback,
            template=sending.template,
            opened_conversation=sending.opens_conversation,
        )
    )
    response = answer_json(_describe_accepted(sending, message, outcome))
    response.manner = outcome.manner
    to = sending.digits or sending.person.user_id
    settle_journal_and_manner(sim, request, message, to, response)
    if not outcome.fail:
        _react(sim, message)
    _begin_course(sim, message, outcome, response)
    return response


def settle_journal_and_manner(
    sim, request: Request, message: Message, to: str, response: Response
) -> None:
    """From here on it is accepted, whatever becomes of the answer."""
    _choose_manner(sim, response)
    sim.journal.accept(
        request.body,
        at=message.at,
        real_at=sim.clock.real(),
        wamid=message.id,
        phone_number_id=message.business_id,
        to=to,
        type=message.type,
        callback=message.callback,
        answered=response.manner.value if response.status == 200 else "500",
    )


def _choose_manner(sim, response: Response) -> None:
    struck = sim.faults.strike_one_of(AFTER_ACCEPTING)
    if struck is None:
        return
    name = struck[0]
    if name == "http_500_after":
        response.status, response.body = 500, b""
    else:
        response.manner = AFTER_MANNERS[name]


AFTER_MANNERS = {
    "stall_after": Manner.STALL,
    "reset_after": Manner.RESET,
    "half_body_after": Manner.HALF_BODY,
    "close_kept_alive": Manner.CLOSE,
}


def _begin_course(sim, message: Message, outcome, response: Response) -> None:
    if outcome.held or (message.template and message.template.paced):
        lifecycle.start(sim, message, refusals.as_held(outcome))
        return
    if outcome.status_first or sim.faults.strike("status_before_answer"):
        updates = lifecycle.overtake(sim, message, outcome)
        response.after = _wait_for(updates)
        return
    lifecycle.start(sim, message, outcome)


async def _wait_for(updates: list[Update]) -> None:
    waiting = [update.answered for update in updates if update.answered]
    if waiting:
        await asyncio.wait(waiting, timeout=LONGEST_OVERTAKING)


def _react(sim, message: Message) -> None:
    if message.type != "reaction":
        return
    target = sim.chats.find(message.content["message_id"])
    if target:
        target.reactions["business"] = message.content["emoji"]


def _describe_accepted(sending: Sending, message: Message, outcome) -> dict:
    person = sending.person
    contact: dict = {"input": sending.given}
    if sending.digits:
        contact["wa_id"] = person.wa_id or sending.digits
    if person.user_id:
        contact["user_id"] = person.user_id
    described: dict = {"id": message.id}
    if sending.template:
        held = outcome.held or sending.template.paced
        described["message_status"] = (
            "held_for_quality_assessment" if held else "accepted"
        )
    return {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [described],
    }
