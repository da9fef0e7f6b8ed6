"""What Meta tells about accounts, numbers and templates, applied and kept on a timeline.

Each handler is idempotent and follows Meta's time; what has no handler is still kept.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from business_numbers.door import SELF_TEST
from business_numbers.models import (
    BusinessAccount,
    Number,
    NumberEvent,
    Portfolio,
    Template,
)
from business_numbers.webhook_facts import AccountChange
from converge import clock

TIERS = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1000,
    "TIER_2K": 2000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": None,
}
# Template events that are not the name of the status they lead to.
TEMPLATE_STATUS = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}
# Pauses by quality: three hours, six, then Meta disables the template.
PAUSES = {"FIRST_PAUSE": timedelta(hours=3), "SECOND_PAUSE": timedelta(hours=6)}
BIZ_INITIATED = "RESTRICTED_BIZ_INITIATED_MESSAGING"


def apply(change: AccountChange, source: str) -> bool:
    """Apply one change to every workspace that has the account; False when none has."""
    accounts = BusinessAccount.objects.filter(
        kind=BusinessAccount.WHATSAPP, meta_id=change.account
    )
    accounts = list(accounts) or _by_target(change)
    for account in accounts:
        number = _number(account, change)
        is_new = _note(account, number, change, source)
        handler = HANDLERS.get(change.field)
        if is_new and handler:
            handler(account, number, change)
    return bool(accounts)


def _by_target(change: AccountChange) -> list[BusinessAccount]:
    numbers = Number.objects.in_use().filter(meta_id=change.target)
    return [n.account for n in numbers.select_related("account")]


def _number(account: BusinessAccount, change: AccountChange) -> Number | None:
    digits = "".join(filter(str.isdigit, change.display))
    for number in account.numbers.filter(retired_at=None):
        same = digits and "".join(filter(str.isdigit, number.display)) == digits
        if same or (change.target and number.meta_id == change.target):
            return number
    return None


def _note(account, number, change: AccountChange, source: str) -> bool:
    _, is_new = NumberEvent.objects.get_or_create(
        account=account,
        source=source,
        defaults={
            "workspace_id": account.workspace_id,
            "number": number,
            "at": change.at or clock.now(),
            "kind": f"{change.field} {change.event}".strip()[:60],
            "data": change.value,
        },
    )
    return is_new


def _template_status(account, number, change: AccountChange) -> None:
    value = change.value
    other = value.get("other_info") if isinstance(value.get("other_info"), dict) else {}
    at = change.at or clock.now()
    pause = PAUSES.get(str(other.get("title")))
    status = TEMPLATE_STATUS.get(change.event, change.event)
    _template(account, value).filter(
        Q(status_changed_at=None) | Q(status_changed_at__lte=at)
    ).update(
        status=status[:24],
        status_changed_at=at,
        rejected_reason=str(value.get("reason") or "")[:200],
        paused_until=at + pause if pause and status == "PAUSED" else None,
    )


def _template_quality(account, number, change: AccountChange) -> None:
    score = str(change.value.get("new_quality_score") or "")
    _template(account, change.value).update(quality=score[:12])


def _template_category(account, number, change: AccountChange) -> None:
    # 24 hours ahead `new_category` is still the current one, so this is safe twice.
    category = str(change.value.get("new_category") or "")
    if category:
        _template(account, change.value).update(category=category[:20])


def _template(account: BusinessAccount, value: dict):
    return Template.objects.filter(
        account=account, meta_id=str(value.get("message_template_id"))
    )


def _template_components(account, number, change: AccountChange) -> None:
    """Meta edited the text; the whole template comes with the next sync."""
    body = str(change.value.get("message_template_element") or "")
    for template in _template(account, change.value):
        for part in template.components:
            if part.get("type") == "BODY" and body:
                part["text"] = body
        template.save(update_fields=["components"])


REMOVED = ("PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_DELETED")
REMOVED += ("ACCOUNT_OFFBOARDED",)


def _account_update(account, number, change: AccountChange) -> None:
    event, value = change.event, change.value
    if event in REMOVED:
        if account.set_authorisation(BusinessAccount.DISCONNECTED, "access revoked"):
            account.save()
    elif event == "DISABLED_UPDATE":
        ban = value.get("ban_info") if isinstance(value.get("ban_info"), dict) else {}
        state = ban.get("waba_ban_state")
        account.numbers.update(is_banned=state == "DISABLE")
        if state == "REINSTATE":
            account.restriction = account.violation = ""
            account.save(update_fields=["restriction", "violation"])
            account.numbers.update(restricted_until=None)
    elif event == "ACCOUNT_VIOLATION":
        info = value.get("violation_info")
        kind = info.get("violation_type") if isinstance(info, dict) else ""
        account.violation = str(kind or "").replace("_", " ").lower()[:60]
        account.save(update_fields=["violation"])
    elif event == "ACCOUNT_RESTRICTION":
        _restrict(account, value)
    elif _is_quality(value):  # seen under the wrong field
        _quality(account, number, change)


def _is_quality(value: dict) -> bool:
    return value.get("event") in ("FLAGGED", "UNFLAGGED", "THROUGHPUT_UPGRADE") or (
        "current_limit" in value
    )


def _restrict(account: BusinessAccount, value: dict) -> None:
    kinds = []
    for info in value.get("restriction_info") or []:
        if isinstance(info, dict):
            kinds.append(str(info.get("restriction_type", "")))
    words = ", ".join(
        k.removeprefix("RESTRICTED_").replace("_", " ").lower() for k in kinds
    )
    account.restriction = words[:60]
    account.save(update_fields=["restriction"])
    for info in value.get("restriction_info") or []:
        if isinstance(info, dict) and info.get("restriction_type") == BIZ_INITIATED:
            until = info.get("expiration")
            at = (
                datetime.fromtimestamp(until, UTC)
                if isinstance(until, int)
                else clock.now() + timedelta(days=3650)
            )
            account.numbers.update(restricted_until=at)


def _capability(account, number, change: AccountChange) -> None:
    """Sent as a tier's name or as a number; both have been seen."""
    limit = change.value.get("max_daily_conversations_per_business")
    if limit is None or account.portfolio_id is None:
        return
    if isinstance(limit, str):
        if limit not in TIERS:
            return
        limit = TIERS[limit]
    elif limit < 0:
        limit = None
    Portfolio.objects.filter(id=account.portfolio_id).update(
        limit=limit, checked_at=clock.now()
    )


# Older events told the quality itself; newer ones tell limits only.
QUALITY = {"FLAGGED": "RED", "UNFLAGGED": "GREEN"}


def _quality(account, number, change: AccountChange) -> None:
    if number and change.event == "THROUGHPUT_UPGRADE":
        number.limit_per_second = 1000
        number.save(update_fields=["limit_per_second"])
    if number and change.event in QUALITY:
        number.quality = QUALITY[change.event]
        number.save(update_fields=["quality"])
    _capability(account, number, change)


def _name(account, number, change: AccountChange) -> None:
    decision = str(change.value.get("decision") or "")
    if number and decision:
        number.name_status = decision[:24]
        if decision == "APPROVED":
            wanted = str(change.value.get("requested_verified_name") or "")
            number.verified_name = wanted[:120] or number.verified_name
        number.save(update_fields=["name_status", "verified_name"])


def _security(account, number, change: AccountChange) -> None:
    if number and change.event in ("PIN_CHANGED", "PIN_REQUEST_SUCCESS"):
        number.has_pin = change.event == "PIN_CHANGED"
        number.save(update_fields=["has_pin"])


def _review(account, number, change: AccountChange) -> None:
    account.review_status = str(change.value.get("decision") or "")[:24]
    account.save(update_fields=["review_status"])


def _self_test(account, number, change: AccountChange) -> None:
    if number:
        number.last_event_at = clock.now()
        number.save(update_fields=["last_event_at"])


HANDLERS = {
    SELF_TEST: _self_test,
    "message_template_components_update": _template_components,
    "phone_number_name_update": _name,
    "security": _security,
    "account_review_update": _review,
    "message_template_status_update": _template_status,
    "message_template_quality_update": _template_quality,
    "template_category_update": _template_category,
    "account_update": _account_update,
    "business_capability_update": _capability,
    "phone_number_quality_update": _quality,
}
