"""What the buttons of the control page do; each returns a sentence that says so."""

from simulator.control.objects import (
    set_category,
    set_quality,
    set_template_status,
    set_token_state,
    type_in_app,
)
from simulator.control.presets import PRESETS, make_preset
from simulator.control.problems import need_business, need_one_of, need_person
from simulator.control.steering import set_tier, tell_product
from simulator.faults import NAMES
from simulator.pages.formatting import format_duration
from simulator.webhooks import coexistence


def set_fault(sim, fields: dict) -> str:
    name = str(fields.get("name", ""))
    how = str(fields.get("how", "off"))
    change: dict = {"probability": 0.0, "next": 0}
    if how.startswith("next"):
        change["next"] = int(how.removeprefix("next"))
    elif how != "off":
        change["probability"] = float(how)
    for figure in ("code", "min", "max", "size"):
        if fields.get(figure):
            change[figure] = float(fields[figure])
    sim.faults.change({name: change})
    return f"{NAMES[name]}: {how}"


def set_scope(sim, fields: dict) -> str:
    sim.faults.change(
        {"scope": fields.get("scope"), "seed": int(fields.get("seed") or 1)}
    )
    return f"Faults strike {sim.faults.scope}, from seed {sim.faults.seed}"


def clear_faults(sim, fields: dict) -> str:
    sim.faults.clear()
    sim.sender.disorder.flush()
    return "All faults are off"


def flush(sim, fields: dict) -> str:
    return f"{sim.sender.disorder.flush()} held webhooks are on their way"


def jump(sim, fields: dict):
    seconds = float(fields.get("seconds") or 0)
    sim.clock.advance(seconds)
    return _tell(sim, f"The clock moved by {format_duration(seconds)}")


def reset_clock(sim, fields: dict):
    sim.clock.reset()
    return _tell(sim, "The clock shows real time again")


async def _tell(sim, sentence: str) -> str:
    return f"{sentence}; the product {await tell_product(sim)}"


def change_number(sim, fields: dict) -> str:
    number = need_one_of(sim.world.numbers, str(fields.get("number")), "number")
    what = str(fields.get("what"))
    if what == "two_step_off":
        number.pin = None
        return f"{number.display}: two-step verification is off"
    if what == "unlock":
        number.locked_until, number.wrong_pins = 0.0, 0
        return f"{number.display}: no longer locked"
    if what in coexistence.KINDS:
        if not number.is_on_biz_app:
            raise ValueError(f"{number.display} is not used in the app: press App too")
        coexistence.send_sync(sim, number, what)
        return f"{number.display}: {coexistence.KINDS[what]}"
    if what in ("is_on_biz_app", "maintenance"):
        setattr(number, what, not getattr(number, what))
        return f"{number.display}: {what.replace('_', ' ')} {getattr(number, what)}"
    number.status = what
    return f"{number.display} is {what}"


def change_account(sim, fields: dict) -> str:
    account = need_one_of(sim.world.accounts, str(fields.get("account")), "account")
    what = str(fields.get("what"))
    if what == "unsubscribe":
        account.subscribed_apps.discard(sim.options.app_id)
        return f"{account.name}: the app is no longer subscribed"
    if what == "override_off":
        account.override = None
        return f"{account.name}: the override is gone"
    if what not in ("payment_missing", "marketing_disabled", "locked"):
        raise ValueError(f"nothing called {what!r}")
    setattr(account, what, not getattr(account, what))
    return f"{account.name}: {what.replace('_', ' ')} {getattr(account, what)}"


def change_template(sim, fields: dict) -> str:
    template = need_one_of(sim.world.templates, str(fields.get("template")), "template")
    if fields.get("quality"):
        set_quality(sim, template, str(fields["quality"]))
        return f"{template.name} has quality {template.quality}"
    if fields.get("category"):
        set_category(sim, template, str(fields["category"]))
        return f"{template.name} is {template.category}"
    set_template_status(sim, template, str(fields.get("status")))
    return f"{template.name} ({template.language}) is {template.status}"


def change_token(sim, fields: dict) -> str:
    token = need_one_of(sim.world.tokens, str(fields.get("token")), "token")
    set_token_state(token, str(fields.get("state")))
    return f"Token …{token.value[-4:]}: {token.state.replace('_', ' ')}"


def send_event(sim, fields: dict) -> str:
    name = str(fields.get("preset"))
    sim.sender.post(make_preset(sim, name, fields))
    return f"Sent: {PRESETS[name].words}"


def change_tier(sim, fields: dict) -> str:
    set_tier(sim, fields.get("tier"))
    return f"The portfolio is at {sim.world.tier}"


def change_setting(sim, fields: dict) -> str:
    name = str(fields.get("name"))
    value = SETTING_VALUES.get(str(fields.get("value")), fields.get("value"))
    sim.settings.change({name: value})
    return f"{name.replace('_', ' ')}: {fields.get('value')}"


SETTING_VALUES: dict[str, object] = {"true": True, "false": False, "null": None}


def answer_in_app(sim, fields: dict) -> str:
    business = need_business(sim, fields.get("number"))
    person = need_person(sim, fields.get("customer"))
    type_in_app(sim, business, person, fields.get("text"))
    return f"{business.verified_name} replied to {person.name} in its own app"


def start_again(sim, fields: dict):
    sim.reset()
    return _tell(sim, "Everything is as at the start")


ACTS = {
    "fault": set_fault,
    "scope": set_scope,
    "clear_faults": clear_faults,
    "flush": flush,
    "jump": jump,
    "reset_clock": reset_clock,
    "number": change_number,
    "account": change_account,
    "template": change_template,
    "token": change_token,
    "event": send_event,
    "tier": change_tier,
    "setting": change_setting,
    "echo": answer_in_app,
    "reset": start_again,
}
