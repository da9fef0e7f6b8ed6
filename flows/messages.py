"""A step → what is sent: the words for the thread and Meta's JSON. Pure.

The id of a button or row names the run, the step and the option, so that it is still
understood when it is pressed days later.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from flows import nodes
from flows.graph import Node
from inbox.placeholders import VARIABLE, render

CHOICE_ID = re.compile(r"flow\.([0-9a-f]{32})\.(\d{1,6})\.(\w{1,8})")


@dataclass(frozen=True)
class Content:
    """`kind` is Meta's; a template is named here and looked up by who sends."""

    kind: str
    body: str
    content: dict = field(default_factory=dict)
    template: tuple[str, str] = ("", "")
    values: Mapping[str, str] | None = None


def build(node: Node, run: str, values: Mapping[str, str]) -> Content:
    return BUILD[node.kind](node, run, values)


def retry(node: Node, values: Mapping[str, str]) -> Content:
    """Asking once more, in other words if there are any."""
    p = node.params
    return Content("text", render(p["retry"] or p["text"], values, nodes.TEXT))


def choice_id(run: str, node: int, option: str) -> str:
    return f"flow.{run}.{node}.{option}"


def read_choice(payload: str) -> tuple[str, int, str] | None:
    """(run, step, option) of a button or row of ours, or None."""
    match = CHOICE_ID.fullmatch(payload)
    return (match[1], int(match[2]), match[3]) if match else None


def fill_url(url: str, values: Mapping[str, str]) -> str:
    """Variables become part of a path or query, never of the host or the scheme."""

    def replace(match: re.Match) -> str:
        value = str(values.get(match[1]) or match[2] or "")
        return quote(value, safe="")

    head, slash, rest = url.partition("://")
    host, cut, path = rest.partition("/")
    return f"{head}{slash}{host}{cut}{VARIABLE.sub(replace, path)}"


def fill_body(body: str, values: Mapping[str, str]) -> str:
    """Variables inside JSON cannot end the string they stand in."""
    if body.lstrip().startswith(("{", "[")):
        values = {k: json.dumps(str(v))[1:-1] for k, v in values.items()}
    return render(body, values, nodes.TEXT)


def _text(node: Node, run: str, values) -> Content:
    return Content("text", render(node.params["text"], values, nodes.TEXT))


def _template(node: Node, run: str, values) -> Content:
    p = node.params
    filled = {k: render(v, values, nodes.BODY) for k, v in p["values"].items()}
    return Content(
        "template", "", template=(p["template"], p["language"]), values=filled
    )


def _interactive(node: Node, run: str, values) -> Content:
    p = node.params
    body = render(p["text"], values, nodes.BODY)
    content: dict = {"type": TYPES[p["style"]], "body": {"text": body}}
    if p["header"]:
        header = render(p["header"], values, nodes.HEADER)
        content["header"] = {"type": "text", "text": header}
    if p["footer"]:
        content["footer"] = {"text": render(p["footer"], values, nodes.FOOTER)}
    content["action"] = ACTIONS[p["style"]](node, run, values)
    return Content("interactive", body, content)


TYPES = {"buttons": "button", "list": "list", "url": "cta_url"}


def _buttons(node: Node, run: str, values) -> dict:
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": choice_id(run, node.id, o["id"]),
                                        "title": o["title"][: nodes.BUTTON_TITLE]}}
            for o in node.params["options"][: nodes.BUTTONS]
        ]
    }  # fmt: skip


def _list(node: Node, run: str, values) -> dict:
    rows = []
    for option in node.params["options"]:
        row = {"id": choice_id(run, node.id, option["id"]), "title": option["title"]}
        if option.get("description"):
            row["description"] = option["description"]
        rows.append(row)
    button = node.params["list_button"] or "Choose"
    return {"button": button, "sections": [{"rows": rows}]}


def _url(node: Node, run: str, values) -> dict:
    p = node.params
    parameters = {"display_text": p["url_title"], "url": fill_url(p["url"], values)}
    return {"name": "cta_url", "parameters": parameters}


ACTIONS = {"buttons": _buttons, "list": _list, "url": _url}


def _wa_flow(node: Node, run: str, values) -> Content:
    p = node.params
    body = render(p["text"], values, nodes.BODY)
    parameters = {
        "flow_message_version": "3",
        "flow_id": p["wa_flow"],
        "flow_cta": p["cta"],
        "flow_token": choice_id(run, node.id, "form"),
    }
    action = {"name": "flow", "parameters": parameters}
    content = {"type": "flow", "body": {"text": body}, "action": action}
    return Content("interactive", body, content)


BUILD = {
    "sendMessage": _text,
    "ask": _text,
    "handOver": _text,
    "sendTemplate": _template,
    "sendInteractive": _interactive,
    "sendWaFlow": _wa_flow,
}
