"""Connecting a number with a token and ids: each is proved by using it, then kept whole.

Nothing is saved before Meta has shown that the token may read the account and that the
number belongs to it.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Workspace
from business_numbers.graph import Grant, GraphError, call
from business_numbers.models import BusinessAccount, Number, Pace, Portfolio
from business_numbers.sync import sync_number, sync_templates
from converge import clock


class CannotConnect(Exception):
    """Why not, in a sentence for the person who tried."""


@dataclass(frozen=True)
class Pasted:
    token: str
    waba_id: str
    phone_number_id: str


def connect_whatsapp(workspace: Workspace, pasted: Pasted, label: str = "") -> Number:
    """Verify, subscribe, keep, sync. Raises CannotConnect and saves nothing on refusal."""
    grant = Grant.with_token(pasted.token, kind=BusinessAccount.WHATSAPP)
    waba, seen = _prove(grant, pasted)
    number = _keep(workspace, pasted, waba, seen, label)
    try:
        sync_number(number, grant)
        sync_templates(number.account, grant)
    except GraphError as error:
        number.status, number.status_reason = Number.ERROR, error.meaning.words
        number.save(update_fields=["status", "status_reason"])
    return number


def _prove(grant: Grant, pasted: Pasted) -> tuple[dict, dict]:
    try:
        waba = call(
            grant,
            "GET",
            pasted.waba_id,
            params={"fields": "id,name,owner_business_info"},
        )
        listed = call(grant, "GET", f"{pasted.waba_id}/phone_numbers")
        mine = {str(item.get("id")): item for item in listed.get("data", [])}
        if pasted.phone_number_id not in mine:
            raise CannotConnect(
                "This phone number ID does not belong to that WhatsApp Business Account."
            )
        call(grant, "POST", f"{pasted.waba_id}/subscribed_apps")
    except GraphError as error:
        raise CannotConnect(f"Meta refused: {error.meaning.words}") from error
    return waba, mine[pasted.phone_number_id]


def _keep(workspace, pasted: Pasted, waba: dict, seen: dict, label: str) -> Number:
    try:
        with transaction.atomic():
            account = _account(workspace, pasted, waba)
            name = str(seen.get("verified_name") or "")
            number, _ = Number.objects.in_use().update_or_create(
                workspace=workspace,
                kind=Number.WHATSAPP,
                meta_id=pasted.phone_number_id,
                defaults={
                    "account": account,
                    "display": str(seen.get("display_phone_number") or ""),
                    "label": (label or name or pasted.phone_number_id)[:60],
                    "verified_name": name[:120],
                    "status": Number.ACTIVE,
                    "status_reason": "",
                },
            )
            Pace.objects.get_or_create(number=number)
            return number
    except IntegrityError as error:
        raise CannotConnect(
            "This number is connected to another Converge workspace. A number can be in "
            "one workspace only. If you move it, contacts, tags and conversations stay "
            "there."
        ) from error


def _account(workspace, pasted: Pasted, waba: dict) -> BusinessAccount:
    account, _ = BusinessAccount.objects.get_or_create(
        workspace=workspace, kind=BusinessAccount.WHATSAPP, meta_id=pasted.waba_id
    )
    owner = waba.get("owner_business_info")
    business_id = str(owner.get("id", "")) if isinstance(owner, dict) else ""
    if business_id:
        account.portfolio, _ = Portfolio.objects.get_or_create(
            meta_business_id=business_id
        )
    account.name = str(waba.get("name", ""))[:200]
    account.keep_token(pasted.token)
    account.templates_synced_at = account.templates_synced_at or clock.now()
    account.save()
    return account
