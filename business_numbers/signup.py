"""What the window of Embedded Signup tells the page, read as the hint it is. Pure.

Every id in it came through a browser: each is proved against what the token showed.
"""

import json
from dataclasses import dataclass

STEPS = {
    "BUSINESS_ACCOUNT_SELECTION": "choosing the business",
    "WABA_PHONE_PROFILE_PICKER": "choosing the account",
    "WHATSAPP_BUSINESS_PROFILE_SETUP": "the business profile",
    "PHONE_NUMBER_SETUP": "the phone number",
    "PHONE_NUMBER_VERIFICATION": "verifying the phone number",
    "PERMISSIONS": "the permissions",
}
MOST = 4000


@dataclass(frozen=True)
class Said:
    """`is_finish`: a code belongs to it. Else `words` say how the window ended."""

    is_finish: bool
    waba_id: str = ""
    phone_number_id: str = ""
    words: str = ""


def read(text: str) -> Said | None:
    """None when it is no message of Embedded Signup; other traffic is not ours to judge."""
    try:
        message = json.loads(text[:MOST])
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("type") != "WA_EMBEDDED_SIGNUP":
        return None
    data = message.get("data") if isinstance(message.get("data"), dict) else {}
    event = str(message.get("event"))
    if event.startswith("FINISH"):
        return Said(True, _id(data, "waba_id"), _id(data, "phone_number_id"))
    return Said(False, words=_ended(event, data))


def _id(data: dict, key: str) -> str:
    value = str(data.get(key) or "")
    return value if value.isdecimal() and len(value) <= 40 else ""


def _ended(event: str, data: dict) -> str:
    if event == "ERROR" or data.get("error_message"):
        number = str(data.get("error_id") or "")[:40]
        told = f" Tell Meta’s support the number {number}." if number.isalnum() else ""
        return f"Meta reported a problem and the window was left. Nothing was changed.{told}"
    step = STEPS.get(str(data.get("current_step")))
    at = f" at {step}" if step else ""
    return (
        f"The window was left{at}. Nothing was changed; begin again when you are ready."
    )
