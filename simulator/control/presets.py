"""Account-level webhooks by name, as Meta sends them on its own account.

Where Meta's own state would change with the event, the simulated state does too.
"""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.control.problems import BadRequest
from simulator.subscriptions import WHATSAPP
from simulator.webhooks.payloads import describe_contact, describe_number
from simulator.webhooks.updates import Update

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Preset:
    words: str  # on the control page's button
    field: str
    make: Callable  # (sim, number, account) → value
    entry: str = ""  # another entry id than the account's


def make_preset(sim, name: str, wanted: dict) -> Update:
    preset = PRESETS.get(name)
    if preset is None:
        raise BadRequest(f"there is no preset {name!r}: {', '.join(PRESETS)}")
    number = sim.world.numbers.get(str(wanted.get("number", "")))
    number = number or next(iter(sim.world.numbers.values()))
    account = sim.world.accounts[number.waba_id]
    value = preset.make(sim, number, account)
    return Update(
        WHATSAPP,
        preset.entry or account.id,
        preset.field,
        value,
        about=f"{preset.field} {value.get('event', '')}".strip(),
        business_id=number.id,
    )


def _waba_info(sim, account) -> dict:
    return {"waba_id": account.id, "owner_business_id": sim.world.business_id}


def _partner(event: str) -> Callable:
    return lambda sim, number, account: {
        "event": event,
        "waba_info": _waba_info(sim, account),
    }


def _partner_removed(sim, number, account) -> dict:
    account.subscribed_apps.discard(sim.options.app_id)
    info = {"reason": "ACCOUNT_DISCONNECTED", "initiated_by": "USER"}
    return {
        "event": "PARTNER_REMOVED",
        "waba_info": _waba_info(sim, account),
        "disconnection_info": info,
    }


def _partner_removed_bare(sim, number, account) -> dict:
    return {"phone_number": number.digits, "event": "PARTNER_REMOVED"}


def _restrict(sim, number, account) -> dict:
    restriction = {
        "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING",
        "expiration": int(sim.clock.now() + 3 * DAY),
    }
    account.restrictions = [restriction]
    return {"event": "ACCOUNT_RESTRICTION", "restriction_info": [restriction]}


def _disable(sim, number, account) -> dict:
    account.locked = True
    return _describe_ban("DISABLE")


def _reinstate(sim, number, account) -> dict:
    account.locked = False
    account.restrictions = []
    return _describe_ban("REINSTATE")


def _schedule_disable(sim, number, account) -> dict:
    return _describe_ban("SCHEDULE_FOR_DISABLE")


def _describe_ban(state: str) -> dict:
    info = {"waba_ban_state": state, "waba_ban_date": "November 28, 2026"}
    return {"event": "DISABLED_UPDATE", "ban_info": info}


def _violate(sim, number, account) -> dict:
    return {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}


def _review(decision: str) -> Callable:
    def make(sim, number, account) -> dict:
        account.review_status = decision
        return {"decision": decision}

    return make


def _name(decision: str) -> Callable:
    def make(sim, number, account) -> dict:
        number.name_status = "APPROVED" if decision == "APPROVED" else "DECLINED"
        reason = None if decision == "APPROVED" else "NAME_NOT_CONSISTENT"
        return {
            "display_phone_number": number.digits,
            "decision": decision,
            "requested_verified_name": number.verified_name,
            "rejection_reason": reason,
        }

    return make


def _quality(event: str, rating: str) -> Callable:
    def make(sim, number, account) -> dict:
        number.quality_rating = rating or number.quality_rating
        return {
            "display_phone_number": number.digits,
            "event": event,
            "current_limit": sim.world.tier,
            "max_daily_conversations_per_business": sim.world.tier,
        }

    return make


def _upgrade(sim, number, account) -> dict:
    number.mps = 1000
    return {
        "display_phone_number": number.digits,
        "event": "THROUGHPUT_UPGRADE",
        "max_daily_conversations_per_business": sim.world.tier,
    }


def _capability(tier: str, shown: object) -> Callable:
    def make(sim, number, account) -> dict:
        sim.world.tier = tier
        return {
            "max_daily_conversations_per_business": shown,
            "max_phone_numbers_per_business": 20,
        }

    return make


def _alert(sim, number, account) -> dict:
    return {
        "entity_type": "PHONE_NUMBER",
        "entity_id": number.id,
        "alert_info": {
            "alert_severity": "WARNING",
            "alert_status": "ACTIVE",
            "alert_type": "PROFILE_PICTURE_LOST",
            "alert_description": "The profile picture could not be kept.",
        },
    }


def _security(event: str) -> Callable:
    return lambda sim, number, account: {
        "display_phone_number": number.digits,
        "event": event,
        "requester": sim.world.business_id,
    }


def _username(sim, number, account) -> dict:
    return {
        "display_phone_number": number.digits,
        "username": "northwind",
        "status": "approved",
    }


def _account_error(sim, number, account) -> dict:
    error = {
        "code": 131031,
        "title": "Account has been locked",
        "message": "Account has been locked",
        "error_data": {"details": "Business account has been locked."},
    }
    return {**_begin(number), "errors": [error]}


def _unknown_number(sim, number, account) -> dict:
    stranger = {
        "display_phone_number": "15550001234",
        "phone_number_id": "999000111222333",
    }
    return {**_begin(number), "metadata": stranger, **_one_text(sim, "Wrong number?")}


def _sample(sim, number, account) -> dict:
    """What the App Dashboard's own "Test" button sends."""
    sample = {"display_phone_number": "16505551111", "phone_number_id": "123456123"}
    message = {
        "from": "16315551181",
        "id": "ABGGFlA5Fpa",
        "timestamp": "1504902988",
        "type": "text",
        "text": {"body": "this is a text message"},
    }
    contact = {"profile": {"name": "test user name"}, "wa_id": "16315551181"}
    return {
        "messaging_product": "whatsapp",
        "metadata": sample,
        "contacts": [contact],
        "messages": [message],
    }


def _stray_status(sim, number, account) -> dict:
    """A message another app of the account sent."""
    status = {
        "id": sim.ids.make_wamid("447700900112"),
        "status": "delivered",
        "timestamp": str(int(sim.clock.now())),
        "recipient_id": "447700900112",
    }
    return {**_begin(number), "statuses": [status]}


def _lost_media(sim, number, account) -> dict:
    value = {**_begin(number), **_one_text(sim, "")}
    message = value["messages"][0]
    del message["text"]
    message["type"] = "image"
    message["image"] = {"mime_type": "image/jpeg"}
    message["errors"] = [
        {
            "code": 131052,
            "title": "Media download error",
            "message": "Media download error",
            "error_data": {"details": "The file could not be fetched."},
        }
    ]
    return value


def _begin(number) -> dict:
    return {"messaging_product": "whatsapp", "metadata": describe_number(number)}


def _one_text(sim, text: str) -> dict:
    person = next(iter(sim.world.people.values()))
    message = {
        "from": person.wa_id,
        "id": sim.ids.make_wamid(person.wa_id),
        "timestamp": str(int(sim.clock.now())),
        "type": "text",
        "text": {"body": text},
    }
    return {"contacts": [describe_contact(person)], "messages": [message]}


UNKNOWN_WABA = "2093300456789999"
PRESETS: dict[str, Preset] = {
    "partner_added": Preset(
        "Partner added", "account_update", _partner("PARTNER_ADDED")
    ),
    "partner_removed": Preset("Partner removed", "account_update", _partner_removed),
    "partner_removed_bare": Preset(
        "Partner removed, number only", "account_update", _partner_removed_bare
    ),
    "account_offboarded": Preset(
        "Offboarded (app)", "account_update", _partner("ACCOUNT_OFFBOARDED")
    ),
    "account_reconnected": Preset(
        "Reconnected (app)", "account_update", _partner("ACCOUNT_RECONNECTED")
    ),
    "account_deleted": Preset("Deleted", "account_update", _partner("ACCOUNT_DELETED")),
    "account_restriction": Preset("Restricted, 3 days", "account_update", _restrict),
    "account_violation": Preset("Violation", "account_update", _violate),
    "scheduled_for_disable": Preset(
        "Scheduled for disabling", "account_update", _schedule_disable
    ),
    "disabled": Preset("Disabled", "account_update", _disable),
    "reinstated": Preset("Reinstated", "account_update", _reinstate),
    "review_approved": Preset(
        "Review approved", "account_review_update", _review("APPROVED")
    ),
    "review_rejected": Preset(
        "Review rejected", "account_review_update", _review("REJECTED")
    ),
    "alert": Preset("Alert: picture lost", "account_alerts", _alert),
    "tier_250": Preset(
        "Tier 250 (number)", "business_capability_update", _capability("TIER_250", 250)
    ),
    "tier_2k": Preset(
        "Tier 2K (text)",
        "business_capability_update",
        _capability("TIER_2K", "TIER_2K"),
    ),
    "tier_10k": Preset(
        "Tier 10K", "business_capability_update", _capability("TIER_10K", "TIER_10K")
    ),
    "flagged": Preset(
        "Flagged", "phone_number_quality_update", _quality("FLAGGED", "RED")
    ),
    "unflagged": Preset(
        "Unflagged", "phone_number_quality_update", _quality("UNFLAGGED", "GREEN")
    ),
    "throughput_upgrade": Preset(
        "Throughput 1,000/s", "phone_number_quality_update", _upgrade
    ),
    "name_approved": Preset(
        "Name approved", "phone_number_name_update", _name("APPROVED")
    ),
    "name_rejected": Preset(
        "Name rejected", "phone_number_name_update", _name("REJECTED")
    ),
    "pin_changed": Preset("PIN changed", "security", _security("PIN_CHANGED")),
    "pin_reset": Preset("PIN reset asked", "security", _security("PIN_RESET_REQUEST")),
    "username": Preset("Username approved", "business_username_update", _username),
    "account_error": Preset("Account-level error", "messages", _account_error),
    "unknown_number": Preset("Unknown number", "messages", _unknown_number),
    "unknown_waba": Preset(
        "Unknown account", "messages", _unknown_number, UNKNOWN_WABA
    ),
    "dashboard_test": Preset("Dashboard test", "messages", _sample, "0"),
    "stray_status": Preset("Status of another app", "messages", _stray_status),
    "lost_media": Preset("Picture that failed", "messages", _lost_media),
    "mislabelled": Preset(
        "Quality, wrong field name",
        "account_update",
        _quality("UNFLAGGED", ""),
    ),
}
