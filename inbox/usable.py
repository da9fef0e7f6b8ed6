"""Why a template cannot be used: the send decision's own answer, for somebody not named yet."""

from dataclasses import dataclass

from business_numbers.models import BusinessAccount, Number, Template
from converge import clock
from inbox import words
from inbox.facts import about_template, gone
from inbox.gate import Allow, Facts, Hold, Sender, decide
from inbox.reasons import Reason
from inbox.tier import Ledger

NOBODY = "somebody new"


@dataclass(frozen=True)
class Usable:
    may: bool
    sentence: str = ""
    remedy: str = ""


def usable(template: Template, number: Number) -> Usable:
    """Asked as a teammate would ask who writes first, with every value filled in."""
    now = clock.now()
    facts = Facts(
        now=now,
        sender=Sender.AGENT,
        kind="template",
        is_whatsapp=number.is_whatsapp,
        gone=gone(number),
        template=about_template(template, number),
        hold=_hold(number),
        restricted_until=number.restricted_until,
        tier_free_at=_tier_free_at(number),
    )
    decision = decide(facts)
    if isinstance(decision, Allow):
        return Usable(True)
    until = getattr(decision, "until", None)
    fill = {
        "name": NOBODY,
        "until": words.clock_time(until, now) if until else "Meta says otherwise",
        "detail": getattr(decision, "detail", "").replace("_", " ").lower(),
    }
    said = decision.reason.value
    return Usable(False, said.sentence.format(**fill), said.remedy.format(**fill))


def _hold(number: Number) -> Hold | None:
    is_lost = number.account.authorisation == BusinessAccount.DISCONNECTED
    return Hold(Reason.REAUTHORISE) if is_lost else None


def _tier_free_at(number: Number):
    portfolio = number.account.portfolio
    return Ledger(portfolio).free_at("nobody counted yet") if portfolio else None
