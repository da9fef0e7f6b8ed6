"""Phone numbers as WhatsApp knows them: digits, with two spellings in some countries."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

# Area codes of the United States within +1 are the rest of the plan minus these.
NOT_US = frozenset(
    "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437"
    " 438 450 460 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709"
    " 742 753 778 780 782 807 819 825 867 873 879 902 905 942"  # Canada
    " 242 246 264 268 284 340 345 441 473 649 658 664 670 671 684 721 758 767 784 787"
    " 809 829 849 868 869 876 939".split()  # Caribbean and Pacific
)


def wa_id(text: str, region: str) -> str:
    """Digits as WhatsApp wants them, or "" when `text` is no phone number."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.E164
    ).removeprefix("+")


def shown(digits: str) -> str:
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return f"+{digits}"
    return phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def country(digits: str) -> str:
    """Two letters, or "" when the number does not tell."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(number) or ""


def variants(digits: str) -> tuple[str, ...]:
    """Every spelling that is the same WhatsApp account, the given one first.

    Brazil's ninth digit and Mexico's 1 are documented by Meta, Argentina's 9 is known
    from practice.
    """
    other = ""
    if match := re.fullmatch(r"55(\d\d)(9?)(\d{8})", digits):
        area, nine, rest = match.groups()
        other = f"55{area}{rest}" if nine else f"55{area}9{rest}"
    elif match := re.fullmatch(r"52(1?)(\d{10})", digits):
        other = f"52{match[2]}" if match[1] else f"521{match[2]}"
    elif match := re.fullmatch(r"54(9?)(\d{10})", digits):
        other = f"54{match[2]}" if match[1] else f"549{match[2]}"
    return (digits, other) if other else (digits,)


def is_us(digits: str) -> bool:
    return len(digits) == 11 and digits[0] == "1" and digits[1:4] not in NOT_US


def local_time(digits: str, now: datetime) -> str:
    """What time it is there, when the number's country has one time zone; else ""."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return ""
    zones = time_zones_for_number(number)
    if len(zones) != 1 or zones[0] == UNKNOWN_TIMEZONE:
        return ""
    return f"{now.astimezone(ZoneInfo(zones[0])):%H:%M}"
