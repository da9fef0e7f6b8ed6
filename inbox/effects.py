"""What follows from facts: wishes to be left alone, unreachable numbers, changed numbers.

Everything here is recomputed or decided by Meta's time, so the order of arrival does not
matter.
"""

from datetime import timedelta

from django.db.models import Max, Q

from accounts.models import Workspace
from business_numbers import refusals
from business_numbers.models import Number
from converge import bulk, clock
from inbox import outgoing, tags
from inbox.models import Contact, Event, Identity, Tag
from inbox.placed import Placed
from inbox.states import ARRIVED, State
from inbox.statuses import Known

MARKETING_STOPPED = 131050
# Often enough for people to look at, and rarely enough for a busy row.
NUMBER_SEEN_EVERY = timedelta(seconds=1)


def follow_arrivals(placed: list[Placed], new: set, conversations: dict) -> None:
    inbound = [p for p in placed if not p.fact.is_echo]
    if not inbound:
        return
    _hear_stop_words(inbound, conversations)
    _move_numbers(inbound, conversations)
    newest = {}
    for p in inbound:
        newest[p.number.id] = max(p.fact.at, newest.get(p.number.id, p.fact.at))
    for number, at in sorted(newest.items()):
        _seen(number, "last_inbound_at", at)
    if new:
        tags.lift_unreachable({p.contact for p in inbound})


def follow_statuses(settled: list[Known]) -> None:
    arrived = {k.contact for k in settled if k.state in ARRIVED}
    failed = [
        k
        for k in settled
        if k.has_failed_now and k.is_newest and k.state is State.FAILED
    ]
    tags.lift_unreachable(arrived)
    _tag_unreachable({k.contact for k in failed if _code(k) == tags.UNREACHABLE})
    stopped = {k.contact: k for k in failed if _code(k) == MARKETING_STOPPED}
    _tell_stopped(
        [
            contact
            for contact, known in sorted(stopped.items())
            if _set_preference(contact, known.at, stops=True)
        ]
    )


def follow_deliveries(reports: list) -> None:
    """When something we sent last arrived, by number: what "can send" is shown with."""
    newest = {}
    for status, number in reports:
        if status.state in ("delivered", "read"):
            newest[number.id] = max(status.at, newest.get(number.id, status.at))
    for number, at in sorted(newest.items()):
        _seen(number, "last_delivered_at", at)


def follow_refusals(reports: list) -> None:
    """Accepted first and refused by a report: it says the same about the number."""
    refused = {}
    for status, number in sorted(reports, key=lambda report: report[0].at):
        code = status.error.get("code")
        if status.state == "failed" and type(code) is int and code in refusals.FIXES:
            refused[number.id, code] = (number, status.at)
    for (_, code), (number, at) in sorted(refused.items()):
        refusals.note(number, code, at)


def keep_preferences(placed: list[Placed]) -> None:
    stopped = []
    for p in sorted(placed, key=lambda p: p.fact.at):
        is_news = _set_preference(p.contact, p.fact.at, stops=p.fact.stops_marketing)
        if is_news and p.fact.stops_marketing and p.number.is_listened:
            stopped.append(p.contact)
    _tell_stopped(stopped)


def _set_preference(contact: int, at, *, stops: bool) -> bool:
    """Whether it is news."""
    before = bulk.fetch(PREFER, [contact, stops, at, at])
    return bool(before) and before[0][0] is not stops


PREFER = """
WITH before AS (
  SELECT id, refuses_marketing FROM inbox_contact WHERE id = %s FOR NO KEY UPDATE)
UPDATE inbox_contact c SET refuses_marketing = %s, marketing_changed_at = %s FROM before
WHERE c.id = before.id
  AND (c.marketing_changed_at IS NULL OR c.marketing_changed_at <= %s)
RETURNING before.refuses_marketing
"""


def _tell_stopped(contacts: list[int]) -> None:
    outgoing.opted_out(contacts, scope="marketing", how="whatsapp")


def _code(known: Known) -> int | None:
    return known.error.get("code")


def _hear_stop_words(inbound: list[Placed], conversations: dict) -> None:
    heard = {
        p.contact: p
        for p in inbound
        if p.fact.kind in ("text", "button") and tags.is_stop_word(p.fact.body)
    }
    heard = _without_older_than_a_lift(heard) if heard else {}
    wishes = [
        tags.Wish(
            p.number.workspace_id, contact, p.fact.at, f"{tags.WROTE}{p.fact.body}”"
        )
        for contact, p in heard.items()
    ]
    granted = tags.grant(wishes, Tag.DND) if wishes else []
    rows = [
        _event(heard[w.contact], conversations, "dnd_on", {"word": w.reason})
        for w in granted
    ]
    bulk.insert(Event, rows)
    told = [w.contact for w in granted if heard[w.contact].number.is_listened]
    outgoing.opted_out(told, scope="all", how="stop word")


def _without_older_than_a_lift(heard: dict[int, Placed]) -> dict[int, Placed]:
    """A wish that comes late does not undo what was agreed after it."""
    lifted = dict(
        Event.objects.filter(kind="dnd_off", conversation__contact__in=heard)
        .values_list("conversation__contact")
        .annotate(Max("at"))
    )
    return {
        contact: p
        for contact, p in heard.items()
        if contact not in lifted or p.fact.at > lifted[contact]
    }


def _tag_unreachable(contacts: set[int]) -> None:
    twice = tags.unreachable(contacts)
    if not twice:
        return
    automatic = Workspace.objects.filter(suggests_do_not_send=False)
    found = Contact.objects.filter(id__in=twice, workspace__in=automatic)
    now = clock.now()
    tags.grant(
        [
            tags.Wish(workspace, pk, now, "2 failed deliveries in a row")
            for pk, workspace in found.values_list("id", "workspace_id")
        ],
        Tag.DO_NOT_SEND,
    )


def _move_numbers(inbound: list[Placed], conversations: dict) -> None:
    """A customer changed number: the new one is the same contact, if it is free."""
    now, identities, events = clock.now(), [], []
    for p in inbound:
        system = p.fact.payload.get("system") if p.fact.kind == "system" else None
        new = str((system or {}).get("wa_id") or "")
        if not new.isdigit():
            continue
        identities.append(
            {
                "workspace_id": p.number.workspace_id,
                "contact_id": p.contact,
                "kind": Identity.WA_ID,
                "scope": "",
                "value": new[:20],
                "created_at": now,
            }
        )
        events.append(_event(p, conversations, "number_changed", {"to": new[:20]}))
    bulk.insert(Identity, identities)
    bulk.insert(Event, events)


def _event(p: Placed, conversations: dict, kind: str, data: dict) -> dict:
    return {
        "workspace_id": p.number.workspace_id,
        "conversation_id": conversations[p.contact, p.number.id],
        "at": p.fact.at,
        "kind": kind,
        "data": data,
        "source": f"{kind} {p.seq}",
    }


def _seen(number: int, column: str, at) -> None:
    Number.objects.filter(
        Q(**{column: None}) | Q(**{f"{column}__lt": at - NUMBER_SEEN_EVERY}), id=number
    ).update(**{column: at})
