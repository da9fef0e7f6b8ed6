"""Interactive messages: reply buttons, lists, URL buttons, flows, requests."""

from simulator.graph.checks import may_text, need_list, need_object, need_text
from simulator.graph.errors import invalid, missing

BODY = 1024
LIST_BODY = 4096


def check_interactive(content: dict) -> None:
    kind = content.get("type")
    if not kind:
        raise missing("interactive['type']")
    check = ACTIONS.get(kind)
    if check is None:
        raise invalid(f"interactive['type'] does not know {kind!r}.")
    body = need_object(content, "body", "interactive")
    need_text(
        body, "text", "interactive['body']", LIST_BODY if kind == "list" else BODY
    )
    _check_header(content.get("header"), text_only=kind == "list")
    if content.get("footer") is not None:
        footer = need_object(content, "footer", "interactive")
        need_text(footer, "text", "interactive['footer']", 60)
    check(need_object(content, "action", "interactive"))


def _check_header(header: object, *, text_only: bool) -> None:
    if header is None:
        return
    if not isinstance(header, dict):
        raise invalid("interactive['header'] must be an object.")
    kind = header.get("type")
    if kind == "text":
        need_text(header, "text", "interactive['header']", 60)
    elif text_only or kind not in ("image", "video", "document"):
        raise invalid(f"interactive['header'] cannot be of type {kind!r} here.")
    else:
        media = need_object(header, kind, "interactive['header']")
        if not media.get("id") and not media.get("link"):
            raise missing(f"interactive['header']['{kind}']['id'] or ['link']")


def _check_buttons(action: dict) -> None:
    ids, titles = set(), set()
    for button in need_list(action, "buttons", "action", 3):
        if button.get("type") != "reply":
            raise invalid("action['buttons']['type'] must be reply.")
        reply = need_object(button, "reply", "action['buttons']")
        ids.add(need_text(reply, "id", "reply", 256))
        titles.add(need_text(reply, "title", "reply", 20))
    if len(ids) < len(action["buttons"]) or len(titles) < len(action["buttons"]):
        raise invalid("Buttons must have unique ids and titles.")


def _check_list(action: dict) -> None:
    need_text(action, "button", "action", 20)
    sections = need_list(action, "sections", "action", 10)
    ids: list[str] = []
    for section in sections:
        if len(sections) > 1:
            need_text(section, "title", "section", 24)
        may_text(section, "title", "section", 24)
        for row in need_list(section, "rows", "section", 10):
            ids.append(need_text(row, "id", "row", 200))
            need_text(row, "title", "row", 24)
            may_text(row, "description", "row", 72)
    if len(ids) > 10:
        raise invalid("Total row count exceed max allowed count: 10")
    if len(set(ids)) < len(ids):
        raise invalid("Rows must have unique ids.")


def _check_cta_url(action: dict) -> None:
    _check_name(action, "cta_url")
    parameters = need_object(action, "parameters", "action")
    need_text(parameters, "display_text", "parameters", 20)
    url = need_text(parameters, "url", "parameters", 2000)
    if not url.startswith(("http://", "https://")):
        raise invalid("parameters['url'] must be an http or https URL.")


def _check_flow(action: dict) -> None:
    _check_name(action, "flow")
    parameters = need_object(action, "parameters", "action")
    if str(parameters.get("flow_message_version")) != "3":
        raise invalid("parameters['flow_message_version'] must be 3.")
    if not parameters.get("flow_id") and not parameters.get("flow_name"):
        raise missing("parameters['flow_id'] or ['flow_name']")
    need_text(parameters, "flow_cta", "parameters", 30)


def _check_location_request(action: dict) -> None:
    _check_name(action, "send_location")


def _check_contact_request(action: dict) -> None:
    _check_name(action, "request_contact_info")


def _check_name(action: dict, name: str) -> None:
    if action.get("name") != name:
        raise invalid(f"action['name'] must be {name}.")


ACTIONS = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_cta_url,
    "flow": _check_flow,
    "location_request_message": _check_location_request,
    "request_contact_info": _check_contact_request,
}
