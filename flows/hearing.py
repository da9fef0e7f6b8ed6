"""What a customer's message says to flows: the words, the button, the form, the ad."""

import json

from flows import walk
from flows.messages import read_choice
from flows.models import Run
from flows.triggers import Heard
from inbox.models import Message

FORM_MAX = 30


def payload_of(message: Message) -> str:
    """The id or payload of a pressed button, list row or quick reply."""
    if message.kind == "button":
        return str(_dict(message.payload, "button").get("payload") or "")
    if message.kind == "interactive":
        content = _dict(message.payload, "interactive")
        return str(_dict(content, str(content.get("type"))).get("id") or "")
    return str(_dict(message.payload, "quick_reply").get("payload") or "")


def said(message: Message, run: Run) -> walk.Said:
    """As the run hears it: a button of an older run is no answer to this one."""
    choice = read_choice(payload_of(message))
    form = _form(message)
    if choice is None:
        return walk.Said(message.body, message.at, form=form)
    owner, node, option = choice
    is_own = owner == run.public_id.hex
    return walk.Said(message.body, message.at, node if is_own else 0, option, form)


def heard(message: Message, channel: str, **more) -> Heard:
    """As triggers see it. A template's button counts by its payload and by its words."""
    referral = message.payload.get("referral")
    return Heard(
        text=message.body,
        channel=channel,
        payload=payload_of(message),
        referral=str(_dict(message.payload, "referral").get("source_id") or "")
        if referral
        else None,
        **more,
    )


def _form(message: Message) -> dict[str, str] | None:
    """What a WhatsApp form brought; None when this is no form."""
    content = _dict(message.payload, "interactive")
    if message.kind != "interactive" or content.get("type") != "nfm_reply":
        return None
    try:
        data = json.loads(str(_dict(content, "nfm_reply").get("response_json") or "{}"))
    except ValueError:
        return {}
    if not isinstance(data, dict):
        return {}
    return {
        str(key)[:40]: value if isinstance(value, str) else json.dumps(value)
        for key, value in list(data.items())[:FORM_MAX]
        if key != "flow_token"
    }


def _dict(container, key: str) -> dict:
    value = container.get(key) if isinstance(container, dict) else None
    return value if isinstance(value, dict) else {}
