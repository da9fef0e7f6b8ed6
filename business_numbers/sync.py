"""What Meta knows and we keep a copy of: a number's state, an account's templates."""

import contextlib
from datetime import datetime

from django.db import transaction

from business_numbers.changes import TIERS
from business_numbers.graph import Grant, GraphError, call, pages
from business_numbers.models import BusinessAccount, Number, Portfolio, Template
from converge import bulk, clock

NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,platform_type,"
    "throughput,is_on_biz_app,name_status,code_verification_status,is_pin_enabled,"
    "whatsapp_business_manager_messaging_limit"
)
TEMPLATE_FIELDS = (
    "id,name,language,category,status,components,parameter_format,quality_score,"
    "rejected_reason"
)
COEXISTENCE_LIMIT, STANDARD_LIMIT, HIGH_LIMIT = 20, 80, 1000


def sync_number(number: Number, grant: Grant) -> None:
    """Read a WhatsApp number as Meta sees it now."""
    seen = call(grant, "GET", number.meta_id, params={"fields": NUMBER_FIELDS})
    number.display = seen.get("display_phone_number") or number.display
    number.verified_name = str(seen.get("verified_name") or "")[:120]
    number.meta_status = str(seen.get("status") or "")[:24]
    number.quality = str(seen.get("quality_rating") or "")[:12]
    number.is_coexistence = bool(seen.get("is_on_biz_app"))
    number.name_status = str(seen.get("name_status") or "")[:24]
    number.is_verified = seen.get("code_verification_status") == "VERIFIED"
    number.has_pin = bool(seen.get("is_pin_enabled"))
    number.limit_per_second = _limit(seen)
    number.checked_at = clock.now()
    number.save()
    _keep_tier(number, seen.get("whatsapp_business_manager_messaging_limit"))


def _limit(seen: dict) -> int:
    """Messages a second, in and out together, as Meta grants it."""
    if seen.get("is_on_biz_app"):
        return COEXISTENCE_LIMIT
    throughput = seen.get("throughput")
    level = throughput.get("level") if isinstance(throughput, dict) else ""
    return HIGH_LIMIT if level == "HIGH" else STANDARD_LIMIT


def _keep_tier(number: Number, tier: str | None) -> None:
    if tier in TIERS and number.account.portfolio_id:
        Portfolio.objects.filter(id=number.account.portfolio_id).update(
            limit=TIERS[tier], checked_at=clock.now()
        )


def sync_templates(account: BusinessAccount, grant: Grant) -> int:
    """Every page of templates; those gone at Meta are marked deleted. How many there are."""
    now = clock.now()
    params = {"fields": TEMPLATE_FIELDS, "limit": 100}
    rows = {
        item["id"]: _template(account, item, now)
        for item in pages(grant, f"{account.meta_id}/message_templates", params)
        if isinstance(item.get("id"), str)
    }
    with transaction.atomic():
        bulk.insert(Template, [rows[key] for key in sorted(rows)], conflict=RENEW)
        gone = Template.objects.filter(account=account, deleted_at=None)
        gone.exclude(meta_id__in=rows).update(deleted_at=now)
        BusinessAccount.objects.filter(id=account.id).update(templates_synced_at=now)
    return len(rows)


# A status that a webhook told after this list was read is newer than the list.
RENEW = """(account_id, meta_id) DO UPDATE SET
  name = excluded.name, language = excluded.language, category = excluded.category,
  components = excluded.components, parameter_format = excluded.parameter_format,
  quality = excluded.quality, rejected_reason = excluded.rejected_reason,
  status = excluded.status, synced_at = excluded.synced_at, deleted_at = NULL,
  paused_until = CASE WHEN excluded.status = 'PAUSED'
    THEN numbers_template.paused_until END"""


def _template(account: BusinessAccount, item: dict, now: datetime) -> dict:
    score = item.get("quality_score")
    return {
        "workspace_id": account.workspace_id,
        "account_id": account.id,
        "meta_id": item["id"],
        "name": str(item.get("name", ""))[:512],
        "language": str(item.get("language", "")).replace("-", "_")[:12],
        "category": str(item.get("category", ""))[:20],
        "status": str(item.get("status", ""))[:24],
        "quality": str(score.get("score", ""))[:12] if isinstance(score, dict) else "",
        "parameter_format": str(item.get("parameter_format") or "POSITIONAL")[:12],
        "components": item.get("components") or [],
        "rejected_reason": str(item.get("rejected_reason") or "")[:200],
        "synced_at": now,
        "used_count": 0,
    }


def sync_account(account: BusinessAccount) -> None:
    """Numbers and templates of one WABA; a number that fails does not stop the rest."""
    grant = Grant.of(account)
    for number in account.numbers.in_use().select_related("account"):
        with contextlib.suppress(GraphError):
            sync_number(number, grant)
    sync_templates(account, grant)
