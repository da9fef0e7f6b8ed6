"""Telling people before a connection ends, and when it ended: by e-mail, once for each."""

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q
from django.urls import reverse

from accounts import roles
from accounts.models import Membership, User
from business_numbers import moments, timeline
from business_numbers.models import BusinessAccount, Number
from business_numbers.verdicts import CAUSES
from converge import clock

DAYS = (14, 7, 3, 1)


def cause_words(account: BusinessAccount) -> str:
    """The cause of a state that is not Connected, as a sentence without its end."""
    known = CAUSES.get(account.cause, "")
    return known[:1].upper() + known[1:]


def send_due() -> None:
    """What is new since the last mail; a mail is noted before it goes, so never twice."""
    for account in _changed():
        if _claim_change(account):
            _tell_authorisation(account)
    for account in BusinessAccount.objects.exclude(token_expires_at=None).exclude(
        token=""
    ):
        days = _due_warning(account)
        if days and _claim_warning(account, days):
            _warn(account, days)


def _changed():
    untold = Q(told_authorisation_at=None) | Q(
        told_authorisation_at__lt=F("authorisation_changed_at")
    )
    changed = BusinessAccount.objects.filter(untold).exclude(
        authorisation=BusinessAccount.CONNECTED
    )
    return changed.filter(Q(token_last4__gt="") | ~Q(cause=""))


def _claim_change(account: BusinessAccount) -> bool:
    """The row says it was told before it is; only one process gets to do it."""
    changed_at = account.authorisation_changed_at
    untold = Q(told_authorisation_at=None) | Q(told_authorisation_at__lt=changed_at)
    mine = BusinessAccount.objects.filter(untold, id=account.id)
    return bool(mine.update(told_authorisation_at=changed_at))


def _claim_warning(account: BusinessAccount, days: int) -> bool:
    unsaid = Q(warned_days=None) | Q(warned_days__gt=days)
    mine = BusinessAccount.objects.filter(unsaid, id=account.id)
    return bool(mine.update(warned_days=days))


def _due_warning(account: BusinessAccount) -> int | None:
    """The smallest of 14, 7, 3, 1 that is reached and not said yet."""
    left = account.token_expires_at - clock.now()
    reached = [days for days in DAYS if left.total_seconds() <= days * 86_400]
    days = min(reached, default=None)
    if days is None or left.total_seconds() <= 0:
        return None
    said = account.warned_days
    return days if said is None or days < said else None


def _warn(account: BusinessAccount, days: int) -> None:
    timeline.note(account, "token ending", {"days": days})
    now, ends = clock.now(), account.token_expires_at
    _mail(
        account,
        f"Meta’s permission for {account} ends {moments.left(ends, now)}",
        f"Meta’s permission for {account} ends on {moments.day(ends, now)} "
        f"({moments.left(ends, now)}). Meta does not let us renew it without you. "
        "Reconnect before then.",
    )


def _tell_authorisation(account: BusinessAccount) -> None:
    cause = cause_words(account)
    because = f" Cause: {cause}." if cause else ""
    if account.authorisation == BusinessAccount.REAUTH:
        subject = f"Meta wants a person to confirm the connection for {account}"
        body = f"{subject}. Messages still flow until then.{because}"
    else:
        subject = f"Converge may not act for {account}"
        since = moments.said(account.authorisation_changed_at, clock.now())
        body = (
            f"{subject} since {since}. What customers write meanwhile may not reach "
            f"Converge.{because}"
        )
    _mail(account, subject, body)


def _mail(account: BusinessAccount, subject: str, body: str) -> None:
    slug = account.workspace.slug
    path = reverse("numbers:platform", args=[slug, account.kind])
    to = [user.email for user in who_may(account.workspace)]
    if to:
        send_mail(subject, f"{body}\n\n{settings.PUBLIC_URL}{path}\n", None, to)


def who_may(workspace) -> list[User]:
    """Those who may reconnect, owners first."""
    found = Membership.objects.filter(
        workspace=workspace, role__in=roles.MAY["manage_numbers"], user__is_active=True
    )
    found = found.select_related("user").order_by(F("role").desc(), "user__name")
    return [m.user for m in found]


def ask_owners(number: Number, asker: User, path: str) -> list[str]:
    people = who_may(number.workspace)
    send_mail(
        f"{asker.name} asks you to look at {number.label}",
        f"{number.label} ({number.display}) needs somebody who may reconnect it.\n\n"
        f"{settings.PUBLIC_URL}{path}\n",
        None,
        [p.email for p in people],
    )
    return [p.name for p in people]


def tell_code_sent(number: Number) -> None:
    """Support has asked Meta for the code somebody waits for."""
    path = reverse("numbers:recover", args=[number.workspace.slug, number.id])
    send_mail(
        f"The code for {number.label} is on its way",
        f"Meta sends it to {number.masked}. Type it into the wizard, never into an "
        f"e-mail.\n\n{settings.PUBLIC_URL}{path}\n",
        None,
        [user.email for user in who_may(number.workspace)],
    )
