"""Connecting numbers: every id is proved by using it with the token, then kept whole.

Nothing is saved before Meta has shown that the token may read the account and that the
number belongs to it. A half-finished connection is a DRAFT that can be resumed.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Workspace
from business_numbers import fixes, timeline, tokens
from business_numbers.graph import Grant, GraphError, call, pages
from business_numbers.models import BusinessAccount, Number, Pace, Portfolio
from business_numbers.oauth import InstagramLogin
from business_numbers.sync import sync_number, sync_templates
from converge import clock

ELSEWHERE = (
    "This number is connected to another Converge workspace. A number can be in one "
    "workspace only. If you move it, contacts, tags and conversations stay there."
)
NOTHING_GRANTED = (
    "Meta’s login gave Converge no WhatsApp Business Account. Go through it again and "
    "leave every permission switched on."
)
OFFERED_FIELDS = (
    "id,display_phone_number,verified_name,status,quality_rating,platform_type"
)


class CannotConnect(Exception):
    """Why not, in a sentence for the person who tried."""


@dataclass(frozen=True)
class Pasted:
    token: str
    waba_id: str
    phone_number_id: str


@dataclass(frozen=True)
class Proved:
    """A WhatsApp Business Account the token can be used with, and its numbers."""

    waba: dict
    numbers: dict[str, dict] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.waba.get("id"))


@dataclass(frozen=True)
class Token:
    text: str = field(repr=False)
    kind: str = ""
    expires_at: datetime | None = None
    by: str = ""


# --- by pasting -----------------------------------------------------------------------


def connect_whatsapp(workspace: Workspace, pasted: Pasted, label: str = "") -> Number:
    """Verify, subscribe, keep, sync. Raises CannotConnect and saves nothing on refusal."""
    proved = _prove(pasted.token, pasted.waba_id)
    if pasted.phone_number_id not in proved.numbers:
        raise CannotConnect(
            "This phone number ID does not belong to that WhatsApp Business Account."
        )
    _subscribe(pasted.token, pasted.waba_id)
    token = _looked_into(pasted.token)
    with transaction.atomic():
        account = _keep_account(workspace, proved, token)
        number = _keep_number(account, proved.numbers[pasted.phone_number_id], label)
    finish(number)
    return number


def _looked_into(token: str, by: str = "") -> Token:
    """Its kind and its end, where the app can ask; a foreign app's token is refused."""
    if not settings.META_APP_ID:
        return Token(token, by=by)
    try:
        seen = tokens.inspect(token)
    except GraphError as error:
        if error.code == 100:
            raise CannotConnect(
                "This token belongs to another Meta app. Make one for Converge’s app."
            ) from error
        raise CannotConnect(f"Meta refused: {error.meaning.words}") from error
    if seen.app_id and seen.app_id != settings.META_APP_ID:
        raise CannotConnect(
            "This token belongs to another Meta app. Make one for Converge’s app."
        )
    return Token(token, seen.kind, seen.expires_at, by)


def _prove(token: str, waba_id: str) -> Proved:
    grant = Grant.with_token(token, kind=BusinessAccount.WHATSAPP)
    try:
        waba = call(
            grant, "GET", waba_id, params={"fields": "id,name,owner_business_info"}
        )
        listed = pages(
            grant, f"{waba_id}/phone_numbers", {"fields": OFFERED_FIELDS, "limit": 100}
        )
        return Proved(waba, {str(item.get("id")): item for item in listed})
    except GraphError as error:
        raise CannotConnect(f"Meta refused: {error.meaning.words}") from error


def _subscribe(token: str, waba_id: str) -> None:
    grant = Grant.with_token(token, kind=BusinessAccount.WHATSAPP)
    try:
        call(grant, "POST", f"{waba_id}/subscribed_apps")
    except GraphError as error:
        raise CannotConnect(f"Meta refused: {error.meaning.words}") from error


# --- by login -------------------------------------------------------------------------


def accept_login(workspace: Workspace, text: str, by: str) -> list[BusinessAccount]:
    """Every account the new token works with, kept with it; numbers are chosen next."""
    token, proved = _prove_login(text, by)
    kept = []
    for found in proved:
        with transaction.atomic():
            kept.append(_keep_account(workspace, found, token))
        for number in kept[-1].numbers.in_use().exclude(status=Number.DRAFT):
            _connected_again(number, by)
    return kept


def accept_again(account: BusinessAccount, text: str, by: str) -> None:
    """The same account with a new token. One that lacks it or a number changes nothing."""
    token, proved = _prove_login(text, by)
    found = next((p for p in proved if p.id == account.meta_id), None)
    if found is None:
        raise CannotConnect(
            f"The login did not include {account}. The old permission was kept. Choose "
            "the same business and account at Meta."
        )
    numbers = list(account.numbers.in_use())
    lost = [n.label for n in numbers if n.meta_id not in found.numbers]
    if lost:
        raise CannotConnect(
            f"The login did not include {', '.join(lost)}. The old permission was kept."
        )
    with transaction.atomic():
        account = _keep_account(account.workspace, found, token)
    for number in account.numbers.in_use():
        _connected_again(number, by)


def _prove_login(text: str, by: str) -> tuple[Token, list[Proved]]:
    token = _looked_into(text, by)
    try:
        targets = tokens.inspect(text).targets
        if token.kind == BusinessAccount.USER:
            answer = tokens.lengthen(text, kind=BusinessAccount.WHATSAPP)
            ends = tokens.ends_at(answer, clock.now())
            token = Token(str(answer["access_token"]), token.kind, ends, by)
    except GraphError as error:
        raise CannotConnect(f"Meta refused: {error.meaning.words}") from error
    proved = []
    for waba_id in targets:
        try:
            proved.append(_prove(token.text, waba_id))
        except CannotConnect:
            continue  # a hint that did not hold: the others may
    if not proved:
        raise CannotConnect(NOTHING_GRANTED)
    return token, proved


def choose(account: BusinessAccount, phone_number_id: str) -> Number:
    """One of the numbers the login showed becomes ours: DRAFT, until it can receive."""
    seen = next((o for o in account.offered if o["id"] == phone_number_id), None)
    if seen is None:
        raise CannotConnect("This number was not part of the login.")
    number = _keep_number(account, seen, "", status=Number.DRAFT)
    finish(number)
    return number


def finish(number: Number) -> None:
    """Subscribe, look, and be ACTIVE when Meta says that the phone is registered."""
    grant = Grant.of(number.account)
    try:
        fixes.subscribe(number)
        sync_number(number, grant)
        if not number.account.templates_synced_at:
            sync_templates(number.account, grant)
        if number.is_coexistence:
            _ask_the_phone_app(number, grant)
    except GraphError as error:
        number.set_status(Number.ERROR, error.meaning.words)
        return
    if number.meta_status in ("CONNECTED", "") and not number.deregistered_at:
        number.set_status(Number.ACTIVE)
        timeline.note(
            number.account, "connected", number=number, by=number.account.authorised_by
        )


# What Meta gives of the phone app, in the order it wants to be asked; our word for each.
OF_THE_APP = (("smb_app_state_sync", "address book"), ("history", "history"))


def _ask_the_phone_app(number: Number, grant: Grant) -> None:
    """Whom it knows and what was said in it. Meta gives each once, within a day; when it
    does not, the number works all the same."""
    for kind, word in OF_THE_APP:
        body = {"messaging_product": "whatsapp", "sync_type": kind}
        try:
            call(grant, "POST", f"{number.meta_id}/smb_app_data", json=body)
        except GraphError as error:
            said = {"problem": error.meaning.words}
            timeline.note(number.account, f"{word} not given", said, number=number)
        else:
            timeline.note(number.account, f"{word} asked for", number=number)


def _connected_again(number: Number, by: str, kind: str = "reconnected") -> None:
    """The gap is dated on the timeline: what came in between may be missing."""
    try:
        fixes.subscribe(number)
        if number.is_whatsapp:
            sync_number(number, Grant.of(number.account))
    except GraphError as error:
        number.set_status(Number.ERROR, error.meaning.words)
    timeline.note(number.account, kind, number=number, by=by)


# --- Instagram ------------------------------------------------------------------------


def connect_instagram(workspace: Workspace, login: InstagramLogin, by: str) -> Number:
    grant = Grant.with_token(login.token, kind=BusinessAccount.INSTAGRAM)
    try:
        me = call(grant, "GET", "me", params={"fields": "id,user_id,username,name"})
    except GraphError as error:
        raise CannotConnect(f"Meta refused: {error.meaning.words}") from error
    meta_id = str(me.get("user_id") or me.get("id") or "")
    handle = str(me.get("username") or "")
    ends = clock.now() + timedelta(seconds=login.lives_for) if login.lives_for else None
    seen = {
        "id": meta_id,
        "display_phone_number": f"@{handle}",
        "verified_name": handle,
    }
    with transaction.atomic():
        account, is_first = BusinessAccount.objects.get_or_create(
            workspace=workspace, kind=BusinessAccount.INSTAGRAM, meta_id=meta_id
        )
        account.name = handle[:200]
        account.authorised_by = by[:120]
        account.keep_token(login.token, expires_at=ends, kind=BusinessAccount.USER)
        account.save()
        number = _keep_number(account, seen, handle)
    _connected_again(number, by, "connected" if is_first else "reconnected")
    return number


# --- keeping --------------------------------------------------------------------------


def _keep_account(workspace, proved: Proved, token: Token) -> BusinessAccount:
    account, _ = BusinessAccount.objects.get_or_create(
        workspace=workspace, kind=BusinessAccount.WHATSAPP, meta_id=proved.id
    )
    owner = proved.waba.get("owner_business_info")
    business_id = str(owner.get("id", "")) if isinstance(owner, dict) else ""
    if business_id:
        account.portfolio, _ = Portfolio.objects.get_or_create(
            meta_business_id=business_id
        )
    account.name = str(proved.waba.get("name", ""))[:200]
    account.offered = list(proved.numbers.values())
    account.authorised_by = token.by[:120]
    account.keep_token(token.text, expires_at=token.expires_at, kind=token.kind)
    account.save()
    return account


def _keep_number(
    account: BusinessAccount, seen: dict, label: str, *, status: str = Number.ACTIVE
) -> Number:
    """A number this workspace had before comes back with its history, retired or not."""
    name = str(seen.get("verified_name") or "")
    mine = Number.objects.filter(
        workspace_id=account.workspace_id, kind=account.kind, meta_id=seen["id"]
    ).order_by("-id")
    number = mine.first() or Number(
        workspace_id=account.workspace_id,
        kind=account.kind,
        meta_id=seen["id"],
        status=status,
    )
    number.account, number.retired_at = account, None
    number.display = str(seen.get("display_phone_number") or "")
    number.label = (label or number.label or name or seen["id"])[:60]
    number.verified_name = name[:120]
    if status == Number.ACTIVE:
        number.status, number.status_reason = status, ""
    try:
        with transaction.atomic():
            number.save()
    except IntegrityError as error:
        raise CannotConnect(ELSEWHERE) from error
    Pace.objects.get_or_create(number=number)
    return number
