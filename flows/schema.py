"""The format of exported flows as a JSON Schema, made from the tables the reader uses.

It is published as docs/flow.schema.json; a test keeps the two the same.
"""

from flows import nodes
from flows.graph import FIRST_ID, FORMAT, STEPS_MAX, TRIGGERS_MAX
from flows.nodes import CHANNELS, KINDS
from flows.shapes import SHAPES, TRIGGER_SHAPES, WORDS_MAX, Shape

ID = {"type": "integer", "minimum": FIRST_ID}
NAMED = {"type": "string", "pattern": r"^\w{1,8}$"}


def schema() -> dict:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Converge flow",
        "type": "object",
        "required": ["triggers", "nodes"],
        "properties": {
            "format": {"const": FORMAT},
            "name": {"type": "string", "maxLength": 80},
            "channel": {"enum": list(CHANNELS), "default": "whatsapp"},
            "beside": {"type": "boolean", "default": False},
            "old_button": {"type": "string", "maxLength": nodes.BODY},
            "first": {"anyOf": [ID, {"type": "null"}]},
            "triggers": {
                "type": "array",
                "maxItems": TRIGGERS_MAX,
                "items": {"oneOf": [_trigger(kind) for kind in TRIGGER_SHAPES]},
            },
            "nodes": {
                "type": "array",
                "maxItems": STEPS_MAX,
                "items": {"oneOf": [_node(kind) for kind in KINDS]},
            },
        },
    }


def _trigger(kind: str) -> dict:
    own = {shape.name: _value(shape) for shape in TRIGGER_SHAPES[kind]}
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"const": kind}, **own},
    }


def _node(kind: nodes.Kind) -> dict:
    edges = dict.fromkeys(kind.edges, ID)
    more = {
        "sendInteractive": {r"^option:\w{1,8}$": ID},
        "split": {r"^share:\w{1,8}$": ID},
    }.get(kind.name, {})
    if kind.name == "sendInteractive":
        edges["next"] = ID
    return {
        "type": "object",
        "title": kind.label,
        "required": ["id", "kind"],
        "properties": {
            "id": ID,
            "kind": {"const": kind.name},
            "params": {
                "type": "object",
                "properties": {s.name: _value(s) for s in SHAPES[kind.name]},
            },
            "edges": {
                "type": "object",
                "properties": edges,
                "patternProperties": more,
                "additionalProperties": False,
            },
        },
    }


def _value(shape: Shape) -> dict:
    return VALUES[shape.kind](shape)


def _text(shape: Shape) -> dict:
    return {"type": "string", "maxLength": shape.most}


def _choice(shape: Shape) -> dict:
    return {"enum": list(shape.choices)}


def _number(shape: Shape) -> dict:
    return {"type": "integer", "minimum": shape.least, "maximum": shape.most}


def _words(shape: Shape) -> dict:
    return {"type": "array", "maxItems": WORDS_MAX, "items": _text(shape)}


def _options(shape: Shape) -> dict:
    own = {
        "id": NAMED,
        "title": {"type": "string", "maxLength": nodes.ROW_TITLE},
        "description": {"type": "string", "maxLength": nodes.ROW_DESCRIPTION},
    }
    return _list_of(shape, own)


def _shares(shape: Shape) -> dict:
    own = {
        "id": NAMED,
        "name": {"type": "string", "maxLength": 40},
        "percent": {"type": "integer", "minimum": 0, "maximum": 100},
    }
    return _list_of(shape, own)


def _list_of(shape: Shape, own: dict) -> dict:
    item = {"type": "object", "required": ["id"], "properties": own}
    return {"type": "array", "maxItems": shape.most, "items": item}


def _values(shape: Shape) -> dict:
    return {"type": "object", "additionalProperties": _text(shape)}


VALUES = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "seconds": _number,
    "words": _words,
    "options": _options,
    "shares": _shares,
    "values": _values,
}
