"""The customer's phone: whose it is, the chat, and what the person can do with it."""

import json

from simulator import customer
from simulator.control.problems import BadRequest, need_business, need_person
from simulator.exchange import Request, Response, redirect_to
from simulator.pages.bubbles import REACTIONS, draw_chat, summarise
from simulator.pages.formatting import format_duration, format_time
from simulator.pages.render import render

DAY = 86_400
MOST_PEOPLE = 40
FROM_AN_AD = {
    "text": "Hi! I saw your ad. Is the oak lamp still there?",
    "referral": {
        "source_url": "https://fb.example/northwind-lamp",
        "source_id": "120211234567890123",
        "source_type": "ad",
        "headline": "The oak lamp",
        "body": "Warm light, made to last",
        "media_type": "image",
        "image_url": "https://scontent.example.invalid/lamp.jpg",
        "ctwa_clid": "ARNorthwindLampClick0001",
    },
}


def show_people(sim, request: Request) -> Response:
    return render(
        "phones.html",
        {"at": "phone", "people": list_people(sim), **describe_world(sim)},
    )


def show_phone(sim, request: Request, person_id: str) -> Response:
    person, business = _read_place(sim, request, person_id)
    customer.open_chat(sim, business.id, person)
    context = {
        "at": "phone",
        "people": list_people(sim, person),
        "person": person,
        "reply": _find_reply(sim, request.query.get("reply", "")),
        "businesses": list_businesses(sim, person, business),
        "facts": [*list_facts(person), describe_window(sim, business, person)],
        **describe_world(sim),
        **describe_chat(sim, business, person),
    }
    return render("phone.html", context)


def show_chat(sim, request: Request, person_id: str) -> Response:
    """The chat alone, asked for again and again; 204 while nothing has changed."""
    person, business = _read_place(sim, request, person_id)
    if request.query.get("seen") == "1":
        customer.open_chat(sim, business.id, person)
    described = describe_chat(sim, business, person)
    if request.query.get("version") == described["version"]:
        return Response(204, content_type="text/html")
    return render("_chat.html", {"person": person, **described})


def write(sim, request: Request, person_id: str) -> Response:
    """A message from this person: a form of the page, or a button of a message."""
    person, business = _read_place(sim, request, person_id)
    fields = request.read_fields()
    if fields.get("fields"):
        fields.update(json.loads(str(fields.pop("fields"))))
    kind = str(fields.get("kind") or "text")
    upload = fields.get("file")
    if kind == "upload":
        kind = _guess_kind(upload)
    if kind == "ad":
        kind, fields = "text", {**fields, **FROM_AN_AD}
    customer.write(sim, business, person, kind, fields)
    return _go_back(person, business)


def act(sim, request: Request, person_id: str) -> Response:
    """A switch of the phone, or something done to a message."""
    person, business = _read_place(sim, request, person_id)
    fields = request.read_fields()
    do = ACTS.get(str(fields.get("act", "")))
    if do is None:
        raise BadRequest("this phone cannot do that")
    do(sim, business, person, fields)
    return _go_back(person, business)


def list_people(sim, current=None) -> list[dict]:
    """The people of the world, and strangers who were written to lately."""
    people = {p.id: p for p in sim.world.people.values() if not p.id.isdecimal()}
    lately = [message.person for message in sim.chats.newest(500)]
    for person in [current, *lately] if current else lately:
        if len(people) < MOST_PEOPLE or person is current:
            people.setdefault(person.id, person)
    return [_describe_person(sim, person, current) for person in people.values()]


def list_businesses(sim, person, current) -> list[dict]:
    if person.igsid:
        businesses = list(sim.world.instagram.values())
    else:
        businesses = [n for n in sim.world.numbers.values() if n.registered]
        businesses += [current] if current not in businesses else []
    return [
        {
            "id": business.id,
            "name": business.verified_name,
            "display": business.display,
            "current": business is current,
        }
        for business in businesses
    ]


def list_facts(person) -> list[tuple[str, str]]:
    facts = [
        ("Phone number", f"+{person.wa_id}" if person.wa_id else ""),
        ("Also dialled as", ", ".join(f"+{alias}" for alias in person.aliases)),
        ("Username", f"@{person.username}" if person.username else ""),
        ("User id", person.user_id),
        ("Instagram id", person.igsid),
        ("Country", person.country),
        ("Webhooks", "carry no phone number" if person.hides_number else ""),
    ]
    return [(name, value) for name, value in facts if value]


def describe_window(sim, business, person) -> tuple[str, str]:
    chat = sim.chats.open(business.id, person)
    left = chat.last_inbound_at + DAY - sim.clock.now()
    words = f"open for {format_duration(left)}" if left > 0 else "closed"
    return "Window for free-form replies", words


def describe_chat(sim, business, person) -> dict:
    chat = sim.chats.open(business.id, person)
    now = sim.clock.now()
    typing = chat.typing_until > now
    return {
        "business": business,
        "instagram": business.kind == "instagram",
        "bubbles": draw_chat(sim, chat),
        "typing": typing,
        "version": f"{chat.version}-{int(typing)}",
        "blocked": business.id in person.blocked,
        "emojis": REACTIONS,
    }


def describe_world(sim) -> dict:
    return {"clock": format_time(sim.clock.now()), "offset": int(sim.clock.offset)}


def _describe_person(sim, person, current) -> dict:
    chats = [chat for chat in sim.chats.of_person(person) if chat.messages]
    last = max((c.messages[-1] for c in chats), key=lambda m: m.number, default=None)
    return {
        "id": person.id,
        "name": person.name,
        "initials": _make_initials(person.name),
        "hue": f"hue-{sum(map(ord, person.id)) % 8}",
        "where": "Instagram" if person.igsid else person.country or f"+{person.wa_id}",
        "note": person.note,
        "last": summarise(sim, last) if last else "",
        "time": format_time(last.at) if last else "",
        "unread": sum(1 for c in chats for m in c.messages if _is_unread(m)),
        "current": person is current,
    }


def _is_unread(message) -> bool:
    return message.outbound and message.status == "delivered"


def _make_initials(name: str) -> str:
    words = name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def _read_place(sim, request: Request, person_id: str):
    person = need_person(sim, person_id)
    default = next(iter(sim.world.instagram if person.igsid else sim.world.numbers))
    return person, need_business(sim, request.query.get("number") or default)


def _find_reply(sim, message_id: str) -> dict | None:
    message = sim.chats.find(message_id)
    if message is None:
        return None
    return {"id": message.id, "text": summarise(sim, message)}


def _guess_kind(upload) -> str:
    if upload is None or not upload.content:
        raise BadRequest("choose a file first")
    kind = upload.content_type.partition("/")[0]
    if upload.content_type == "image/webp":
        return "sticker"
    return kind if kind in ("image", "video", "audio") else "document"


def _go_back(person, business) -> Response:
    return redirect_to(f"/phone/{person.id}/?number={business.id}")


def _set_phone(sim, business, person, fields) -> None:
    customer.set_phone(sim, person, off=fields.get("on") != "1")


def _set_receipts(sim, business, person, fields) -> None:
    person.read_receipts = fields.get("on") == "1"


def _set_blocked(sim, business, person, fields) -> None:
    customer.set_blocked(sim, business.id, person, blocked=fields.get("on") == "1")


def _set_marketing(sim, business, person, fields) -> None:
    stopped = fields.get("on") != "1"
    customer.set_marketing(sim, business, person, stopped=stopped)


def _play(sim, business, person, fields) -> None:
    message = sim.chats.find(str(fields.get("message")))
    if message:
        customer.play(sim, message)


def _change_number(sim, business, person, fields) -> None:
    customer.change_number(sim, business, person)


ACTS = {
    "phone": _set_phone,
    "receipts": _set_receipts,
    "block": _set_blocked,
    "marketing": _set_marketing,
    "play": _play,
    "change_number": _change_number,
}
