"""A reply that is more than words as the customer will see it, while it is being written."""

from inbox import reply_kinds
from inbox.reply_kind_forms import ListForm, ReplyForm


def preview(key: str, form: ReplyForm) -> dict:
    """Whatever has been typed so far; nothing is judged here."""
    return {"kind": key} | DRAW[key](form)


def _framed(form: ReplyForm) -> dict:
    return {name: form.tell(name) for name in ("header", "text", "footer")}


def _buttons(form: ReplyForm) -> dict:
    titles = [form.tell(f"button_{n}") for n in range(1, reply_kinds.BUTTONS + 1)]
    return _framed(form) | {"buttons": [t for t in titles if t], "icon": "reply"}


def _link(form: ReplyForm) -> dict:
    title = form.tell("title")
    return _framed(form) | {"buttons": [title] if title else [], "icon": "external"}


def _list(form: ListForm) -> dict:
    given = {name: form.tell(name) for name in form.fields}
    action = reply_kinds.rows("", form.rows(given))
    button = form.tell("button")
    return _framed(form) | {
        "buttons": [button] if button else [],
        "icon": "templates",
        "sections": [s for s in action["sections"] if s.get("rows")],
    }


def _location(form: ReplyForm) -> dict:
    found = reply_kinds.where(form.tell("place"))
    return {
        "name": form.tell("name") or "Location",
        "address": form.tell("address"),
        "where": f"{found[0]:.5f}, {found[1]:.5f}" if found else "",
    }


def _contact(form: ReplyForm) -> dict:
    names = ("name", "phone", "email", "company")
    return {name: form.tell(name) for name in names}


DRAW = {
    "buttons": _buttons,
    "list": _list,
    "link": _link,
    "location": _location,
    "contact": _contact,
}
