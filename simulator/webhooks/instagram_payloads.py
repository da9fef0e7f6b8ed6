"""Instagram's messaging events: messages, echoes, reactions, postbacks, read."""

from simulator.chats import Message
from simulator.subscriptions import INSTAGRAM
from simulator.webhooks.updates import Update
from simulator.world import InstagramAccount

# Our message type → the field it is subscribed by, and the key of its event.
EVENTS = {
    "reaction": ("messaging_reactions", "reaction"),
    "unreact": ("messaging_reactions", "reaction"),
    "postback": ("messaging_postbacks", "postback"),
    "referral": ("messaging_referral", "referral"),
    "read": ("messaging_seen", "read"),
    "edit": ("message_edit", "message_edit"),
}


def make_inbound(account: InstagramAccount, message: Message) -> Update:
    return _make_update(account, message, _describe_inbound(message))


def make_echo(account: InstagramAccount, message: Message, app_id: str) -> Update:
    described = {"mid": message.id, "is_echo": True, **message.content}
    if app_id:
        described["app_id"] = app_id
    return _make_update(account, message, ("messages", "message", described))


def _describe_inbound(message: Message) -> tuple[str, str, dict]:
    content = message.content if isinstance(message.content, dict) else {}
    if message.type in EVENTS:
        field, key = EVENTS[message.type]
        mid = {} if message.type in ("referral",) else {"mid": message.id}
        return field, key, {**mid, **content}
    if message.type == "deleted":
        return "messages", "message", {**content, "is_deleted": True}
    described = {"mid": message.id, **content, **message.beside}
    if message.context_id:
        described["reply_to"] = {"mid": message.context_id}
    return "messages", "message", described


def _make_update(account: InstagramAccount, message: Message, described) -> Update:
    field, key, content = described
    customer, business = {"id": message.person.igsid}, {"id": account.id}
    event = {
        "sender": business if message.outbound else customer,
        "recipient": customer if message.outbound else business,
        "timestamp": int(message.at * 1000),
        key: content,
    }
    return Update(
        INSTAGRAM,
        account.id,
        field,
        event,
        about=f"{key} {message.id}",
        business_id=account.id,
        at=message.at,
    )
