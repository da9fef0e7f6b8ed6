"""Register, deregister, codes and PINs, with Meta's locks and counters.

Three wrong PINs lock the register call; while locked every further try extends the
lock, and the number has to be verified by code again before it opens.
"""

from simulator.exchange import Request, Response, answer_json
from simulator.graph.errors import GraphError, missing
from simulator.webhooks.account_events import post_event
from simulator.world import PhoneNumber, Token

HOUR = 3600
WINDOW = 72 * HOUR
MOST_PER_WINDOW = 10
WRONG_PINS_ALLOWED = 2
LOCK_FOR = HOUR
PINS_APART = 1.0  # seconds between two guesses
REGIONS = "AU ID IN JP SG KR DE CH GB BR BH ZA AE CA".split()


def register(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    fields = request.read_fields()
    pin = _read_pin(fields)
    if fields.get("data_localization_region", "DE") not in REGIONS:
        raise GraphError(100, message="(#100) data_localization_region is not known")
    _count(sim, number.register_times)
    _check_lock(sim, number)
    if number.code_verification_status != "VERIFIED":
        raise GraphError(133006)
    _compare_pin(sim, number, pin)
    number.registered = True
    number.status = "CONNECTED"
    number.onboarded_at = sim.clock.now()
    return answer_json({"success": True})


def deregister(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    if number.is_on_biz_app:
        raise GraphError(
            100,
            message=(
                "(#100) Numbers used in the WhatsApp Business app cannot be "
                "deregistered through the API."
            ),
        )
    if not number.registered:
        raise GraphError(133010)
    _count(sim, number.deregister_times)
    number.registered = False
    number.status = "DISCONNECTED"
    number.code_verification_status = "EXPIRED"
    return answer_json({"success": True})


def request_code(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    fields = request.read_fields()
    if fields.get("code_method") not in ("SMS", "VOICE"):
        raise missing("code_method (SMS or VOICE)")
    if not fields.get("language"):
        raise missing("language")
    number.sms_code = sim.ids.make_code()
    return answer_json({"success": True})


def verify_code(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    code = str(request.read_fields().get("code") or "").replace("-", "")
    if not code:
        raise missing("code")
    if number.sms_code is None or code != number.sms_code:
        raise GraphError(136025, "The code does not match the one that was sent.")
    number.sms_code = None
    number.code_verification_status = "VERIFIED"
    number.locked_until = 0.0
    number.wrong_pins = 0
    return answer_json({"success": True, "id": number.id})


def set_pin(sim, number: PhoneNumber, fields: dict) -> Response:
    """A new PIN without the old one, as long as the number is registered."""
    pin = _read_pin(fields)
    if not number.registered:
        raise GraphError(133010, "Account does not exist in Cloud API")
    number.pin = pin
    number.wrong_pins = 0
    post_event(
        sim,
        number.waba_id,
        "security",
        {"display_phone_number": number.digits, "event": "PIN_CHANGED"},
    )
    return answer_json({"success": True})


def _read_pin(fields: dict) -> str:
    pin = str(fields.get("pin") or "")
    if not pin:
        raise missing("pin")
    if len(pin) != 6 or not (pin.isdecimal() and pin.isascii()):
        raise GraphError(100, message="(#100) Param pin must be 6 characters long.")
    return pin


def _count(sim, times: list[float]) -> None:
    now = sim.clock.now()
    times[:] = [at for at in times if now - at < WINDOW]
    if len(times) >= MOST_PER_WINDOW:
        raise GraphError(
            133016,
            "There were too many registration attempts for this phone number. The "
            "number is blocked for the next 72 hours.",
        )
    times.append(now)


def _check_lock(sim, number: PhoneNumber) -> None:
    now = sim.clock.now()
    if number.locked_until <= now:
        return
    number.locked_until = now + LOCK_FOR
    raise GraphError(133008, f"Please try again after {LOCK_FOR} seconds.")


def _compare_pin(sim, number: PhoneNumber, pin: str) -> None:
    now = sim.clock.now()
    if number.pin is None or pin == number.pin:
        number.pin = pin
        number.wrong_pins = 0
        return
    if number.wrong_pins and now - number.last_pin_at < PINS_APART:
        raise GraphError(133009, f"Please try again after {PINS_APART:g} seconds.")
    number.last_pin_at = now
    number.wrong_pins += 1
    if number.wrong_pins > WRONG_PINS_ALLOWED:
        number.locked_until = now + LOCK_FOR
        number.code_verification_status = "EXPIRED"
        raise GraphError(133008, f"Please try again after {LOCK_FOR} seconds.")
    raise GraphError(133005, "Two-step verification PIN mismatch")
