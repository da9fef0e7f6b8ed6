from business_numbers.models.accounts import BusinessAccount, Portfolio, TierSlot
from business_numbers.models.events import (
    QuarantinedUpdate,
    UnknownTarget,
    WebhookEvent,
)
from business_numbers.models.numbers import Number, NumberEvent, Pace
from business_numbers.models.templates import Template

__all__ = [
    "BusinessAccount",
    "Number",
    "NumberEvent",
    "Pace",
    "Portfolio",
    "QuarantinedUpdate",
    "Template",
    "TierSlot",
    "UnknownTarget",
    "WebhookEvent",
]
