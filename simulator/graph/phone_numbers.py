"""The phone number node: what Meta says about a number."""

from datetime import UTC, datetime

from simulator.exchange import Request, Response, answer_json
from simulator.graph.callbacks import read_override, verify_callback
from simulator.graph.fields import answer_page, pick, read_asked, select
from simulator.graph.health import describe_health
from simulator.graph.registration import set_pin
from simulator.subscriptions import WHATSAPP
from simulator.world import BusinessAccount, PhoneNumber, Token

NODE_TYPE = "WhatsAppBusinessPhoneNumber"
DEFAULT = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
    "id",
)


def read(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    return answer_json(select(request, NODE_TYPE, list_fields(sim, number), DEFAULT))


def read_all(sim, request: Request, account: BusinessAccount, token: Token) -> Response:
    """`GET /{waba}/phone_numbers`, newest onboarded first."""
    asked = read_asked(request, DEFAULT)
    numbers = sorted(
        (n for n in sim.world.numbers.values() if n.waba_id == account.id),
        key=lambda n: -n.onboarded_at,
    )
    items = [pick(asked, NODE_TYPE, list_fields(sim, number)) for number in numbers]
    return answer_page(request, sim.options.base_url, items)


async def change(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    """`POST /{phone}`: a new PIN, or a webhook override of its own."""
    fields = request.read_fields()
    if "webhook_configuration" in fields:
        override = read_override(fields["webhook_configuration"])
        if override:
            await verify_callback(sim, override)
        number.override = override
        return answer_json({"success": True})
    return set_pin(sim, number, fields)


def list_fields(sim, number: PhoneNumber) -> dict:
    """Every field as a function, so that nothing unasked for is worked out."""
    return {
        **_list_identity(number),
        **_list_state(sim, number),
        "webhook_configuration": lambda: describe_webhooks(sim, number),
        "health_status": lambda: describe_health(sim, number),
        "quality_score": lambda: {"score": number.quality_rating},
        "last_onboarded_time": lambda: _say(number.onboarded_at),
    }


def _list_identity(number: PhoneNumber) -> dict:
    return {
        "id": lambda: number.id,
        "display_phone_number": lambda: number.display,
        "verified_name": lambda: number.verified_name,
        "country_code": lambda: number.country_code,
        "country_dial_code": lambda: number.dial_code,
        "certificate": lambda: None,
        "new_certificate": lambda: None,
        "username": lambda: None,
        "is_official_business_account": lambda: False,
        "is_preverified_number": lambda: False,
        "search_visibility": lambda: "VISIBLE",
        "eligibility_for_api_business_global_search": lambda: "ELIGIBLE",
        "conversational_automation": lambda: None,
    }


def _list_state(sim, number: PhoneNumber) -> dict:
    return {
        "status": lambda: number.status,
        "quality_rating": lambda: number.quality_rating,
        "name_status": lambda: number.name_status,
        "new_name_status": lambda: "NONE",
        "code_verification_status": lambda: number.code_verification_status,
        "platform_type": lambda: "CLOUD_API" if number.registered else "NOT_APPLICABLE",
        "throughput": lambda: {"level": _level(sim, number)},
        "account_mode": lambda: number.account_mode,
        "is_pin_enabled": lambda: number.pin is not None,
        "is_on_biz_app": lambda: number.is_on_biz_app,
        "messaging_limit_tier": lambda: sim.world.tier,
        "whatsapp_business_manager_messaging_limit": lambda: sim.world.tier,
    }


def describe_webhooks(sim, number: PhoneNumber) -> dict:
    """The effective callback URLs, most particular first."""
    account = sim.world.accounts[number.waba_id]
    described = {}
    if number.override:
        described["phone_number"] = number.override.url
    if account.override:
        described["whatsapp_business_account"] = account.override.url
    subscription = sim.subscriptions.find(WHATSAPP)
    if subscription and subscription.active:
        described["application"] = subscription.callback_url
    return described


def _level(sim, number: PhoneNumber) -> str:
    if not number.registered:
        return "NOT_APPLICABLE"
    return "HIGH" if sim.mps_of(number) >= 1000 else "STANDARD"


def _say(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
