"""Refusals by rule: state of number and account, rates, window, opt-outs, media."""

from dataclasses import replace

from simulator.exchange import Response
from simulator.graph.area_codes import is_united_states
from simulator.graph.bare_answers import answer_http_error
from simulator.graph.errors import GraphError, invalid
from simulator.graph.message_types import MEDIA_TYPES
from simulator.graph.sending import Sending
from simulator.outcomes import ORDINARY, Outcome
from simulator.world import PhoneNumber

LOCKED_STATES = ("BANNED", "RESTRICTED")


def check_number(sim, number: PhoneNumber) -> None:
    """Can this number send at all?"""
    if not number.registered:
        raise GraphError(133010)
    if number.maintenance:
        raise GraphError(131057)
    account = sim.world.accounts[number.waba_id]
    if account.locked or number.status in LOCKED_STATES:
        raise GraphError(131031)
    if account.payment_missing:
        raise GraphError(131042, "Message failed to send: no valid payment method.")
    if number.status == "RATE_LIMITED":
        raise GraphError(131048)


def check_limits(sim, number: PhoneNumber, sending: Sending) -> None:
    """Everything that depends on who it is for and when."""
    _check_recipient(sim, number, sending)
    _check_marketing(sim, number, sending)
    _check_media(sim, sending)
    if not sim.limits.take_throughput(number.id, sim.mps_of(number)):
        raise GraphError(
            130429,
            "Message failed to send because there were too many messages sent from "
            "this phone number in a short period of time",
        )
    if sim.settings.pair_rate and not sim.limits.take_pair(
        number.id, sending.person.id
    ):
        raise GraphError(
            131056,
            "Message failed to send because there were too many messages sent from "
            "this phone number to the same phone number in a short period of time",
        )
    _check_window(sim, number, sending)


def find_late_failure(sim, number: PhoneNumber, sending: Sending) -> int:
    """The code of the failed status that will follow, or 0."""
    if _is_window_closed(sim, number, sending) and sending.template is None:
        return 131047
    if not sending.is_marketing or not sending.opens_conversation:
        return _find_media_failure(sim, sending) or _find_reaction_failure(sim, sending)
    blocked = sim.settings.us_marketing_blocked and is_united_states(sending.digits)
    cap = sim.settings.marketing_cap
    if blocked or (cap and not sim.limits.take_marketing(sending.person.id, cap)):
        return 131049
    return _find_media_failure(sim, sending)


def fail_with(code: int) -> Outcome:
    return replace(ORDINARY, fail=code)


def as_held(outcome: Outcome) -> Outcome:
    return replace(outcome, held=True)


def refuse_by_outcome(sim, outcome: Outcome) -> Response:
    if outcome.refuse:
        raise GraphError(outcome.refuse, f"Magic recipient: {outcome.words}")
    if outcome.http:
        return answer_http_error(outcome.http)
    return Response(manner=outcome.manner)


def _check_recipient(sim, number: PhoneNumber, sending: Sending) -> None:
    person = sending.person
    own = {other.digits for other in sim.world.numbers.values()}
    if sending.digits == number.digits:
        raise GraphError(131021)
    if sending.digits in own:
        raise GraphError(131021, "Another number of this business.")
    allowed = number.allowed_recipients
    if number.account_mode == "SANDBOX" and sending.digits not in allowed:
        raise GraphError(131030)
    if number.id in person.blocked_by:
        raise GraphError(130403)
    needs_phone = sending.template and sending.template.category == "AUTHENTICATION"
    if needs_phone and not sending.digits:
        raise GraphError(131062)


def _check_marketing(sim, number: PhoneNumber, sending: Sending) -> None:
    if not sending.is_marketing:
        return
    if sim.world.accounts[number.waba_id].marketing_disabled:
        raise GraphError(131063)
    if sending.person.marketing_stopped:
        raise GraphError(131050)


def _check_window(sim, number: PhoneNumber, sending: Sending) -> None:
    closed = _is_window_closed(sim, number, sending)
    if sending.template is None:
        if closed and sim.settings.window_refusal == "sync":
            raise GraphError(
                131047,
                "Message failed to send because more than 24 hours have passed since "
                "the customer last replied to this number.",
            )
        return
    sending.opens_conversation = closed
    if closed:
        _take_portfolio_place(sim, number, sending)


def _take_portfolio_place(sim, number: PhoneNumber, sending: Sending) -> None:
    account = sim.world.accounts[number.waba_id]
    if any(
        restriction["restriction_type"] == "RESTRICTED_BIZ_INITIATED_MESSAGING"
        for restriction in account.restrictions
    ):
        raise GraphError(368, "This account may not start conversations now.")
    if not sim.limits.take_portfolio(sending.person.id, sim.tier_limit()):
        raise GraphError(
            sim.settings.portfolio_limit_code,
            "The messaging limit of the business portfolio is reached for now.",
        )


def _is_window_closed(sim, number: PhoneNumber, sending: Sending) -> bool:
    chat = sim.chats.open(number.id, sending.person)
    return not chat.is_window_open(sim.clock.now())


def _check_media(sim, sending: Sending) -> None:
    """An uploaded id must exist; whether it fits is found out later."""
    media_id = _find_media_id(sending)
    if media_id and sim.media.find(media_id) is None:
        raise invalid(
            f"Media ID {media_id} is not a valid whatsapp business account media "
            "attachment ID"
        )


def _find_media_failure(sim, sending: Sending) -> int:
    accepted = MEDIA_TYPES.get(sending.kind)
    media_id = _find_media_id(sending)
    if not accepted or not media_id:
        return 0
    media = sim.media.find(media_id)
    fits = media is not None and media.mime_type.split(";")[0] in accepted
    return 0 if fits else 131053


def _find_reaction_failure(sim, sending: Sending) -> int:
    if sending.kind != "reaction":
        return 0
    target = sim.chats.find(sending.content["message_id"])
    gone = target is None or target.deleted or target.type == "reaction"
    too_old = target is not None and sim.clock.now() - target.at > 30 * 86_400
    return 131009 if gone or too_old else 0


def _find_media_id(sending: Sending) -> str:
    if sending.kind not in MEDIA_TYPES or not isinstance(sending.content, dict):
        return ""
    return str(sending.content.get("id") or "")
