"""What support's search box finds: any id leads to the numbers it concerns.

A complaint is about a number, whatever was read out: so a WABA, a message and a person
bring their numbers along, each with its two verdicts and the sentence that says why.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.models import Case, User
from business_numbers import refusals, standing
from business_numbers.models import (
    BusinessAccount,
    CheckRun,
    Number,
    NumberEvent,
    UnknownTarget,
)
from business_numbers.standing import Standing
from business_numbers.verdicts import LIMITED, NO, OPEN
from converge import clock
from inbox.models import Attempt, Message

MOST = 20


@dataclass(frozen=True)
class Found:
    kind: str
    name: str
    detail: str
    url: str
    stands: Standing | None = None


def search(q: str) -> list[Found]:
    """Numbers first, by whatever way; then what else has this id."""
    accounts = BusinessAccount.objects.filter(meta_id=q).select_related("workspace")
    messages = _messages(q)
    people = User.objects.filter(email__iexact=q) if "@" in q else User.objects.none()
    wanted = (
        _named(q)
        | Q(account__in=accounts)
        | Q(id__in={m.number_id for m in messages})
        | Q(workspace__memberships__user__in=people)
    )
    numbers = _numbers(wanted)
    strangers = [] if numbers or accounts else _strangers(q)
    found = [*numbers, *_accounts(accounts), *map(_message, messages)]
    return [*found, *map(_person, people), *_cases(q), *strangers]


def troubled(most: int) -> list[Standing]:
    """Connected numbers that cannot receive or cannot send, as last known."""
    newest = CheckRun.objects.telling().filter(number=OuterRef("id"))
    newest = newest.values("cause")[:1]
    numbers = Number.objects.in_use().exclude(status=Number.DRAFT)
    refused = NumberEvent.objects.filter(number=OuterRef("id"), kind=refusals.KIND)
    numbers = numbers.annotate(broken=Subquery(newest)).filter(
        Exists(refused.filter(at__gt=OuterRef("last_delivered_at")))
        | Exists(refused) & Q(last_delivered_at=None)
        | ~Q(account__authorisation=BusinessAccount.CONNECTED)
        | Q(status=Number.ERROR)
        | ~Q(deregistered_at=None)
        | Q(is_banned=True)
        | Q(kind=Number.WHATSAPP) & ~Q(meta_status__in=OPEN)
        | Q(restricted_until__gt=clock.now())
        | Q(broken__isnull=False)
    )
    numbers = numbers.select_related("account__portfolio", "workspace")
    found = standing.of_numbers(list(numbers.order_by("-status_changed_at")[:most]))
    found = [s for s in found if s.judgement.needs_action or _is_limited(s)]
    return sorted(found, key=lambda s: not _is_down(s))


def _is_limited(stands: Standing) -> bool:
    return stands.judgement.send.answer == LIMITED


def _is_down(stands: Standing) -> bool:
    verdicts = stands.judgement
    return NO in (verdicts.receive.answer, verdicts.send.answer)


def _named(q: str) -> Q:
    """By Meta's id, its label, or the end of the phone number, however it is written."""
    wanted = Q(meta_id=q) | Q(label__iexact=q)
    written = "".join(filter(str.isdigit, q))
    digits = written.lstrip("0") if len(written) > 6 else written  # 020 7946 0821
    if len(digits) >= 4:
        by_digits = Number.objects.extra(
            where=["regexp_replace(display, '[^0-9]', '', 'g') LIKE %s"],
            params=[f"%{digits}"],
        ).values("id")
        wanted |= Q(id__in=by_digits)
    return wanted


def _numbers(wanted: Q) -> list[Found]:
    rows = Number.objects.filter(wanted).distinct()
    rows = rows.select_related("account__portfolio", "workspace").order_by("id")
    stands = standing.of_numbers(list(rows[:MOST]))
    return [
        Found(
            "Number",
            f"{s.number} {s.number.display}",
            f"{s.number.workspace}{', retired' if s.number.retired_at else ''}",
            reverse("support_number", args=[s.number.id]),
            s,
        )
        for s in sorted(stands, key=lambda s: not _is_down(s))
    ]


def _accounts(accounts) -> list[Found]:
    return [
        Found(
            "Account",
            str(a),
            f"{a.meta_id} in {a.workspace}",
            reverse("admin:numbers_businessaccount_change", args=[a.id]),
        )
        for a in accounts
    ]


def _messages(q: str) -> list[Attempt | Message]:
    """What we sent, or else what a customer sent."""
    if len(q) < 8:
        return []
    sent = list(Attempt.objects.known_as(q).select_related("number__workspace"))
    came = Message.objects.filter(number__in=Number.objects.values("id"), wamid=q)
    return sent or list(came.select_related("number__workspace"))


def _message(found: Attempt | Message) -> Found:
    place = f"{found.number} in {found.number.workspace}"
    if isinstance(found, Message):
        return Found("Message", found.wamid, f"Came {_at(found.at)}, {place}", "")
    return Found(
        "Message",
        found.wamid or str(found.id),
        f"{found.get_state_display()}, {place}",
        reverse("admin:inbox_attempt_change", args=[found.id]),
    )


def _at(moment) -> str:
    return f"{moment:%d %b, %H:%M}"


def _person(user: User) -> Found:
    return Found(
        "Person",
        user.name,
        user.email,
        reverse("admin:accounts_user_change", args=[user.id]),
    )


def _cases(q: str) -> list[Found]:
    return [
        Found(
            "Case",
            str(c),
            str(c.workspace),
            reverse("admin:accounts_case_change", args=[c.id]),
        )
        for c in Case.objects.filter(reference__iexact=q).select_related("workspace")
    ]


def _strangers(q: str) -> list[Found]:
    return [
        Found(
            "Nobody’s number",
            t.meta_id,
            f"{t.updates} webhooks, last {t.last_at:%d %b %H:%M}",
            reverse("admin:numbers_unknowntarget_change", args=[t.id]),
        )
        for t in UnknownTarget.objects.filter(meta_id=q)
    ]
