"""The facts the send decision needs, loaded for many messages in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from business_numbers import phones
from business_numbers.models import BusinessAccount, Number, Template
from business_numbers.payloads import Address
from business_numbers.template_values import missing_values
from converge import clock
from inbox import pacing, tier
from inbox.gate import CAP_LASTS, Facts, Gone, Hold, Sender, TemplateFacts
from inbox.models import Attempt, ContactTag, Conversation, Identity, Tag
from inbox.reasons import Reason
from inbox.states import State
from inbox.window import Window

CAPPED = 131049


@dataclass(frozen=True)
class Ask:
    """One message to be decided on. `queued_at` is None while it is being composed."""

    conversation: Conversation
    sender: Sender
    kind: str
    template: Template | None = None
    values: dict | None = None
    may_send: bool = True
    generation: int | None = None
    queued_at: datetime | None = None
    message: object = None


class FactBook:
    """Loads once for all conversations asked about, then answers each by itself."""

    def __init__(self, asks: list[Ask], *, lock_tiers: bool = False):
        self.asks = asks
        self.now = clock.now()
        self.lock_tiers = lock_tiers
        self.contacts = {a.conversation.contact_id for a in asks}
        self.ledgers: dict[int, tier.Ledger] = {}

    def facts(self, ask: Ask) -> Facts:
        c, number = ask.conversation, ask.conversation.number
        address = self.address(c)
        codes = {t.tag.code for t in self.tagged[c.contact_id]}
        facts = Facts(
            now=self.now,
            sender=ask.sender,
            kind=ask.kind,
            is_whatsapp=number.is_whatsapp,
            is_queued=ask.queued_at is not None,
            waited=self.now - ask.queued_at if ask.queued_at else timedelta(),
            may_send=ask.may_send,
            is_blocked=c.contact.blocked_at is not None,
            takeover=c.takeover,
            is_stale=ask.generation is not None and ask.generation < c.generation,
            has_identity=address is not None,
            gone=gone(number),
            dnd=Tag.DND in codes,
            do_not_send=Tag.DO_NOT_SEND in codes,
            refuses_marketing=c.contact.refuses_marketing,
            capped_at=self._capped.get(c.contact_id),
            is_us_number=bool(
                isinstance(address, Address) and phones.is_us(address.wa_id)
            ),
            window=window_of(c),
            template=template_facts(ask, number),
            hold=self._hold(number),
            restricted_until=number.restricted_until,
            pair_free_at=self._pair(c, is_person=ask.sender is Sender.AGENT),
            has_unsettled=ask.message in self._unsettled,
        )
        return self._with_tier(facts, c, number)

    def address(self, conversation: Conversation) -> Address | str | None:
        """Where on its channel this person is: an Address, an IGSID, or nowhere."""
        number = conversation.number
        ids = self.identities[conversation.contact_id]
        if not number.is_whatsapp:
            return ids.get((Identity.IGSID, number.account.meta_id))
        scope = str(number.account.portfolio_id or number.account.meta_id)
        wa_id = ids.get((Identity.WA_ID, ""), "")
        user_id = ids.get((Identity.USER_ID, scope), "")
        return Address(wa_id, user_id) if wa_id or user_id else None

    def reserve_tier(self, facts: Facts, conversation: Conversation) -> None:
        portfolio = conversation.number.account.portfolio
        if facts.starts_conversation and portfolio:
            self._ledger(portfolio).reserve(self.person(conversation))

    def save_tiers(self) -> None:
        for ledger in self.ledgers.values():
            ledger.save()

    def person(self, conversation: Conversation) -> str:
        address = self.address(conversation)
        name = address if isinstance(address, str) else address.wa_id or address.user_id
        return tier.person_hash(name)

    def _with_tier(self, facts: Facts, conversation, number) -> Facts:
        portfolio = number.account.portfolio
        if not (facts.starts_conversation and facts.has_identity and portfolio):
            return facts
        free_at = self._ledger(portfolio).free_at(self.person(conversation))
        return Facts(**(facts.__dict__ | {"tier_free_at": free_at}))

    def _ledger(self, portfolio) -> tier.Ledger:
        if portfolio.id not in self.ledgers:
            people = {
                self.person(a.conversation)
                for a in self.asks
                if a.conversation.number.account.portfolio_id == portfolio.id
                and self.address(a.conversation)
            }
            ledger = tier.Ledger(portfolio, lock=self.lock_tiers, people=people)
            self.ledgers[portfolio.id] = ledger
        return self.ledgers[portfolio.id]

    @cached_property
    def identities(self) -> dict[int, dict]:
        """The first spelling seen of each kind is the one that is written to."""
        found = defaultdict(dict)
        rows = Identity.objects.filter(contact__in=self.contacts).order_by("-id")
        for contact, kind, scope, value in rows.values_list(
            "contact_id", "kind", "scope", "value"
        ):
            found[contact][kind, scope] = value
        return found

    @cached_property
    def tagged(self) -> dict[int, list[ContactTag]]:
        """Every tag of every contact asked about."""
        found = defaultdict(list)
        rows = ContactTag.objects.filter(contact__in=self.contacts)
        for tagged in rows.select_related("tag", "set_by").order_by("tag__name"):
            found[tagged.contact_id].append(tagged)
        return found

    @cached_property
    def _capped(self) -> dict[int, datetime]:
        if not any(a.template and a.template.is_marketing for a in self.asks):
            return {}
        rows = Attempt.objects.filter(
            contact__in=self.contacts,
            state=State.FAILED,
            error_code=CAPPED,
            started_at__gt=self.now - CAP_LASTS,
        ).order_by("started_at")
        return {a.contact_id: a.failed_at or a.started_at for a in rows}

    @cached_property
    def _recent(self) -> dict[tuple[int, int], list[datetime]]:
        found = defaultdict(list)
        rows = Attempt.objects.filter(
            contact__in=self.contacts, started_at__gt=self.now - pacing.PAIR_MEMORY
        ).exclude(state=State.CANCELLED)
        for contact, number, at in rows.values_list(
            "contact_id", "number_id", "started_at"
        ):
            found[contact, number].append(at)
        return found

    def _pair(self, c: Conversation, *, is_person: bool) -> datetime | None:
        if not any(a.queued_at for a in self.asks):
            return None  # only the outbox waits for it
        sent = self._recent[c.contact_id, c.number_id]
        return pacing.pair_free_at(sent, is_person=is_person)

    @cached_property
    def _unsettled(self) -> set:
        messages = [a.message for a in self.asks if a.message]
        if not messages:
            return set()
        rows = Attempt.objects.filter(
            message__in=messages, state__in=[State.SENDING, State.UNKNOWN]
        )
        return set(rows.values_list("message_id", flat=True))

    def _hold(self, number: Number) -> Hold | None:
        if number.account.authorisation == BusinessAccount.DISCONNECTED:
            return Hold(Reason.REAUTHORISE)
        pace = getattr(number, "pace", None)
        if pace and pace.slow_until and pace.slow_until > self.now:
            return Hold(Reason.SLOWED, pace.slow_until)
        return None


def gone(number: Number) -> Gone | None:
    if number.retired_at:
        return Gone.RETIRED
    if number.is_banned:
        return Gone.BANNED
    if number.deregistered_at:
        return Gone.DEREGISTERED
    return Gone.DRAFT if number.status == Number.DRAFT else None


def window_of(conversation: Conversation) -> Window:
    number = conversation.number
    return Window(
        conversation.last_inbound_at,
        human_agent=not number.is_whatsapp and number.has_human_agent,
    )


def template_facts(ask: Ask, number: Number) -> TemplateFacts | None:
    template, values = ask.template, ask.values
    if template is None:
        return None
    missing = missing_values(template, values) if values is not None else ()
    return about_template(template, number, missing)


def about_template(
    template: Template, number: Number, missing: tuple[str, ...] = ()
) -> TemplateFacts:
    return TemplateFacts(
        is_ours=template.account_id == number.account_id and not template.deleted_at,
        status=template.status,
        paused_until=template.paused_until,
        is_marketing=template.is_marketing,
        missing=tuple(missing),
    )
