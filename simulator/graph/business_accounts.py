"""The WhatsApp Business Account node, its subscribed apps, and its portfolio."""

from simulator.exchange import Request, Response, answer_json
from simulator.graph.callbacks import read_override, verify_callback
from simulator.graph.errors import GraphError
from simulator.graph.fields import answer_page, select
from simulator.graph.health import describe_health
from simulator.graph.nodes import App, Business, User
from simulator.subscriptions import WHATSAPP
from simulator.world import BusinessAccount, PhoneNumber, Token

NODE_TYPE = "WhatsAppBusinessAccount"
DEFAULT = ("id", "name", "timezone_id", "message_template_namespace")


def read(sim, request: Request, account: BusinessAccount, token: Token) -> Response:
    return answer_json(select(request, NODE_TYPE, list_fields(sim, account), DEFAULT))


def list_fields(sim, account: BusinessAccount) -> dict:
    return {
        "id": lambda: account.id,
        "name": lambda: account.name,
        "timezone_id": lambda: account.timezone_id,
        "currency": lambda: account.currency,
        "country": lambda: account.country,
        "message_template_namespace": lambda: f"ns_{account.id}",
        "account_review_status": lambda: account.review_status,
        "business_verification_status": lambda: account.verification_status,
        "status": lambda: "DISABLED" if account.locked else "ACTIVE",
        "ownership_type": lambda: "SELF",
        "is_enabled_for_insights": lambda: True,
        "primary_business_location": lambda: account.country,
        "marketing_messages_lite_api_status": lambda: "ELIGIBLE",
        "marketing_messages_onboarding_status": lambda: "ELIGIBLE",
        "disable_marketing_messages_on_cloud_api": lambda: account.marketing_disabled,
        "auth_international_rate_eligibility": lambda: None,
        "on_behalf_of_business_info": lambda: None,
        "owner_business_info": lambda: _describe_owner(sim),
        "whatsapp_business_manager_messaging_limit": lambda: sim.world.tier,
        "health_status": lambda: describe_health(sim, account),
        "subscribed_apps": lambda: {"data": _list_apps(sim, account)},
        "phone_numbers": lambda: {"data": _list_numbers(sim, account)},
    }


def change(sim, request: Request, account: BusinessAccount, token: Token) -> Response:
    fields = request.read_fields()
    if "disable_marketing_messages_on_cloud_api" in fields:
        wanted = fields["disable_marketing_messages_on_cloud_api"]
        account.marketing_disabled = str(wanted).lower() == "true"
    return answer_json({"success": True})


def read_apps(
    sim, request: Request, account: BusinessAccount, token: Token
) -> Response:
    return answer_json({"data": _list_apps(sim, account)})


async def subscribe(
    sim, request: Request, account: BusinessAccount, token: Token
) -> Response:
    """An empty POST also removes an override, as at Meta."""
    fields = request.read_fields()
    override = read_override(fields)
    if override and token.app_id not in account.subscribed_apps:
        raise GraphError(
            100,
            message=(
                "(#100) Before override the current callback uri, your app must be "
                "subscribed to receive messages for WhatsApp Business Account"
            ),
        )
    if override:
        await verify_callback(sim, override)
    account.override = override
    account.subscribed_apps.add(token.app_id)
    return answer_json({"success": True})


def unsubscribe(
    sim, request: Request, account: BusinessAccount, token: Token
) -> Response:
    account.subscribed_apps.discard(token.app_id)
    account.override = None
    return answer_json({"success": True})


def read_owned(sim, request: Request, business: Business, token: Token) -> Response:
    items = [
        {"id": account.id, "name": account.name, "currency": account.currency}
        for account in sim.world.accounts.values()
        if account.id in token.targets
    ]
    return answer_page(request, sim.options.base_url, items)


def read_business(sim, request: Request, business: Business, token: Token) -> Response:
    return answer_json({"id": business.id, "name": business.name})


def read_user(sim, request: Request, user: User, token: Token) -> Response:
    return answer_json({"id": user.id, "name": user.name})


def read_app(sim, request: Request, app: App, token: Token) -> Response:
    return answer_json({"id": app.id, "name": "Simulated app"})


def _describe_owner(sim) -> dict:
    return {"id": sim.world.business_id, "name": sim.world.business_name}


def _list_apps(sim, account: BusinessAccount) -> list[dict]:
    apps = []
    for app_id in sorted(account.subscribed_apps):
        app: dict = {
            "whatsapp_business_api_data": {
                "id": app_id,
                "name": "Simulated app"
                if app_id == sim.options.app_id
                else "Other app",
                "link": f"https://apps.example.invalid/{app_id}",
            }
        }
        if account.override and app_id == sim.options.app_id:
            app["override_callback_uri"] = account.override.url
        apps.append(app)
    return apps


def _list_numbers(sim, account: BusinessAccount) -> list[dict]:
    return [
        {"id": number.id, "display_phone_number": number.display}
        for number in sim.world.numbers.values()
        if number.waba_id == account.id
    ]


def add_number(
    sim, request: Request, account: BusinessAccount, token: Token
) -> Response:
    """`POST /{waba}/phone_numbers`: a new number, not verified yet."""
    fields = request.read_fields()
    for name in ("cc", "phone_number", "verified_name"):
        if not fields.get(name):
            raise GraphError(100, message=f"(#100) The parameter {name} is required.")
    dial_code, local = str(fields["cc"]), str(fields["phone_number"])
    number = PhoneNumber(
        sim.ids.make_number("10"),
        account.id,
        dial_code + local,
        f"+{dial_code} {local}",
        str(fields["verified_name"]),
        account.country,
        dial_code,
        status="UNVERIFIED",
        quality_rating="UNKNOWN",
        name_status="PENDING_REVIEW",
        code_verification_status="NOT_VERIFIED",
        registered=False,
        pin=None,
        onboarded_at=sim.clock.now(),
    )
    sim.world.numbers[number.id] = number
    return answer_json({"id": number.id})


def read_subscriptions(sim, request: Request, app: App, token: Token) -> Response:
    _need_app_token(token)
    return answer_json({"data": sim.subscriptions.describe()})


async def change_subscription(
    sim, request: Request, app: App, token: Token
) -> Response:
    """`POST /{app}/subscriptions`: callback and fields of one object."""
    _need_app_token(token)
    fields = request.read_fields()
    subscription = sim.subscriptions.find(str(fields.get("object", WHATSAPP)))
    if subscription is None:
        raise GraphError(100, message="(#100) Param object is not known")
    uri = str(fields.get("callback_url", subscription.callback_url))
    wanted = {"override_callback_uri": uri, "verify_token": fields.get("verify_token")}
    override = read_override(wanted)
    if override:
        await verify_callback(sim, override)
        subscription.callback_url = override.url
    if fields.get("fields"):
        names = fields["fields"]
        names = names.split(",") if isinstance(names, str) else names
        subscription.fields = {str(name).strip() for name in names}
    subscription.active = True
    return answer_json({"success": True})


def delete_subscription(sim, request: Request, app: App, token: Token) -> Response:
    _need_app_token(token)
    fields = request.read_fields()
    subscription = sim.subscriptions.find(str(fields.get("object", WHATSAPP)))
    if subscription:
        subscription.active = False
    return answer_json({"success": True})


def _need_app_token(token: Token) -> None:
    if token.type != "APP":
        raise GraphError(
            15, message="(#15) This method must be called with an app access_token."
        )
