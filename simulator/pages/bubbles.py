"""A message as it is drawn on the customer's phone."""

import json

from simulator.chats import Message
from simulator.graph.template_parameters import fill, find_component
from simulator.pages.formatting import format_day, format_text, format_time

REACTIONS = ("👍", "❤️", "😂", "😮", "😢", "🙏")
DRAWN_AS_NOTE = ("reaction", "unreact", "system", "edit", "revoke", "deleted", "read")


def draw_chat(sim, chat) -> list[dict]:
    """Everything to show, oldest first, with a line where the day changes."""
    drawn: list[dict] = []
    day = ""
    for message in chat.messages:
        if message.type in DRAWN_AS_NOTE or message.status == "failed":
            continue
        if not _has_arrived(sim, message):
            continue
        bubble = draw(sim, message)
        bubble["day"] = "" if bubble["date"] == day else bubble["date"]
        day = bubble["date"]
        drawn.append(bubble)
    return drawn


def draw(sim, message: Message) -> dict:
    bubble = {
        "id": message.id,
        "mine": not message.outbound,  # mine = the customer's
        "time": format_time(message.at),
        "date": format_day(message.at),
        "deleted": message.deleted,
        "reactions": [emoji for emoji in message.reactions.values() if emoji],
        "my_reaction": message.reactions.get("person", ""),
        "quote": _draw_quote(sim, message),
        "status": message.status,
        "chosen": message.chosen,
        "type": message.type,
    }
    if not message.deleted:
        bubble.update(_draw_content(sim, message))
    return bubble


def summarise(sim, message: Message) -> str:
    """One line, for quotes and for the list of chats."""
    if message.deleted:
        return "Message deleted"
    content = _draw_content(sim, message)
    words = content.get("plain") or content.get("label") or message.type
    return str(words)[:90]


def _has_arrived(sim, message: Message) -> bool:
    """On Instagram sent is all there is."""
    if not message.outbound or message.business_id in sim.world.instagram:
        return True
    return message.status in ("delivered", "read", "played")


def _draw_quote(sim, message: Message) -> dict | None:
    if not message.context_id:
        return None
    quoted = sim.chats.find(message.context_id)
    if quoted is None:
        return {"mine": False, "text": "A message that is no longer here"}
    return {"mine": not quoted.outbound, "text": summarise(sim, quoted)}


def _draw_content(sim, message: Message) -> dict:
    if message.business_id in sim.world.instagram:
        return _draw_instagram(message)
    draw_type = DRAWERS.get(message.type)
    if draw_type is None:
        return {"label": f"({message.type})"}
    return draw_type(message)


def _text(message: Message) -> dict:
    body = message.content.get("body", "")
    return {"text": format_text(body), "plain": body}


def _media(message: Message) -> dict:
    content = message.content
    caption = content.get("caption", "")
    kind = message.type
    drawn = {
        "media": kind,
        "url": _find_url(content),
        "name": content.get("filename") or _name_of_link(content) or kind,
        "label": {"audio": "Voice message", "sticker": "Sticker"}.get(
            kind, kind.title()
        ),
        "plain": caption,
    }
    if caption:
        drawn["text"] = format_text(caption)
    return drawn


def _location(message: Message) -> dict:
    content = message.content
    place = content.get("name") or "Location"
    return {
        "place": place,
        "address": content.get("address", ""),
        "coordinates": f"{content['latitude']}, {content['longitude']}",
        "plain": place,
    }


def _contacts(message: Message) -> dict:
    cards = [
        {
            "name": card.get("name", {}).get("formatted_name", "?"),
            "phones": [phone.get("phone", "") for phone in card.get("phones", [])],
        }
        for card in message.content
    ]
    return {"cards": cards, "plain": cards[0]["name"] if cards else "Contact"}


def _button(message: Message) -> dict:
    text = message.content.get("text", "")
    return {"text": format_text(text), "plain": text}


def _interactive(message: Message) -> dict:
    content = message.content
    kind = content.get("type", "")
    if not message.outbound:
        return _draw_reply(content.get(kind) or {}, kind)
    body = content["body"]["text"]
    drawn = {"text": format_text(body), "plain": body, **_draw_header(content)}
    drawn["footer"] = (content.get("footer") or {}).get("text", "")
    drawn.update(_draw_action(kind, content.get("action", {})))
    return drawn


def _draw_reply(reply: dict, kind: str) -> dict:
    if kind == "nfm_reply":
        return {"text": "Form sent", "plain": "Form sent"}
    title = reply.get("title", "")
    return {
        "text": format_text(title),
        "plain": title,
        "footer": reply.get("description", ""),
    }


def _draw_header(content: dict) -> dict:
    header = content.get("header") or {}
    kind = header.get("type")
    if kind == "text":
        return {"header": header.get("text", "")}
    if kind in ("image", "video", "document"):
        media = header.get(kind, {})
        return {
            "media": kind,
            "url": _find_url(media),
            "name": media.get("filename") or kind,
        }
    return {}


def _draw_action(kind: str, action: dict) -> dict:
    parameters = action.get("parameters") or {}
    if kind == "button":
        return {"buttons": [_button_reply(b["reply"]) for b in action["buttons"]]}
    if kind == "list":
        return {"list": action["button"], "sections": _list_rows(action["sections"])}
    if kind == "cta_url":
        return {"buttons": [_link(parameters["display_text"], parameters["url"])]}
    if kind == "flow":
        return {"buttons": [_flow_reply(parameters.get("flow_cta", "Open"))]}
    wish = WISHES.get(kind)
    return {"buttons": [_reply(*wish)]} if wish else {}


WISHES = {
    "location_request_message": ("location", "Send location"),
    "request_contact_info": ("contacts", "Share contact"),
}


def _button_reply(reply: dict) -> dict:
    return _reply("button_reply", reply["title"], id=reply["id"], title=reply["title"])


def _flow_reply(title: str) -> dict:
    return _reply("flow_reply", title)


def _list_rows(sections: list[dict]) -> list[dict]:
    return [
        {
            "title": section.get("title", ""),
            "rows": [
                {
                    **_reply(
                        "list_reply",
                        row["title"],
                        id=row["id"],
                        title=row["title"],
                        description=row.get("description", ""),
                    ),
                    "description": row.get("description", ""),
                }
                for row in section["rows"]
            ],
        }
        for section in sections
    ]


def _reply(kind: str, shown: str, **fields: str) -> dict:
    """A press of this button writes a message of this kind with these fields."""
    return {"kind": kind, "title": shown, "fields": json.dumps(fields)}


def _template(message: Message) -> dict:
    template = message.template
    parameters = {
        str(c.get("type", "")).lower(): c.get("parameters") or []
        for c in message.content.get("components") or []
        if str(c.get("type", "")).lower() != "button"
    }
    body = find_component(template, "BODY")["text"]
    text = fill(template, body, parameters.get("body", []))
    drawn = {"text": format_text(text), "plain": text}
    drawn["footer"] = (find_component(template, "FOOTER") or {}).get("text", "")
    drawn.update(_draw_template_header(template, parameters.get("header", [])))
    drawn.update(_draw_template_buttons(message))
    return drawn


def _draw_template_header(template, parameters: list[dict]) -> dict:
    header = find_component(template, "HEADER")
    if header is None:
        return {}
    fmt = header.get("format", "TEXT")
    if fmt == "TEXT":
        return {"header": fill(template, header["text"], parameters)}
    value = parameters[0].get(fmt.lower(), {}) if parameters else {}
    if fmt == "LOCATION":
        return {
            "place": value.get("name", "Location"),
            "address": value.get("address", ""),
        }
    return {
        "media": fmt.lower(),
        "url": _find_url(value),
        "name": value.get("filename") or fmt.lower(),
    }


def _draw_template_buttons(message: Message) -> dict:
    given = {
        int(c.get("index", 0)): (c.get("parameters") or [{}])[0]
        for c in message.content.get("components") or []
        if str(c.get("type", "")).lower() == "button"
    }
    defined = (find_component(message.template, "BUTTONS") or {}).get("buttons", [])
    return {
        "buttons": [
            _draw_button(button, given.get(index, {}))
            for index, button in enumerate(defined)
        ]
    }


def _draw_button(button: dict, parameter: dict) -> dict:
    kind, text = button["type"], button.get("text", "Open")
    if kind == "QUICK_REPLY":
        payload = parameter.get("payload") or text
        return _reply("button", text, text=text, payload=payload)
    if kind == "FLOW":
        return _flow_reply(text)
    if kind == "COPY_CODE":
        return _link(f"Copy code {parameter.get('coupon_code', '')}", "")
    if kind == "PHONE_NUMBER":
        return _link(text, f"tel:{button['phone_number']}")
    suffix = str(parameter.get("text", ""))
    return _link(text, button.get("url", "").replace("{{1}}", suffix))


def _link(title: str, url: str) -> dict:
    return {"title": title, "url": url}


def _order(message: Message) -> dict:
    items = message.content.get("product_items", [])
    plain = f"Order of {len(items)} item" + ("s" if len(items) != 1 else "")
    return {"text": plain, "plain": plain}


def _unsupported(message: Message) -> dict:
    return {"label": "A poll", "plain": "A poll"}


def _draw_instagram(message: Message) -> dict:
    content = message.content
    if message.type == "postback":
        return {
            "text": format_text(content.get("title", "")),
            "plain": content["title"],
        }
    drawn: dict = {}
    if content.get("text"):
        drawn = {"text": format_text(content["text"]), "plain": content["text"]}
    story = (message.beside.get("reply_to") or {}).get("story")
    if story:
        drawn.update(media="image", url=story["url"], name="story", header="Your story")
    for attachment in content.get("attachments", [])[:1]:
        drawn.update(_draw_attachment(attachment))
    return drawn or {"label": f"({message.type})"}


def _draw_attachment(attachment: dict) -> dict:
    kind = attachment.get("type", "")
    url = (attachment.get("payload") or {}).get("url", "")
    if kind == "like_heart":
        return {"big": "❤️", "label": "Heart"}
    if kind in ("story_mention", "share"):
        media = "image" if kind == "story_mention" else "document"
        label = kind.replace("_", " ").title()
        return {"media": media, "url": url, "name": label, "label": label}
    kind = "document" if kind == "file" else kind
    return {"media": kind, "url": url, "name": kind, "label": kind.title()}


def _find_url(content: dict) -> str:
    if content.get("id"):
        return f"/phone/media/{content['id']}"
    return str(content.get("link") or "")


def _name_of_link(content: dict) -> str:
    return str(content.get("link") or "").rpartition("/")[2].partition("?")[0]


DRAWERS = {
    "text": _text,
    "image": _media,
    "video": _media,
    "audio": _media,
    "document": _media,
    "sticker": _media,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "template": _template,
    "order": _order,
    "unsupported": _unsupported,
}
