"""The little world the simulator begins with: one business, its assets, its tokens.

Everything here is data; what may be done with it is decided elsewhere.
"""

from dataclasses import dataclass, field

from simulator.message_templates import Template, make_templates
from simulator.people import Person, make_people

DAY = 86_400
BUSINESS_ID = "7401220036549901"
WABA_ID = "2093300456781001"
SECOND_WABA_ID = "2093300456781002"
SUPPORT_ID = "1065500783001101"
SHOP_ID = "1065500783001102"
BAKERY_ID = "1065500783001103"
INSTAGRAM_ID = "17841400222333001"
SYSTEM_TOKEN = "EAASIMsystemNorthwind0000000000000000000000000000000001"  # noqa: S105
SHORT_TOKEN = "EAASIMshortNorthwind00000000000000000000000000000000002"  # noqa: S105
INSTAGRAM_TOKEN = "IGAASIMnorthwindshop0000000000000000000000000000003"  # noqa: S105
WHATSAPP_SCOPES = (
    "public_profile",
    "whatsapp_business_management",
    "whatsapp_business_messaging",
    "business_management",
)
INSTAGRAM_SCOPES = ("instagram_business_basic", "instagram_business_manage_messages")


@dataclass(slots=True)
class Override:
    url: str
    verify_token: str


@dataclass(slots=True)
class BusinessAccount:
    """A WhatsApp Business Account."""

    id: str
    name: str
    business_id: str
    currency: str
    country: str
    timezone_id: str = "1"
    subscribed_apps: set[str] = field(default_factory=set)
    override: Override | None = None
    review_status: str = "APPROVED"
    verification_status: str = "verified"
    locked: bool = False
    payment_missing: bool = False
    marketing_disabled: bool = False
    restrictions: list[dict] = field(default_factory=list)

    kind = "waba"


@dataclass(slots=True)
class PhoneNumber:
    id: str
    waba_id: str
    digits: str
    display: str
    verified_name: str
    country_code: str
    dial_code: str
    status: str = "CONNECTED"
    quality_rating: str = "GREEN"
    name_status: str = "APPROVED"
    code_verification_status: str = "VERIFIED"
    account_mode: str = "LIVE"
    registered: bool = True
    is_on_biz_app: bool = False
    pin: str | None = "654321"
    mps: int | None = None  # messages per second; None = what the settings say
    sms_code: str | None = None
    wrong_pins: int = 0
    locked_until: float = 0.0
    last_pin_at: float = 0.0
    register_times: list[float] = field(default_factory=list)
    deregister_times: list[float] = field(default_factory=list)
    syncs_used: list[str] = field(default_factory=list)
    onboarded_at: float = 0.0
    override: Override | None = None
    allowed_recipients: list[str] = field(default_factory=list)
    maintenance: bool = False
    profile: dict = field(default_factory=dict)

    kind = "phone"
    channel = "whatsapp"


@dataclass(slots=True)
class InstagramAccount:
    id: str
    username: str
    name: str
    user_id: str
    subscribed_fields: set[str] = field(default_factory=set)
    message_access: bool = True

    kind = "instagram"
    channel = "instagram"

    @property
    def display(self) -> str:
        return f"@{self.username}"

    @property
    def verified_name(self) -> str:
        return self.name


@dataclass(slots=True)
class Token:
    value: str
    type: str  # USER, SYSTEM_USER, APP, INSTAGRAM
    app_id: str
    scopes: tuple[str, ...]
    targets: tuple[str, ...]  # WABAs and Instagram accounts; empty = none
    issued_at: float = 0.0
    expires_at: float = 0.0  # 0 = never
    state: str = "valid"
    user_id: str = "122100044455566"
    long_lived: bool = True


@dataclass(slots=True)
class World:
    accounts: dict[str, BusinessAccount]
    numbers: dict[str, PhoneNumber]
    instagram: dict[str, InstagramAccount]
    templates: dict[str, Template]
    people: dict[str, Person]
    tokens: dict[str, Token]
    tier: str = "TIER_2K"
    business_id: str = BUSINESS_ID
    business_name: str = "Northwind Group"


def make_world(app_id: str, instagram_app_id: str, now: float) -> World:
    people = make_people()
    return World(
        accounts={account.id: account for account in _make_accounts(app_id)},
        numbers={number.id: number for number in _make_numbers(now)},
        instagram={INSTAGRAM_ID: _make_instagram_account()},
        templates={template.id: template for template in make_templates(WABA_ID)},
        people={person.id: person for person in people},
        tokens={
            token.value: token for token in _make_tokens(app_id, instagram_app_id, now)
        },
    )


def _make_accounts(app_id: str) -> list[BusinessAccount]:
    return [
        BusinessAccount(
            WABA_ID,
            "Northwind Supply",
            BUSINESS_ID,
            "EUR",
            "GB",
            subscribed_apps={app_id},
        ),
        BusinessAccount(SECOND_WABA_ID, "Northwind Bakery", BUSINESS_ID, "EUR", "IE"),
    ]


def _make_numbers(now: float) -> list[PhoneNumber]:
    return [
        PhoneNumber(
            SUPPORT_ID,
            WABA_ID,
            "442079460821",
            "+44 20 7946 0821",
            "Northwind Support UK",
            "GB",
            "44",
            onboarded_at=now - 90 * DAY,
        ),
        PhoneNumber(
            SHOP_ID,
            WABA_ID,
            "493023125417",
            "+49 30 23125417",
            "Northwind Shop DE",
            "DE",
            "49",
            onboarded_at=now - 40 * DAY,
        ),
        PhoneNumber(
            BAKERY_ID,
            SECOND_WABA_ID,
            "35315550164",
            "+353 1 555 0164",
            "Northwind Bakery",
            "IE",
            "353",
            status="UNVERIFIED",
            quality_rating="UNKNOWN",
            code_verification_status="NOT_VERIFIED",
            registered=False,
            pin=None,
            onboarded_at=now,
        ),
    ]


def _make_instagram_account() -> InstagramAccount:
    return InstagramAccount(
        INSTAGRAM_ID,
        "northwind.shop",
        "Northwind Shop",
        "24681012141618001",
        subscribed_fields={
            "messages",
            "messaging_postbacks",
            "messaging_reactions",
            "messaging_referral",
            "messaging_seen",
            "message_edit",
        },
    )


def _make_tokens(app_id: str, instagram_app_id: str, now: float) -> list[Token]:
    wabas = (WABA_ID, SECOND_WABA_ID)
    return [
        Token(
            SYSTEM_TOKEN, "SYSTEM_USER", app_id, WHATSAPP_SCOPES, wabas, now - 30 * DAY
        ),
        Token(
            SHORT_TOKEN,
            "USER",
            app_id,
            WHATSAPP_SCOPES,
            wabas,
            now,
            expires_at=now + 2 * 3600,
            long_lived=False,
        ),
        Token(
            INSTAGRAM_TOKEN,
            "INSTAGRAM",
            instagram_app_id or app_id,
            INSTAGRAM_SCOPES,
            (INSTAGRAM_ID,),
            now - 2 * DAY,
            expires_at=now + 58 * DAY,
            user_id="24681012141618001",
        ),
    ]
