from business_numbers.models.accounts import BusinessAccount, Portfolio, TierSlot
from business_numbers.models.checks import (
    CheckRun,
    LiveTest,
    Recovery,
    RegistrationAttempt,
)
from business_numbers.models.events import (
    QuarantinedUpdate,
    UnknownTarget,
    WebhookEvent,
)
from business_numbers.models.numbers import Number, NumberEvent, Pace
from business_numbers.models.templates import Template

__all__ = [
    "BusinessAccount",
    "CheckRun",
    "LiveTest",
    "Number",
    "NumberEvent",
    "Pace",
    "Portfolio",
    "QuarantinedUpdate",
    "Recovery",
    "RegistrationAttempt",
    "Template",
    "TierSlot",
    "UnknownTarget",
    "WebhookEvent",
]
