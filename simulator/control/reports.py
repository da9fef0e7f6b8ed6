"""Reading the simulator's books: world, journal, calls, webhooks."""

from dataclasses import asdict

from simulator.control.problems import BadRequest
from simulator.exchange import Request, Response, answer_json
from simulator.outcomes import MAGIC, PREFIX


def show_world(sim, request: Request) -> Response:
    world = sim.world
    return answer_json(
        {
            "app": _describe_app(sim.options),
            "business": {
                "id": world.business_id,
                "name": world.business_name,
                "tier": world.tier,
            },
            "business_accounts": [
                {"id": a.id, "name": a.name, "numbers": _list_numbers(world, a.id)}
                for a in world.accounts.values()
            ],
            "numbers": [describe_number(n) for n in world.numbers.values()],
            "instagram_accounts": [
                _pick(account, "id", "username", "name", "user_id")
                for account in world.instagram.values()
            ],
            "tokens": [asdict(token) for token in world.tokens.values()],
            "templates": [
                _pick(template, "id", "name", "language", "status", "category")
                for template in world.templates.values()
            ],
            "customers": [describe_person(p) for p in list_customers(sim)],
            "instagram_people": [describe_person(p) for p in list_followers(sim)],
            "magic": {
                f"+{PREFIX}{end}": outcome.words for end, outcome in MAGIC.items()
            },
        }
    )


def _describe_app(options) -> dict:
    return {
        "id": options.app_id,
        "secret": options.app_secret,
        "verify_token": options.verify_token,
        "instagram_id": options.instagram_app_id or options.app_id,
        "instagram_secret": options.secret_for("instagram"),
    }


def _pick(thing, *names: str) -> dict:
    return {name: getattr(thing, name) for name in names}


def list_customers(sim) -> list:
    return [person for person in sim.world.people.values() if not person.igsid]


def list_followers(sim) -> list:
    return [person for person in sim.world.people.values() if person.igsid]


def describe_number(number) -> dict:
    described = asdict(number)
    described["display_phone_number"] = described.pop("display")
    return described


def describe_person(person) -> dict:
    described = asdict(person)
    described["blocked"] = sorted(person.blocked)
    described["blocked_by"] = sorted(person.blocked_by)
    return described


def show_journal(sim, request: Request) -> Response:
    after, limit = read_page(request)
    entries = sim.journal.read_after(after, limit)
    last = entries[-1]["n"] if entries else after
    return answer_json({"entries": entries, "next": last})


def show_summary(sim, request: Request) -> Response:
    return answer_json(sim.journal.summarise())


def show_calls(sim, request: Request) -> Response:
    _, limit = read_page(request)
    return answer_json({"calls": list(sim.journal.calls)[-limit:]})


def show_message(sim, request: Request, message_id: str) -> Response:
    message = sim.chats.find(message_id)
    if message is None:
        raise BadRequest("no such message")
    return answer_json(
        {
            "id": message.id,
            "number": message.business_id,
            "customer": message.person.id,
            "outbound": message.outbound,
            "type": message.type,
            "content": message.content,
            "at": message.at,
            "context": message.context_id,
            "callback": message.callback,
            "status": message.status,
            "history": message.history,
            "reactions": message.reactions,
            "error": message.error,
            "deleted": message.deleted,
        }
    )


def show_webhooks(sim, request: Request) -> Response:
    after, limit = read_page(request)
    with_body = request.query.get("body") in ("1", "true")
    deliveries = sim.sender.log.read_after(after, limit)
    return answer_json(
        {
            "webhooks": [delivery.describe(with_body) for delivery in deliveries],
            "next": deliveries[-1].n if deliveries else after,
        }
    )


def show_webhook_summary(sim, request: Request) -> Response:
    summary = sim.sender.log.summarise()
    return answer_json({**summary, "not_sent": dict(sim.sender.unsent)})


def read_page(request: Request) -> tuple[int, int]:
    after = request.query.get("after", "0")
    limit = request.query.get("limit", "1000")
    if not after.isdecimal() or not limit.isdecimal():
        raise BadRequest("after and limit are whole numbers")
    return int(after), min(int(limit), 100_000)


def _list_numbers(world, account_id: str) -> list[str]:
    return [n.id for n in world.numbers.values() if n.waba_id == account_id]
