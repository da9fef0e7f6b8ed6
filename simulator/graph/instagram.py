"""Instagram: the account, its people, its subscription, and sending messages."""

from simulator.chats import Message
from simulator.exchange import Request, Response, answer_json
from simulator.graph import instagram_fetching as fetching
from simulator.graph.errors import GraphError
from simulator.graph.fields import answer_page, select
from simulator.graph.instagram_content import check_message
from simulator.graph.messages import settle_journal_and_manner
from simulator.people import Person
from simulator.webhooks.instagram_payloads import make_echo
from simulator.world import InstagramAccount, Token

HUMAN_AGENT = ("MESSAGE_TAG", "HUMAN_AGENT")
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")


def read(sim, request: Request, account: InstagramAccount, token: Token) -> Response:
    available = {
        "id": lambda: account.id,
        "user_id": lambda: account.user_id,
        "username": lambda: account.username,
        "name": lambda: account.name,
        "account_type": lambda: "BUSINESS",
        "profile_picture_url": lambda: None,
        "followers_count": lambda: 4210,
        "follows_count": lambda: 180,
        "media_count": lambda: 96,
    }
    return answer_json(select(request, "IGUser", available, ("id", "username")))


def read_person(sim, request: Request, person: Person, token: Token) -> Response:
    """`GET /{IGSID}`: only of people who wrote, and who did not block the account."""
    account_id = next((t for t in token.targets if t in sim.world.instagram), "")
    chat = sim.chats.open(account_id, person)
    if not chat.last_inbound_at or account_id in person.blocked:
        raise GraphError(
            230,
            message="(#230) User consent is required to access user profile",
            http=403,
        )
    available = {
        "id": lambda: person.igsid,
        "name": lambda: person.name,
        "username": lambda: person.username,
        "profile_pic": lambda: f"{sim.options.base_url}/portrait/{person.igsid}.png",
        "follower_count": lambda: 312,
        "is_verified_user": lambda: False,
        "is_user_follow_business": lambda: True,
        "is_business_follow_user": lambda: False,
    }
    return answer_json(
        select(request, "IGBusinessScopedID", available, ("name", "username"))
    )


def read_apps(
    sim, request: Request, account: InstagramAccount, token: Token
) -> Response:
    item = {
        "id": token.app_id,
        "name": "Simulated app",
        "subscribed_fields": sorted(account.subscribed_fields),
    }
    return answer_page(
        request, sim.options.base_url, [item] if account.subscribed_fields else []
    )


def subscribe(
    sim, request: Request, account: InstagramAccount, token: Token
) -> Response:
    fields = request.read_fields().get("subscribed_fields") or ""
    names = fields if isinstance(fields, list) else fields.split(",")
    wanted = {name.strip() for name in names if name.strip()}
    if not wanted:
        raise GraphError(100, message="(#100) Param subscribed_fields is required")
    account.subscribed_fields = wanted
    return answer_json({"success": True})


def unsubscribe(
    sim, request: Request, account: InstagramAccount, token: Token
) -> Response:
    account.subscribed_fields = set()
    return answer_json({"success": True})


def send(sim, request: Request, account: InstagramAccount, token: Token) -> Response:
    body = _read_body(request)
    person = _read_recipient(sim, body)
    action = body.get("sender_action")
    if action:
        return _act(sim, account, person, str(action), body)
    content = check_message(body.get("message"))
    _check_allowed(sim, account, person, body)
    if links := fetching.of_the_product(sim, content):
        return _fetch_and_accept(sim, request, account, person, content, body, links)
    return _accept(sim, request, account, person, content, body)


async def _fetch_and_accept(sim, request, account, person, content, body, links):
    for attachment in links:
        await fetching.fetch(sim, attachment)
    return _accept(sim, request, account, person, content, body)


def _read_body(request: Request) -> dict:
    try:
        body = request.read_json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise GraphError(100, message="(#100) The body is not a JSON object.")
    return body


def _read_recipient(sim, body: dict) -> Person:
    recipient = body.get("recipient")
    igsid = str(recipient.get("id", "")) if isinstance(recipient, dict) else ""
    person = sim.directory.find(igsid)
    if person is None or person.igsid != igsid:
        raise GraphError(
            100, subcode=2534014, message="(#100) The requested user cannot be found."
        )
    return person


def _check_allowed(sim, account: InstagramAccount, person: Person, body: dict) -> None:
    if not account.message_access:
        raise GraphError(
            200,
            subcode=2534041,
            message="(#200) The account owner has disabled access to messages.",
        )
    if account.id in person.blocked:
        raise GraphError(
            551,
            subcode=1545041,
            message="(#551) This person isn't available right now.",
        )
    if not sim.limits.take_throughput(account.id, 300):
        raise GraphError(613, subcode=2534040)
    _check_window(sim, account, person, body)


def _check_window(sim, account: InstagramAccount, person: Person, body: dict) -> None:
    chat = sim.chats.open(account.id, person)
    now = sim.clock.now()
    if chat.is_window_open(now):
        return
    tagged = (body.get("messaging_type"), body.get("tag")) == HUMAN_AGENT
    if tagged and sim.settings.human_agent and chat.is_window_open(now, hours=7 * 24):
        return
    raise GraphError(
        10,
        subcode=2534022,
        message="(#10) This message is sent outside of allowed window.",
    )


def _act(sim, account, person: Person, action: str, body: dict) -> Response:
    if action not in ACTIONS:
        raise GraphError(100, message="(#100) Param sender_action is not valid")
    chat = sim.chats.open(account.id, person)
    if action in ("react", "unreact"):
        _check_allowed(sim, account, person, body)
        _react(sim, action, body.get("payload") or {})
    if action in ("typing_on", "typing_off"):
        chat.typing_until = sim.clock.now() + (20 if action == "typing_on" else 0)
    sim.chats.touch(chat)
    return answer_json({"recipient_id": person.igsid})


def _react(sim, action: str, payload: dict) -> None:
    target = sim.chats.find(str(payload.get("message_id", "")))
    if target is None:
        raise GraphError(9000001, message="(#9000001) The message does not exist.")
    if action == "react":
        emoji = str(payload.get("reaction") or "")
        target.reactions["business"] = "❤️" if emoji == "love" else emoji
    else:
        target.reactions.pop("business", None)


def _accept(sim, request, account, person: Person, content: dict, body) -> Response:
    reply_to = body.get("reply_to") or content.get("reply_to") or {}
    message = sim.chats.add(
        Message(
            id=sim.ids.make_mid(),
            business_id=account.id,
            person=person,
            outbound=True,
            type="text" if "text" in content else "media",
            content=content,
            at=sim.clock.now(),
            context_id=str(reply_to.get("mid", "")),
            status="sent",
        )
    )
    response = answer_json({"recipient_id": person.igsid, "message_id": message.id})
    settle_journal_and_manner(sim, request, message, person.igsid, response)
    if sim.settings.instagram_echoes:
        sim.clock.call_after(
            sim.settings.sent_after, lambda: send_echo(sim, account, message)
        )
    return response


def send_echo(sim, account, message: Message, *, ours: bool = True) -> None:
    app_id = sim.options.instagram_app_id or sim.options.app_id
    sim.sender.post(make_echo(account, message, app_id if ours else ""))


def read_conversations(
    sim, request: Request, account: InstagramAccount, token: Token
) -> Response:
    items = [
        {"id": f"conv_{chat.person.igsid}", "updated_time": int(chat.messages[-1].at)}
        for chat in sim.chats.all()
        if chat.business_id == account.id and chat.messages
    ]
    return answer_page(request, sim.options.base_url, items)
