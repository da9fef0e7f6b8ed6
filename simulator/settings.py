"""How the simulated Meta behaves when nothing is broken; changed at run time."""

from dataclasses import dataclass, fields

DAY = 86_400
TIERS = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
    "TIER_UNLIMITED": None,
}


class BadSetting(ValueError):
    """A name that does not exist or a value of the wrong kind."""


@dataclass(slots=True)
class Settings:
    statuses: bool = True  # send status webhooks at all
    sent_after: float = 0.3  # seconds from accepted to sent
    delivered_after: float = 0.9  # seconds from sent to delivered
    read_after: float | None = None  # None = when the customer opens the chat
    mps: int = 80  # messages per second of a number without its own limit
    coexistence_mps: int = 20
    pair_rate: bool = True  # 1 per 6 seconds and person, 45 borrowed
    portfolio_limit: bool = True  # apply the tier to business-initiated people
    portfolio_limit_code: int = 131048  # Meta documents none of its own
    window_refusal: str = "sync"  # or "async": 131047 as failed status
    marketing_cap: int | None = None  # marketing templates per person and 7 days
    us_marketing_blocked: bool = True  # 131049 for marketing to US area codes
    instagram_echoes: bool = True
    human_agent: bool = True  # the Human Agent feature is approved
    webhook_connections: int = 8
    webhook_timeout: float = 10.0
    retry_scale: float = 1.0  # multiplies the gaps between webhook retries
    retry_cap: float = 60.0  # the longest gap, before scaling
    retry_for: float = 7 * DAY
    hold_for: float = 60.0  # quality assessment of a paced template
    tell_product_time: bool = True  # POST clock jumps to /dev/clock/
    public_profile: str = "advanced"  # or "standard": Feature Unavailable

    def change(self, changes: dict) -> None:
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise BadSetting(f"there is no setting {name!r}")
            _check_kind(name, value, KINDS[name])
        for name, value in changes.items():
            setattr(self, name, value)


KINDS = {f.name: str(f.type) for f in fields(Settings)}


def _check_kind(name: str, value: object, kind: str) -> None:
    accepted = {
        "<class 'bool'>": (bool,),
        "<class 'float'>": (int, float),
        "<class 'int'>": (int,),
        "<class 'str'>": (str,),
    }.get(kind, (int, float, type(None)))
    wrong_bool = isinstance(value, bool) and bool not in accepted
    if wrong_bool or not isinstance(value, accepted):
        raise BadSetting(f"{name} does not take {value!r}")
