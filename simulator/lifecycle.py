"""What becomes of an accepted message: its statuses, in the order the outcome says."""

import asyncio

from simulator.chats import RANK, Chat, Message
from simulator.inbound import receive
from simulator.outcomes import ORDINARY, Outcome
from simulator.webhooks.payloads import make_status
from simulator.webhooks.updates import Update


def start(sim, message: Message, outcome: Outcome = ORDINARY) -> None:
    if not sim.settings.statuses:
        return
    if outcome.held:
        message.status = "held"
        release = outcome.fail or "released"
        sim.clock.call_after(
            sim.settings.hold_for, lambda: _end_hold(sim, message, release)
        )
    elif outcome.course is not None:
        for status, after in outcome.course:
            _report_after(sim, message, status, after, outcome)
    elif outcome.fail:
        _report_after(sim, message, "failed", sim.settings.sent_after, outcome)
    else:
        _run_ordinary_course(sim, message, outcome)


def overtake(sim, message: Message, outcome: Outcome) -> list[Update]:
    """The first status now, to arrive before the send itself is answered."""
    first = (outcome.course or (("sent", 0.0),))[0][0]
    code = outcome.fail if first == "failed" else 0
    updates = report(sim, message, first, code, outcome.copies, wait=True)
    if first == "sent":
        sim.clock.call_after(
            sim.settings.delivered_after, lambda: _arrive(sim, message, outcome)
        )
    return updates


def report(
    sim, message: Message, status: str, code: int = 0, copies: int = 1, wait=False
) -> list[Update]:
    """Change the status and tell the product so."""
    at = sim.clock.now()
    message.raise_status(status)
    message.history.append((status, at))
    if code:
        message.error = {"code": code}
    sim.chats.touch(sim.chats.open(message.business_id, message.person))
    number = sim.world.numbers.get(message.business_id)
    if number is None or not sim.settings.statuses:
        return []
    updates = [make_status(number, message, status, at, code) for _ in range(copies)]
    for update in updates:
        if wait:
            update.answered = asyncio.get_running_loop().create_future()
        sim.sender.post(update)
    return updates


def deliver_waiting(sim, chat: Chat) -> None:
    """The phone is on again: everything sent meanwhile arrives."""
    for message in list(chat.messages):
        if message.outbound and message.status == "sent" and _reaches(sim, message):
            _deliver(sim, message)


def read_chat(sim, chat: Chat) -> None:
    """The customer looks at the chat: what was delivered is now read."""
    if chat.person.phone_off or not chat.person.read_receipts:
        return
    for message in list(chat.messages):
        if message.outbound and message.status == "delivered":
            report(sim, message, "read")


def end_hold(sim, template_id: str, *, release: bool) -> int:
    """The quality assessment of a template is over for every message held."""
    held = [
        message
        for chat in sim.chats.all()
        for message in chat.messages
        if message.status == "held"
        and message.template
        and message.template.id == template_id
    ]
    for message in held:
        _end_hold(sim, message, "released" if release else 132015)
    return len(held)


def _end_hold(sim, message: Message, release: str | int) -> None:
    if message.status != "held":
        return
    message.status = "accepted"
    if release == "released":
        _run_ordinary_course(sim, message, ORDINARY)
    else:
        report(sim, message, "failed", code=int(release))


def _run_ordinary_course(sim, message: Message, outcome: Outcome) -> None:
    def send() -> None:
        report(sim, message, "sent", copies=outcome.copies)
        if message.type != "reaction":
            sim.clock.call_after(
                sim.settings.delivered_after, lambda: _arrive(sim, message, outcome)
            )

    sim.clock.call_after(sim.settings.sent_after, send)


def _arrive(sim, message: Message, outcome: Outcome) -> None:
    if message.status != "sent" or not _reaches(sim, message):
        return
    _deliver(sim, message, outcome.copies)
    if outcome.reply:
        sim.clock.call_after(1.0, lambda: _reply(sim, message, outcome.reply))


def _reply(sim, message: Message, text: str) -> None:
    business = sim.business(message.business_id)
    receive(sim, business, message.person, "text", {"body": text})


def _reaches(sim, message: Message) -> bool:
    """Off, blocked or out of date: Meta then says nothing at all."""
    person = message.person
    if person.phone_off or message.business_id in person.blocked:
        return False
    lifetime = (message.template and message.template.ttl) or 30 * 86_400
    return sim.clock.now() - message.at <= lifetime


def _deliver(sim, message: Message, copies: int = 1) -> None:
    report(sim, message, "delivered", copies=copies)
    if sim.settings.read_after is not None:
        sim.clock.call_after(
            sim.settings.read_after, lambda: _read_by_itself(sim, message)
        )


def _read_by_itself(sim, message: Message) -> None:
    if RANK.get(message.status, 0) == RANK["delivered"]:
        report(sim, message, "read")


def _report_after(sim, message, status: str, after: float, outcome: Outcome) -> None:
    code = outcome.fail if status == "failed" else 0
    sim.clock.call_after(
        after, lambda: report(sim, message, status, code, outcome.copies)
    )
