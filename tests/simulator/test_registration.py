"""Register, deregister, codes and PINs with Meta's locks."""

import pytest

from tests.simulator.simulated import refusal


def register(simulated, pin: str, number: str | None = None):
    number = number or simulated.number
    body = {"messaging_product": "whatsapp", "pin": pin}
    return simulated.post(f"{number}/register", body)


def verify(simulated, number: str | None = None):
    number = number or simulated.number
    wanted = {"code_method": "SMS", "language": "en_US"}
    assert simulated.post(f"{number}/request_code", wanted).json() == {"success": True}
    code = simulated.control("GET", f"numbers/{number}")["sms_code"]
    return simulated.post(f"{number}/verify_code", {"code": code})


def test_a_new_number_is_verified_and_registered_with_a_pin(simulated):
    too_early = register(simulated, "111111", simulated.bakery)
    verify(simulated, simulated.bakery)

    done = register(simulated, "111111", simulated.bakery)

    assert refusal(too_early) == (400, 133006)
    assert done.json() == {"success": True}
    fields = "status,platform_type,is_pin_enabled,code_verification_status"
    number = simulated.get(simulated.bakery, fields=fields).json()
    assert number["status"] == "CONNECTED"
    assert number["platform_type"] == "CLOUD_API"
    assert number["is_pin_enabled"] is True


def test_three_wrong_pins_lock_until_the_number_is_verified_again(simulated):
    first = register(simulated, "000001")
    simulated.advance(seconds=5)
    second = register(simulated, "000002")
    simulated.advance(seconds=5)
    third = register(simulated, "000003")
    while_locked = register(simulated, "654321")
    simulated.advance(hours=2)
    unlocked_but_unverified = register(simulated, "654321")
    verify(simulated)
    right = register(simulated, "654321")

    codes = [refusal(answer)[1] for answer in (first, second, third, while_locked)]
    assert codes == [133005, 133005, 133008, 133008]
    assert refusal(unlocked_but_unverified) == (400, 133006)
    assert right.json() == {"success": True}


def test_every_try_while_locked_extends_the_lock(simulated):
    for n in range(3):
        register(simulated, f"00000{n}")
        simulated.advance(seconds=5)

    simulated.advance(minutes=50)
    register(simulated, "654321")
    simulated.advance(minutes=50)

    assert refusal(register(simulated, "654321")) == (400, 133008)


def test_guessing_too_fast_has_its_own_code(simulated):
    register(simulated, "000001")

    assert refusal(register(simulated, "000002")) == (400, 133009)


def test_more_than_ten_registrations_in_three_days_are_refused(simulated):
    for _ in range(10):
        assert register(simulated, "654321").status_code == 200

    over = register(simulated, "654321")
    simulated.advance(hours=73)

    assert refusal(over) == (400, 133016)
    assert register(simulated, "654321").status_code == 200


def test_deregistering_disconnects_until_the_whole_recovery_is_done(simulated):
    simulated.post(f"{simulated.number}/deregister")
    number = simulated.get(simulated.number, fields="status,platform_type").json()
    cannot_send = simulated.send_template()
    cannot_set_pin = simulated.post(simulated.number, {"pin": "222222"})
    unverified = register(simulated, "222222")
    verify(simulated)
    two_step_is_on = register(simulated, "222222")
    simulated.control("POST", f"numbers/{simulated.number}", {"pin": None})
    done = register(simulated, "222222")

    assert number["status"] == "DISCONNECTED"
    assert number["platform_type"] == "NOT_APPLICABLE"
    assert refusal(cannot_send) == (400, 133010)
    assert refusal(cannot_set_pin) == (400, 133010)
    assert refusal(unverified) == (400, 133006)
    assert refusal(two_step_is_on) == (400, 133005)
    assert done.json() == {"success": True}
    assert simulated.send_template().status_code == 200


def test_a_healthy_number_gets_a_new_pin_without_the_old_one(simulated, product):
    simulated.post(simulated.number, {"pin": "222222"})

    simulated.advance(seconds=5)
    assert register(simulated, "222222").json() == {"success": True}
    simulated.wait_until_idle()
    assert product.values("security")[0]["event"] == "PIN_CHANGED"


@pytest.mark.parametrize("pin", ["12345", "abcdef", "1234567", ""])
def test_a_pin_has_six_digits(simulated, pin):
    assert refusal(register(simulated, pin))[1] in (100, 131008)


def test_a_wrong_code_is_refused(simulated):
    wanted = {"code_method": "VOICE", "language": "en"}
    simulated.post(f"{simulated.number}/request_code", wanted)

    answer = simulated.post(f"{simulated.number}/verify_code", {"code": "000"})

    assert refusal(answer) == (400, 136025)


def test_a_number_used_in_the_app_is_synchronised_once_and_never_deregistered(
    simulated, product
):
    onboarded = {
        "is_on_biz_app": True,
        "onboarded_at": simulated.control("GET", "clock")["now"],
    }
    simulated.control("POST", f"numbers/{simulated.number}", onboarded)
    sync = {"messaging_product": "whatsapp", "sync_type": "smb_app_state_sync"}

    first = simulated.post(f"{simulated.number}/smb_app_data", sync)
    second = simulated.post(f"{simulated.number}/smb_app_data", sync)
    simulated.advance(hours=25)
    sync["sync_type"] = "history"
    too_late = simulated.post(f"{simulated.number}/smb_app_data", sync)
    deregister = simulated.post(f"{simulated.number}/deregister")

    assert first.json()["request_id"]
    assert refusal(second) == (400, 2593107)
    assert refusal(too_late) == (400, 2593108)
    assert refusal(deregister) == (400, 100)
    simulated.wait_until_idle()
    assert product.values("smb_app_state_sync")[0]["state_sync"]
