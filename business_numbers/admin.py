"""Numbers, accounts and webhooks for support staff: what came, what was put aside, and why.

Never a token, never a PIN. Bodies of webhooks are shown with phone numbers and words masked.
"""

import json

from django.contrib import admin
from django.utils.html import format_html

from accounts.admin import ReadOnly
from business_numbers import parsing
from business_numbers.models import (
    BusinessAccount,
    Number,
    NumberEvent,
    Portfolio,
    Template,
    UnknownTarget,
    WebhookEvent,
)

# What people wrote and who they are; everything else of a webhook is Meta's.
PRIVATE = frozenset(
    "body caption text name formatted_name first_name last_name profile wa_id from to"
    " recipient_id phone emoji address url display_phone_number title description".split()
)


def masked(value, key: str = ""):
    """The shape of a webhook, without what it says about whom."""
    if isinstance(value, dict):
        return {k: masked(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v, key) for v in value]
    if key in PRIVATE and isinstance(value, str):
        return (
            f"•••{value[-4:]}" if value.isdigit() else f"••• ({len(value)} characters)"
        )
    return value


@admin.register(BusinessAccount)
class BusinessAccountAdmin(ReadOnly):
    list_display = ["name", "kind", "meta_id", "workspace", "authorisation", "cause"]
    search_fields = ["name", "meta_id"]
    list_filter = ["kind", "authorisation"]
    exclude = ["token"]


@admin.register(Number)
class NumberAdmin(ReadOnly):
    list_display = ["label", "display", "meta_id", "workspace", "status", "meta_status"]
    search_fields = ["display", "meta_id", "label", "account__meta_id"]
    list_filter = ["kind", "status"]


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnly):
    list_display = ["id", "channel", "received_at", "state", "attempts"]
    list_filter = ["state", "channel"]
    fields = ["channel", "received_at", "state", "attempts", "applied_at", "shown_body"]
    readonly_fields = ["shown_body"]
    show_full_result_count = False

    @admin.display(description="body, masked")
    def shown_body(self, event):
        try:
            shown = masked(parsing.load(bytes(event.body)))
        except parsing.Unreadable as error:
            return f"{len(event.body)} bytes that cannot be read: {error}"
        return format_html("<pre>{}</pre>", json.dumps(shown, indent=2)[:20_000])


@admin.register(NumberEvent)
class NumberEventAdmin(ReadOnly):
    list_display = ["at", "account", "number", "kind"]
    list_filter = ["kind"]


@admin.register(Template)
class TemplateAdmin(ReadOnly):
    list_display = ["name", "language", "account", "status", "category", "quality"]
    search_fields = ["name", "meta_id"]
    list_filter = ["status", "category"]


admin.site.register(Portfolio, ReadOnly)


@admin.register(UnknownTarget)
class UnknownTargetAdmin(ReadOnly):
    list_display = ["kind", "meta_id", "updates", "first_at", "last_at"]
    search_fields = ["meta_id"]
