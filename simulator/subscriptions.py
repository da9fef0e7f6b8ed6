"""What the app itself is subscribed to in the App Dashboard: callback and fields."""

from dataclasses import dataclass

from simulator.options import Options

WHATSAPP = "whatsapp_business_account"
INSTAGRAM = "instagram"
WHATSAPP_FIELDS = (
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "business_username_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "template_category_update",
    "user_id_update",
    "user_preferences",
)
INSTAGRAM_FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_reactions",
    "messaging_referral",
    "messaging_seen",
    "message_edit",
)


@dataclass(slots=True)
class Subscription:
    object: str
    callback_url: str
    verify_token: str
    fields: set[str]
    active: bool = True


class AppSubscriptions:
    def __init__(self, options: Options) -> None:
        token = options.verify_token
        self.by_object = {
            WHATSAPP: Subscription(
                WHATSAPP,
                f"{options.product}/webhooks/whatsapp",
                token,
                set(WHATSAPP_FIELDS),
            ),
            INSTAGRAM: Subscription(
                INSTAGRAM,
                f"{options.product}/webhooks/instagram",
                token,
                set(INSTAGRAM_FIELDS),
            ),
        }

    def find(self, name: str) -> Subscription | None:
        return self.by_object.get(name)

    def describe(self) -> list[dict]:
        return [
            {
                "object": item.object,
                "callback_url": item.callback_url,
                "active": item.active,
                "fields": [
                    {"name": name, "version": "v23.0"} for name in sorted(item.fields)
                ],
            }
            for item in self.by_object.values()
        ]
