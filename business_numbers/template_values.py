"""The variables of a template: which there are, what is missing, Meta's JSON, the preview.

Pure over a template's `components` as Meta lists them. A value is text under the
variable's key (`header.1`, `body.name`, `button.0`); media are links or media ids.
"""

import re
from dataclasses import dataclass

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MEDIA_FORMATS = ("IMAGE", "VIDEO", "DOCUMENT")
PLACE_KEYS = ("latitude", "longitude", "name", "address")
# Meta refuses these inside a value (132012, 132007).
UNWANTED = re.compile(r"[\n\t]| {5,}")
COUPON_MAX = 15


@dataclass(frozen=True)
class Variable:
    key: str
    part: str  # header, body or button
    name: str  # as the template calls it
    kind: str  # text, image, video, document, place, suffix, coupon or payload
    label: str
    hint: str = ""
    example: str = ""
    is_needed: bool = True


def variables(template) -> list[Variable]:
    """In the order a reader meets them."""
    found = []
    for component in template.components:
        kind = str(component.get("type", "")).upper()
        if kind == "HEADER":
            found += _header_variables(component)
        elif kind == "BODY":
            found += _text_variables("body", component)
        elif kind == "BUTTONS":
            for index, button in enumerate(component.get("buttons", [])):
                found += _button_variables(index, button)
    return found


def missing_values(template, values: dict[str, str]) -> tuple[str, ...]:
    """Labels of the variables that still need a value Meta would take."""
    return tuple(
        v.label
        for v in variables(template)
        if v.is_needed and problem(v, values.get(v.key, "")) is not None
    )


def problem(variable: Variable, value: str) -> str | None:
    """Why Meta would refuse this value, in a sentence, or None."""
    value = value.strip()
    if not value:
        return f"Add a value for {variable.label}."
    if UNWANTED.search(value):
        return "WhatsApp takes no line breaks, tabs or runs of spaces here."
    if variable.kind == "coupon" and len(value) > COUPON_MAX:
        return f"A code has at most {COUPON_MAX} characters."
    if variable.key in ("header.latitude", "header.longitude"):
        return None if re.fullmatch(r"-?\d{1,3}(\.\d+)?", value) else "Use degrees."
    return None


def to_components(template, values: dict[str, str]) -> list[dict]:
    """`template.components` of Meta's send call."""
    sent, buttons = [], []
    for component in template.components:
        kind = str(component.get("type", "")).upper()
        if kind == "HEADER":
            parameters = _header_parameters(template, component, values)
        elif kind == "BODY":
            parameters = _text_parameters(template, "body", component, values)
        elif kind == "BUTTONS":
            buttons = _button_components(component, values)
            continue
        else:
            continue
        if parameters:
            sent.append({"type": kind.lower(), "parameters": parameters})
    return sent + buttons


def send_content(template, values: dict[str, str]) -> dict:
    """What stands under `template` in the send call."""
    content = {"name": template.name, "language": {"code": template.language}}
    components = to_components(template, values)
    return content | {"components": components} if components else content


def preview(template, values: dict[str, str]) -> dict:
    """What the customer will see: header, body, footer, buttons.

    Texts are lists of (text, key) pieces; the key names the variable a piece came from,
    "" for the template's own words, so that a page can mark it.
    """
    shown = {"header": None, "body": [], "footer": "", "buttons": []}
    for component in template.components:
        kind = str(component.get("type", "")).upper()
        if kind == "HEADER":
            shown["header"] = _shown_header(component, values)
        elif kind == "BODY":
            shown["body"] = _pieces("body", component, values)
        elif kind == "FOOTER":
            shown["footer"] = component.get("text", "")
        elif kind == "BUTTONS":
            shown["buttons"] = [
                _shown_button(index, button, values)
                for index, button in enumerate(component.get("buttons", []))
            ]
    return shown


def plain_text(pieces: list[tuple[str, str]]) -> str:
    return "".join(text for text, _ in pieces)


def _header_variables(component: dict) -> list[Variable]:
    kind = component.get("format", "TEXT")
    if kind == "TEXT":
        return _text_variables("header", component)
    if kind == "LOCATION":
        return [
            Variable(f"header.{k}", "header", k, "place", f"Header: {k}")
            for k in PLACE_KEYS
        ]
    if kind in MEDIA_FORMATS:
        what = kind.lower()
        hint = "A public https link to the file"
        return [Variable("header.media", "header", what, what, f"Header: {what}", hint)]
    return []


def _text_variables(part: str, component: dict) -> list[Variable]:
    examples = _examples(part, component)
    names = dict.fromkeys(VARIABLE.findall(component.get("text", "")))
    return [
        Variable(
            f"{part}.{name}",
            part,
            name,
            "text",
            f"{part.capitalize()}: {_spoken(name)}",
            example=examples.get(name, ""),
        )
        for name in names
    ]


def _examples(part: str, component: dict) -> dict[str, str]:
    example = component.get("example") or {}
    named = example.get(f"{part}_text_named_params")
    if named:
        return {e["param_name"]: str(e["example"]) for e in named}
    values = example.get(f"{part}_text") or []
    if values and isinstance(values[0], list):
        values = values[0]
    return {str(i): str(value) for i, value in enumerate(values, 1)}


def _spoken(name: str) -> str:
    return f"value {name}" if name.isdigit() else name.replace("_", " ")


def _button_variables(index: int, button: dict) -> list[Variable]:
    key, kind = f"button.{index}", button.get("type", "")
    label = f"Button {button.get('text', '')}".strip()
    if kind == "URL" and VARIABLE.search(button.get("url", "")):
        start = VARIABLE.sub("", button["url"])
        hint = f"opens {start.split('://', 1)[-1]}…"
        return [Variable(key, "button", "1", "suffix", "Button: link ending", hint)]
    if kind == "COPY_CODE":
        return [Variable(key, "button", "code", "coupon", "Button: code to copy")]
    if kind == "QUICK_REPLY":
        hint = "Comes back with the answer; customers do not see it"
        return [
            Variable(
                key, "button", "payload", "payload", f"{label}: payload", hint,
                is_needed=False,
            )
        ]  # fmt: skip
    return []


def _text_parameters(template, part: str, component: dict, values) -> list[dict]:
    is_named = template.parameter_format == "NAMED"
    return [
        {"type": "text", "text": values.get(v.key, "").strip()}
        | ({"parameter_name": v.name} if is_named else {})
        for v in _text_variables(part, component)
    ]


def _header_parameters(template, component: dict, values) -> list[dict]:
    kind = component.get("format", "TEXT")
    if kind == "TEXT":
        return _text_parameters(template, "header", component, values)
    if kind == "LOCATION":
        place = {k: values.get(f"header.{k}", "").strip() for k in PLACE_KEYS}
        place |= {k: float(place[k]) for k in ("latitude", "longitude")}
        return [{"type": "location", "location": place}]
    if kind in MEDIA_FORMATS:
        value = values.get("header.media", "").strip()
        where = "link" if value.startswith("http") else "id"
        return [{"type": kind.lower(), kind.lower(): {where: value}}]
    return []


def _button_components(component: dict, values) -> list[dict]:
    return [
        {"type": "button", "index": str(index), **parameters}
        for index, button in enumerate(component.get("buttons", []))
        if (parameters := _button_parameters(index, button, values))
    ]


def _button_parameters(index: int, button: dict, values) -> dict | None:
    value, kind = values.get(f"button.{index}", "").strip(), button.get("type", "")
    if kind == "FLOW":
        return {"sub_type": "flow", "parameters": [{"type": "action", "action": {}}]}
    if not value:
        return None
    if kind == "URL" and VARIABLE.search(button.get("url", "")):
        return {"sub_type": "url", "parameters": [{"type": "text", "text": value}]}
    if kind == "COPY_CODE":
        parameter = {"type": "coupon_code", "coupon_code": value}
        return {"sub_type": "copy_code", "parameters": [parameter]}
    if kind == "QUICK_REPLY":
        parameter = {"type": "payload", "payload": value}
        return {"sub_type": "quick_reply", "parameters": [parameter]}
    return None


def _pieces(part: str, component: dict, values) -> list[tuple[str, str]]:
    text, pieces, end = component.get("text", ""), [], 0
    for match in VARIABLE.finditer(text):
        key = f"{part}.{match[1]}"
        if match.start() > end:
            pieces.append((text[end : match.start()], ""))
        pieces.append((values.get(key, "").strip() or match[0], key))
        end = match.end()
    return [*pieces, (text[end:], "")] if text[end:] else pieces


def _shown_header(component: dict, values) -> dict:
    kind = component.get("format", "TEXT")
    if kind == "TEXT":
        return {"format": kind, "text": _pieces("header", component, values)}
    if kind == "LOCATION":
        name = values.get("header.name") or "Location"
        return {"format": kind, "text": [(name, "header.name")]}
    value = values.get("header.media", "")
    return {"format": kind, "text": [(value or kind.capitalize(), "header.media")]}


def _shown_button(index: int, button: dict, values) -> dict:
    value = values.get(f"button.{index}", "").strip()
    kind = button.get("type", "")
    detail = button.get("phone_number", "")
    if kind == "URL":
        detail = VARIABLE.sub(lambda m: value or m[0], button.get("url", ""))
    elif kind == "COPY_CODE":
        detail = value
    return {"kind": kind, "text": button.get("text") or "Copy code", "detail": detail}
