"""How Embedded Signup ends: a code, and a message to the page that opened the window.

The two travel apart and arrive in either order; some endings send only one, or neither.
"""

import json

from simulator.exchange import Response
from simulator.pages.phone import describe_world
from simulator.pages.render import render

ENDINGS = (
    ("FINISH", "Finish with a number"),
    ("FINISH_ONLY_WABA", "Finish without a number"),
    (
        "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING",
        "Finish with the WhatsApp Business app",
    ),
    ("CANCEL", "Leave at the phone number"),
    ("ERROR", "Report an error and leave"),
    ("CODE_FIRST", "Finish, the code arriving first"),
    ("FOREIGN", "Finish, with ids that were not granted"),
)
FOREIGN = "1065500783009999"


def finish(sim, fields: dict, accounts: list, code: str) -> Response:
    """`code` is used unless the ending is one without."""
    ending = str(fields.get("ending", "FINISH"))
    event = "FINISH" if ending in ("CODE_FIRST", "FOREIGN") else ending
    said = {
        "type": "WA_EMBEDDED_SIGNUP",
        "event": event,
        "version": "3",
        "data": _data(sim, ending, accounts),
    }
    context = {
        "origin": fields.get("origin", ""),
        "said": json.dumps(said),
        "code": code if event.startswith("FINISH") else "",
        "first": "code" if ending == "CODE_FIRST" else "",
        **describe_world(sim),
    }
    return render("finished.html", context)


def _data(sim, ending: str, accounts: list) -> dict:
    if ending == "CANCEL":
        return {"current_step": "PHONE_NUMBER_SETUP"}
    if ending == "ERROR":
        return {"error_message": "The number is in use.", "error_id": "524070"}
    data = {"waba_id": accounts[0].id if accounts else ""}
    if ending == "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING":
        return data
    data["business_id"] = sim.world.business_id
    if ending != "FINISH_ONLY_WABA":
        data["phone_number_id"] = FOREIGN if ending == "FOREIGN" else _phone(sim, data)
    return data


def _phone(sim, data: dict) -> str:
    """The newest number of the account, as the window would have just made it."""
    mine = [n for n in sim.world.numbers.values() if n.waba_id == data["waba_id"]]
    return max(mine, key=lambda n: n.onboarded_at).id if mine else ""


def is_popup(request_fields: dict) -> bool:
    return request_fields.get("display") == "popup"
