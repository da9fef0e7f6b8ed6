"""What programs are shown of a message, a template, a number, and a refusal.

Names here are promises: they may be added to, never changed.
"""

from datetime import datetime

from business_numbers import template_values
from business_numbers.models import Number, Template
from converge import clock
from inbox import words
from inbox.gate import Refuse
from inbox.models import Attempt, Contact, Message
from inbox.reasons import Reason
from inbox.states import State

# The other states are called outside what they are called inside.
OUTSIDE = {State.SILENT: "no_report"}
NOT_AGAIN = "Converge does not send it again by itself; a report of Meta or a person in the inbox settles it."
HELD = "Meta holds it back while it judges the template."


def state(name: str) -> str:
    return OUTSIDE.get(State(name), name)


def message(found: Message) -> dict:
    """Where a message is, from its row and its attempts."""
    attempts = sorted(found.attempts.all(), key=lambda a: a.n)
    attempt = _telling(found, attempts)
    sent_for = getattr(found, "api_send", None)
    code, explanation = _why(found)
    return {
        "id": str(found.id),
        "state": state(found.state),
        "error_code": code,
        "explanation": explanation,
        "idempotency_key": sent_for.idempotency_key if sent_for else None,
        "origin": found.origin,
        "number": found.number.meta_id,
        "contact": str(found.contact.public_id),
        "conversation": str(found.conversation.public_id),
        "template": _template_name(found),
        "whatsapp_id": found.wamid or None,
        "attempts": len(attempts),
        "created_at": moment(found.at),
        "due_at": moment(found.due_at) if found.state == State.QUEUED else None,
        "sent_at": moment(attempt and attempt.sent_at),
        "delivered_at": moment(attempt and attempt.delivered_at),
        "read_at": moment(attempt and attempt.read_at),
        "failed_at": moment(attempt and attempt.failed_at),
    }


def template(found: Template) -> dict:
    return {
        "name": found.name,
        "language": found.language,
        "category": found.category,
        "status": found.status,
        "business_account": found.account.meta_id,
        "values": [
            {
                "part": v.key.partition(".")[0],
                "name": v.key.partition(".")[2],
                "kind": v.kind,
                "is_needed": v.is_needed,
                "example": v.example,
            }
            for v in template_values.variables(found)
        ],
    }


def number(found: Number) -> dict:
    return {
        "id": found.meta_id,
        "channel": found.kind,
        "display": found.display,
        "label": found.label,
        "status": found.status,
        "business_account": found.account.meta_id,
    }


def refusal(decision: Refuse, contact: Contact) -> dict:
    """The gate's word: its code, a sentence, what to do, and until when if that is known."""
    fill = _fill(contact, decision.until) | {"detail": decision.detail}
    return {
        "code": decision.reason.name.lower(),
        "message": decision.reason.sentence.format(**fill),
        "remedy": decision.reason.remedy.format(**fill),
        "until": moment(decision.until),
    }


def moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _telling(found: Message, attempts: list[Attempt]) -> Attempt | None:
    """The attempt the message's state comes from: the one with its id, else the newest."""
    same = [a for a in attempts if found.wamid and a.wamid == found.wamid]
    return (same or attempts or [None])[-1]


def _template_name(found: Message) -> dict | None:
    if found.template is None:
        return None
    return {"name": found.template.name, "language": found.template.language}


def _why(found: Message) -> tuple[str | None, str]:
    """The code and the words of what went wrong, or of what it waits for."""
    if found.state == State.FAILED:
        return _failure(found)
    if found.state == State.QUEUED and _waits(found):
        reason = found.decision["reason"]
        return reason.lower(), _refused(found, Reason[reason], found.due_at)
    told = {
        State.UNKNOWN: f"{words.UNKNOWN} {NOT_AGAIN}",
        State.SILENT: words.SILENT,
        State.HELD: HELD,
        State.CANCELLED: found.error_text or "Taken back before it was sent.",
    }
    return None, told.get(found.state, "")


def _failure(found: Message) -> tuple[str | None, str]:
    if found.error_code is None and "reason" in found.decision:
        reason = found.decision["reason"]
        return reason.lower(), _refused(found, Reason[reason], None)
    code = None if found.error_code is None else str(found.error_code)
    return code, words.failure(found.error_code, found.error_text)


def _waits(found: Message) -> bool:
    is_later = found.due_at is not None and found.due_at > clock.now()
    return is_later and "reason" in found.decision


def _refused(found: Message, reason: Reason, until: datetime | None) -> str:
    fill = _fill(found.contact, until) | {"detail": ""}
    return f"{reason.sentence} {reason.remedy}".strip().format(**fill)


def _fill(contact: Contact, until: datetime | None) -> dict:
    when = words.clock_time(until, clock.now()) + " UTC" if until else "later"
    return {"name": words.visible(contact.first_name), "until": when}
