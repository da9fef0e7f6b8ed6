"""Clock, settings, faults and reset."""

import json
from dataclasses import asdict

from simulator.control.problems import BadRequest, read_object
from simulator.exchange import Request, Response, answer_json
from simulator.faults import NAMES
from simulator.webhooks.client import NoAnswer


def describe_clock(sim) -> dict:
    return {"now": sim.clock.now(), "offset": sim.clock.offset}


def show_clock(sim, request: Request) -> Response:
    return answer_json(describe_clock(sim))


def change_clock(sim, request: Request):
    wanted = read_object(request)
    if wanted.get("reset"):
        sim.clock.reset()
    else:
        seconds = wanted.get("advance")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise BadRequest("advance takes seconds; reset takes true")
        sim.clock.advance(seconds)
    return _answer_with_product(sim)


async def _answer_with_product(sim) -> Response:
    return answer_json({**describe_clock(sim), "product": await tell_product(sim)})


async def tell_product(sim) -> str:
    """A jump moves the product's clock too; what it answered, in words."""
    if not sim.settings.tell_product_time:
        return "not told"
    body = json.dumps({"offset": sim.clock.offset}).encode()
    headers = {"Content-Type": "application/json"}
    url = f"{sim.options.product}/dev/clock/"
    try:
        status, _ = await sim.sender.client.request("POST", url, body, headers, 3)
    except NoAnswer as problem:
        return f"not reached: {problem}"
    return f"answered {status}"


def show_settings(sim, request: Request) -> Response:
    return answer_json({**asdict(sim.settings), "tier": sim.world.tier})


def change_settings(sim, request: Request) -> Response:
    wanted = read_object(request)
    tier = wanted.pop("tier", None)
    if tier is not None:
        set_tier(sim, tier)
    sim.settings.change(wanted)
    return show_settings(sim, request)


def set_tier(sim, tier: object) -> None:
    if tier not in sim.tiers:
        raise BadRequest(f"tier is one of {', '.join(sim.tiers)}")
    sim.world.tier = tier


def show_faults(sim, request: Request) -> Response:
    return answer_json({**sim.faults.describe(), "known": NAMES})


def change_faults(sim, request: Request) -> Response:
    sim.faults.change(read_object(request))
    return answer_json(sim.faults.describe())


def clear_faults(sim, request: Request) -> Response:
    sim.faults.clear()
    sim.sender.disorder.flush()
    return answer_json(sim.faults.describe())


def reset(sim, request: Request):
    sim.reset()
    return _answer_with_product(sim)
