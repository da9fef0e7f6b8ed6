"""Webhooks on command: any field and value, presets, raw bytes, flushing."""

from simulator.control.presets import make_preset
from simulator.control.problems import BadRequest, read_object
from simulator.exchange import Request, Response, answer_json
from simulator.subscriptions import WHATSAPP
from simulator.webhooks.sender import sign
from simulator.webhooks.updates import Update
from simulator.world import WABA_ID


def flush(sim, request: Request) -> Response:
    return answer_json({"flushed": sim.sender.disorder.flush()})


def send_event(sim, request: Request) -> Response:
    """`{"field", "value", "entry"?}` or `{"preset", …}`."""
    wanted = read_object(request)
    if "preset" in wanted:
        update = make_preset(sim, str(wanted["preset"]), wanted)
    else:
        update = _read_update(wanted)
    sim.sender.post(update)
    return answer_json({"field": update.field, "entry": update.entry_id})


def send_raw(sim, request: Request) -> Response:
    """The body of this call as it is, to `?channel=`, signed as `?signature=` says."""
    channel = request.query.get("channel", "whatsapp")
    if channel not in ("whatsapp", "instagram"):
        raise BadRequest("channel is whatsapp or instagram")
    kind = request.query.get("signature", "right")
    if kind not in ("right", "wrong", "none"):
        raise BadRequest("signature is right, wrong or none")
    url = f"{sim.options.product}/webhooks/{channel}"
    secret = sim.options.secret_for(channel)
    signature = "" if kind == "none" else sign(secret, request.body, kind == "wrong")
    return _post_and_tell(sim, url, request.body, signature)


async def _post_and_tell(sim, url: str, body: bytes, signature: str) -> Response:
    delivery = sim.sender.make_delivery(url, body, signature)
    answer = await sim.sender.post_alone(delivery)
    return answer_json({"answer": answer, "digest": delivery.describe()["digest"]})


def _read_update(wanted: dict) -> Update:
    field, value = wanted.get("field"), wanted.get("value")
    if not isinstance(field, str) or not isinstance(value, dict):
        raise BadRequest("field and value are needed, or preset")
    return Update(
        str(wanted.get("object", WHATSAPP)),
        str(wanted.get("entry") or WABA_ID),
        field,
        value,
        about=f"{field} {value.get('event', '')}".strip(),
        business_id=str((value.get("metadata") or {}).get("phone_number_id", "")),
    )
