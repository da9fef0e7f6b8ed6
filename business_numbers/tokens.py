"""Tokens: what is known about one, when it must be renewed, and why it died.

Authorisation is judged from calls with the token alone. Renewing is single flight across
processes; a token is replaced only by one that Meta just gave us.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from business_numbers import timeline
from business_numbers.errors import Verdict, token_cause
from business_numbers.graph import Grant, GraphError, app_grant, call, exchange
from business_numbers.models import BusinessAccount, Number
from converge import clock

RENEW_BEFORE = timedelta(days=20)
REAUTH_BEFORE = timedelta(days=14)
# Swept every ten minutes: what changes at Meta shows within fifteen.
CHECK_EVERY = timedelta(minutes=8)
LEASE = timedelta(minutes=2)
DEAD_CODES = (0, 102, 190)


@dataclass(frozen=True)
class Inspected:
    """What `debug_token` tells; its scopes are a hint only and not kept."""

    is_valid: bool
    app_id: str = ""
    kind: str = ""
    expires_at: datetime | None = None
    code: int | None = None
    subcode: int | None = None
    targets: tuple[str, ...] = ()


def inspect(token: str) -> Inspected:
    data = call(app_grant(), "GET", "debug_token", params={"input_token": token}).get(
        "data", {}
    )
    error = data.get("error") if isinstance(data.get("error"), dict) else {}
    expires = data.get("expires_at")
    return Inspected(
        is_valid=bool(data.get("is_valid")),
        app_id=str(data.get("app_id") or ""),
        kind=_kind(str(data.get("type") or ""), expires),
        expires_at=moment(expires),
        code=error.get("code"),
        subcode=error.get("subcode"),
        targets=_targets(data.get("granular_scopes")),
    )


def _kind(type_: str, expires) -> str:
    if type_ == "SYSTEM_USER":
        return BusinessAccount.BUSINESS if expires else BusinessAccount.SYSTEM
    return BusinessAccount.USER


def _targets(granular) -> tuple[str, ...]:
    """Accounts the grant names, newest first, each once."""
    found: dict[str, None] = {}
    for scope in granular if isinstance(granular, list) else []:
        if str(scope.get("scope", "")).startswith("whatsapp_business"):
            found |= dict.fromkeys(map(str, scope.get("target_ids") or ()))
    return tuple(found)


def moment(seconds) -> datetime | None:
    """Unix seconds; 0 is never."""
    if not isinstance(seconds, int) or seconds <= 0:
        return None
    return datetime.fromtimestamp(seconds, UTC)


# --- authorisation ----------------------------------------------------------------------


def note_refusal(
    account: BusinessAccount, error: GraphError, number: Number | None = None
) -> bool:
    """What a refused call says about the authorisation; True when that is news."""
    if error.meaning.verdict is not Verdict.REAUTHORISE:
        return False
    return refused(account, error.code, error.subcode, number)


def refused(
    account: BusinessAccount, code: int | None, subcode, number: Number | None = None
) -> bool:
    """A call was refused for the sake of the authorisation; True when that is news."""
    is_dead = code in DEAD_CODES
    state = BusinessAccount.DISCONNECTED if is_dead else BusinessAccount.REAUTH
    return change(account, state, token_cause(code or 0, subcode), number)


def change(
    account: BusinessAccount, state: str, cause: str, number: Number | None = None
) -> bool:
    if not account.set_authorisation(state, cause):
        return False
    account.save(update_fields=["authorisation", "cause", "authorisation_changed_at"])
    timeline.note(account, f"authorisation {state}", {"cause": cause}, number=number)
    return True


def check(account: BusinessAccount) -> None:
    """Use the account with its token; a call that works is what Connected means."""
    grant = Grant.of(account)
    path = account.meta_id if account.is_whatsapp else "me"
    try:
        call(grant, "GET", path, params={"fields": "id"})
        if account.is_whatsapp and settings.META_APP_ID:
            _keep_inspected(account, inspect(grant.token))
    except GraphError as error:
        note_refusal(account, error)
    else:
        if _is_cured(account):
            change(account, BusinessAccount.CONNECTED, "")
    account.token_checked_at = clock.now()
    account.save(update_fields=["token_checked_at"])


def _is_cured(account: BusinessAccount) -> bool:
    """A cause that a working call disproves; one about the future stays."""
    waits = account.cause in ("ending soon", "refresh failed", "")
    return account.authorisation != BusinessAccount.CONNECTED and not waits


def _keep_inspected(account: BusinessAccount, seen: Inspected) -> None:
    if seen.is_valid and (account.token_kind, account.token_expires_at) != (
        seen.kind,
        seen.expires_at,
    ):
        account.token_kind, account.token_expires_at = seen.kind, seen.expires_at
        account.save(update_fields=["token_kind", "token_expires_at"])


# --- renewing ---------------------------------------------------------------------------


def is_due(account: BusinessAccount, now: datetime) -> bool:
    """A person's token (and every Instagram token) is renewed while it still lives."""
    ends = account.token_expires_at
    is_renewable = account.token_kind == BusinessAccount.USER or not account.is_whatsapp
    return bool(is_renewable and ends and now < ends <= now + RENEW_BEFORE)


def renew(account_id) -> bool:
    """Ask Meta for a newer token, one process at a time. True when there is one."""
    now = clock.now()
    free = Q(refresh_begun_at=None) | Q(refresh_begun_at__lt=now - LEASE)
    mine = BusinessAccount.objects.filter(free, id=account_id)
    if not mine.update(refresh_begun_at=now):
        return False
    account = BusinessAccount.objects.get(id=account_id)
    if not account.token or not is_due(account, now):
        return False
    try:
        answer = lengthen(account.token.open(), kind=account.kind)
    except GraphError as error:
        _not_renewed(account, error)
        return False
    ends = ends_at(answer, now)
    account.keep_token(str(answer["access_token"]), expires_at=ends)
    account.refreshed_at, account.refresh_begun_at = now, None
    account.save()
    timeline.note(account, "token renewed", {"ends": ends and ends.isoformat()})
    return True


def ends_at(answer: dict, now: datetime) -> datetime | None:
    """When the token of Meta's answer ends. Now and then Meta does not say; then nobody
    knows before the next look at the token itself."""
    seconds = int(answer.get("expires_in") or 0)
    return now + timedelta(seconds=seconds) if seconds else None


def lengthen(token: str, *, kind: str) -> dict:
    """A token of 60 days for a living one."""
    if kind == BusinessAccount.INSTAGRAM:
        grant = Grant.with_token(token, kind=kind)
        query = {"grant_type": "ig_refresh_token"}
        return call(grant, "GET", "refresh_access_token", params=query)
    fields = {
        "grant_type": "fb_exchange_token",
        "client_id": settings.META_APP_ID,
        "client_secret": settings.META_APP_SECRET,
        "fb_exchange_token": token,
    }
    url = f"{settings.GRAPH_URL}/{settings.GRAPH_VERSION}/oauth/access_token"
    return exchange(url, fields)


def _not_renewed(account: BusinessAccount, error: GraphError) -> None:
    """Said early: a token that dies unrenewed must not be a surprise."""
    account.refresh_problem = error.meaning.words[:300]
    account.refresh_begun_at = None
    account.save(update_fields=["refresh_problem", "refresh_begun_at"])
    if note_refusal(account, error):
        return
    is_refusal = error.code is not None and not error.is_uncertain
    if is_refusal and account.authorisation == BusinessAccount.CONNECTED:
        change(account, BusinessAccount.REAUTH, "refresh failed")


def ask_in_time(account: BusinessAccount, now: datetime) -> None:
    """A token nobody can renew for them: say so while it still works."""
    ends = account.token_expires_at
    if not ends or account.authorisation == BusinessAccount.DISCONNECTED:
        return
    if ends <= now:
        change(account, BusinessAccount.DISCONNECTED, "expired")
        return
    is_near = ends <= now + REAUTH_BEFORE and not _renews_itself(account)
    if is_near and account.authorisation == BusinessAccount.CONNECTED:
        change(account, BusinessAccount.REAUTH, "ending soon")


def _renews_itself(account: BusinessAccount) -> bool:
    is_renewable = account.token_kind == BusinessAccount.USER or not account.is_whatsapp
    return is_renewable and not account.refresh_problem


def sweep() -> None:
    """Every account with a token: check it, renew it, ask in time. Each stands alone."""
    for account in BusinessAccount.objects.exclude(token=""):
        now = clock.now()
        ask_in_time(account, now)
        if account.authorisation == BusinessAccount.DISCONNECTED:
            continue
        if is_due(account, now):
            renew(account.id)
        account.refresh_from_db()
        checked = account.token_checked_at
        if checked is None or now - checked >= CHECK_EVERY:
            check(account)
