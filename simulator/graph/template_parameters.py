"""A template send held against the template: counts, names, formats, lengths."""

import re

from simulator.graph.checks import need_object, need_text
from simulator.graph.errors import GraphError, invalid, missing
from simulator.message_templates import Template

VARIABLE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
FORBIDDEN = re.compile(r"[\n\r\t]| {5,}")
LONGEST = {"HEADER": 60, "BODY": 1024}
SENDABLE = ("APPROVED", "FLAGGED")


def find_template(templates, waba_id: str, content: dict) -> Template:
    name = need_text(content, "name", "template", 512)
    code = need_object(content, "language", "template").get("code")
    if not code:
        raise missing("template['language']['code']")
    for template in templates:
        if (template.waba_id, template.name, template.language) == (
            waba_id,
            name,
            code,
        ):
            _check_status(template)
            return template
    raise GraphError(132001, f"template name ({name}) does not exist in {code}")


def _check_status(template: Template) -> None:
    if template.status == "PAUSED":
        raise GraphError(132015, "Template is paused due to low quality.")
    if template.status == "DISABLED":
        raise GraphError(132016, "Template was paused too many times.")
    if template.status not in SENDABLE:
        raise GraphError(
            132001,
            f"template name ({template.name}) does not exist in {template.language}",
        )


def check_parameters(template: Template, content: dict) -> None:
    given = content.get("components") or []
    if not isinstance(given, list) or not all(isinstance(c, dict) for c in given):
        raise invalid("template['components'] must be a list of objects.")
    by_type = {str(c.get("type", "")).lower(): c for c in given}
    unknown = set(by_type) - {"header", "body", "button", "carousel"}
    if unknown:
        raise invalid(f"components cannot be of type {sorted(unknown)[0]!r}.")
    for kind in ("header", "body"):
        parameters = (by_type.get(kind) or {}).get("parameters") or []
        _check_component(template, kind.upper(), parameters)
    _check_buttons(template, [c for c in given if _is_button(c)])


def find_component(template: Template, kind: str) -> dict | None:
    for component in template.components:
        if component["type"] == kind:
            return component
    return None


def fill(template: Template, text: str, parameters: list[dict]) -> str:
    """The text with its variables replaced, as the customer reads it."""
    values = {
        parameter.get("parameter_name") or str(n): show_parameter(parameter)
        for n, parameter in enumerate(parameters, start=1)
    }
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def show_parameter(parameter: dict) -> str:
    kind = parameter.get("type", "text")
    if kind in ("currency", "date_time"):
        return str((parameter.get(kind) or {}).get("fallback_value", ""))
    return str(parameter.get("text", ""))


def _check_component(template: Template, kind: str, parameters: list[dict]) -> None:
    component = find_component(template, kind)
    fmt = (component or {}).get("format", "TEXT")
    if kind == "HEADER" and fmt != "TEXT":
        _check_header_media(fmt, parameters)
        return
    text = (component or {}).get("text", "")
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    if len(parameters) != len(names):
        raise GraphError(
            132000,
            f"{kind.lower()}: number of localizable_params ({len(parameters)}) does not "
            f"match the expected number of params ({len(names)})",
        )
    for parameter in parameters:
        _check_text_parameter(template, parameter, names)
    if len(fill(template, text, parameters)) > LONGEST[kind]:
        raise GraphError(132005, f"{kind.lower()}: Translated text too long")


def _check_text_parameter(
    template: Template, parameter: dict, names: list[str]
) -> None:
    kind = parameter.get("type")
    if kind not in ("text", "currency", "date_time"):
        raise GraphError(132012, f"Format mismatch, expected TEXT, received {kind}")
    if template.parameter_format == "NAMED":
        name = parameter.get("parameter_name")
        if name not in names:
            raise GraphError(132012, f"Parameter name is missing or unknown: {name!r}")
    shown = show_parameter(parameter)
    if not shown:
        raise GraphError(131008, "Parameter of type text is missing text value")
    if FORBIDDEN.search(shown):
        raise GraphError(
            132007,
            "Param text cannot have new-line/tab characters or more than 4 "
            "consecutive spaces",
        )


def _check_header_media(fmt: str, parameters: list[dict]) -> None:
    received = str(parameters[0].get("type", "UNKNOWN")).upper() if parameters else None
    if received != fmt or len(parameters) != 1:
        raise GraphError(
            132012,
            f"header: Format mismatch, expected {fmt}, received {received or 'UNKNOWN'}",
        )
    value = parameters[0].get(fmt.lower())
    if not isinstance(value, dict):
        raise missing(f"header {fmt.lower()}")
    if fmt == "LOCATION":
        if value.get("latitude") is None or value.get("longitude") is None:
            raise missing("location latitude and longitude")
    elif not value.get("id") and not value.get("link"):
        raise missing(f"{fmt.lower()} id or link")


def _is_button(component: dict) -> bool:
    return str(component.get("type", "")).lower() == "button"


def _check_buttons(template: Template, given: list[dict]) -> None:
    defined = (find_component(template, "BUTTONS") or {}).get("buttons", [])
    seen: dict[int, dict] = {}
    for component in given:
        index = _read_index(component, len(defined))
        seen[index] = component
        _check_button(component, defined[index])
    for index, button in enumerate(defined):
        if _needs_parameter(button) and index not in seen:
            raise GraphError(
                131008,
                f"buttons: Button at index {index} of type {button['type'].title()} "
                "requires a parameter",
            )


def _read_index(component: dict, count: int) -> int:
    text = str(component.get("index", ""))
    if not text.isdecimal():
        raise missing("components['index']")
    if int(text) >= count:
        raise GraphError(132018, f"buttons: there is no button at index {text}")
    return int(text)


def _needs_parameter(button: dict) -> bool:
    kind = button["type"]
    return kind == "COPY_CODE" or (kind == "URL" and "{{" in button.get("url", ""))


def _check_button(component: dict, button: dict) -> None:
    sub_type = str(component.get("sub_type", "")).upper()
    if sub_type != button["type"]:
        raise GraphError(
            132012,
            f"buttons: Button type mismatch, expected {button['type']}, got {sub_type}",
        )
    parameters = component.get("parameters") or []
    if not parameters:
        if _needs_parameter(button):
            raise missing("components['parameters']")
        return
    _check_button_parameter(parameters[0], button)


BUTTON_PARAMETERS = {
    # button type: (accepted parameter types, key, longest)
    "URL": (("text",), "text", 2000),
    "COPY_CODE": (("coupon_code",), "coupon_code", 15),
    "QUICK_REPLY": (("payload", "text"), "payload", 2000),
}


def _check_button_parameter(parameter: dict, button: dict) -> None:
    if button["type"] == "FLOW":
        if parameter.get("type") != "action":
            raise GraphError(132012, "buttons: a flow button takes an action")
        return
    rule = BUTTON_PARAMETERS.get(button["type"])
    if rule is None:
        raise GraphError(132012, f"buttons: {button['type']} takes no parameter")
    kinds, key, longest = rule
    if parameter.get("type") not in kinds:
        raise GraphError(132012, f"buttons: expected {kinds[0]}")
    value = parameter.get(key) or parameter.get("text")
    if not value:
        raise missing(f"parameter {key}")
    if len(str(value)) > longest:
        raise invalid(f"parameter {key} is longer than {longest}.")
