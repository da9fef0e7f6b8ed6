"""What each kind of step and trigger may hold: one table, asked by imports and forms."""

import re
from dataclasses import dataclass

from flows import nodes

# Compiled at most this long, so that a pattern of a stranger stays small.
PATTERN_MAX = 200
WORDS_MAX = 20
# Repeated groups, and many repetitions, take for ever on the wrong text.
REPEATED_GROUP = re.compile(r"\)[*+{]")
REPETITION = re.compile(r"[*+{]")
REPETITIONS_MAX = 3


@dataclass(frozen=True)
class Shape:
    """`kind`: text, words, choice, number, seconds, options, shares or values."""

    name: str
    kind: str = "text"
    most: int = 200
    choices: tuple[str, ...] = ()
    default: object = ""
    least: int = 0


def text(name: str, most: int, default: str = "") -> Shape:
    return Shape(name, "text", most, default=default)


def choice(name: str, choices: dict) -> Shape:
    return Shape(name, "choice", choices=tuple(choices), default=next(iter(choices)))


SECONDS = Shape("timeout", "seconds", nodes.LONGEST_WAIT, default=0)
SAVE = text("save_as", 40)
SHAPES: dict[str, tuple[Shape, ...]] = {
    "sendMessage": (text("text", nodes.TEXT),),
    "sendTemplate": (
        text("template", 512),
        text("language", 12),
        Shape("values", "values", nodes.BODY, default={}),
    ),
    "sendInteractive": (
        choice("style", nodes.STYLES),
        text("text", nodes.BODY),
        text("header", nodes.HEADER),
        text("footer", nodes.FOOTER),
        Shape("options", "options", nodes.ROWS, default=[]),
        text("list_button", nodes.BUTTON_TITLE, "Choose"),
        text("url", 2000),
        text("url_title", nodes.BUTTON_TITLE),
        SAVE,
        SECONDS,
    ),
    "sendWaFlow": (
        text("text", nodes.BODY),
        text("wa_flow", 60),
        text("cta", nodes.CTA, "Open"),
        SAVE,
        SECONDS,
    ),
    "ask": (
        text("text", nodes.TEXT),
        choice("expects", nodes.ANSWERS),
        Shape("choices", "words", 60, default=[]),
        SAVE,
        text("retry", nodes.BODY),
        Shape("tries", "number", 5, default=1),
        SECONDS,
    ),
    "condition": (
        choice("about", nodes.ABOUTS),
        text("name", 40),
        choice("op", nodes.OPERATIONS),
        text("value", 200),
    ),
    "split": (Shape("shares", "shares", 5, default=[]),),
    "delay": (Shape("seconds", "seconds", nodes.LONGEST_WAIT, default=60, least=1),),
    "setTag": (text("tag", 40),),
    "removeTag": (text("tag", 40),),
    "setField": (text("field", 40), text("value", 500)),
    "assign": (text("to", 254),),
    "handOver": (text("text", nodes.TEXT), text("to", 254)),
    "callUrl": (
        choice("method", {"GET": "", "POST": ""}),
        text("url", 2000),
        text("body", nodes.TEXT),
        text("path", 100),
        SAVE,
    ),
    "goTo": (),
    "end": (),
}
TRIGGER_SHAPES: dict[str, tuple[Shape, ...]] = {
    "keyword": (
        Shape("words", "words", PATTERN_MAX, default=[]),
        choice("match", nodes.MATCHES),
    ),
    "any": (),
    "first": (),
    "button": (Shape("payloads", "words", 256, default=[]),),
    "tag": (text("tag", 40),),
    "optin": (),
    "referral": (text("source", 60),),
    "hours": (),
}


def cleaned(given, shapes: tuple[Shape, ...]) -> tuple[dict, list[str]]:
    """Every value of the table, defaults where none is given, and what is wrong."""
    if given is None:
        given = {}
    if not isinstance(given, dict):
        return {}, ["its values must be an object."]
    values, problems = {}, []
    for shape in shapes:
        value = given.get(shape.name, shape.default)
        problem = CHECKS[shape.kind](value, shape)
        if problem:
            problems.append(f"{shape.name} {problem}")
            value = shape.default
        values[shape.name] = value
    return values, problems


def is_text(value) -> bool:
    """Text a database can hold: no NUL, no half of a character."""
    if not isinstance(value, str) or "\x00" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def pattern_problem(pattern: str) -> str | None:
    """Why a regular expression is not taken, or None."""
    if len(pattern) > PATTERN_MAX:
        return f"may have at most {PATTERN_MAX} characters."
    many = len(REPETITION.findall(pattern)) > REPETITIONS_MAX
    if many or REPEATED_GROUP.search(pattern):
        return f"repeats a group, or more than {REPETITIONS_MAX} times."
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return "is no regular expression."
    return None


def _text(value, shape: Shape) -> str | None:
    if not is_text(value):
        return "must be text."
    if len(value) > shape.most:
        return f"has {len(value)} characters; {shape.most} are possible."
    return None


def _choice(value, shape: Shape) -> str | None:
    is_known = isinstance(value, str) and value in shape.choices
    return None if is_known else f"must be one of {', '.join(shape.choices)}."


def _number(value, shape: Shape) -> str | None:
    is_fine = type(value) is int and shape.least <= value <= shape.most
    return None if is_fine else f"must be between {shape.least} and {shape.most}."


def _words(value, shape: Shape) -> str | None:
    if not isinstance(value, list) or len(value) > WORDS_MAX:
        return f"must be a list of at most {WORDS_MAX}."
    problems = [_text(word, shape) for word in value]
    return next((p for p in problems if p), None)


def _options(value, shape: Shape) -> str | None:
    if not _is_list_of_named(value, shape.most):
        return f"must be a list of at most {shape.most} with an id each."
    for option in value:
        for key, most in (("title", nodes.ROW_TITLE), ("description", 72)):
            problem = _text(option.get(key, ""), Shape(key, most=most))
            if problem:
                return f"{key} {problem}"
    return None


def _shares(value, shape: Shape) -> str | None:
    if not _is_list_of_named(value, shape.most):
        return f"must be a list of at most {shape.most} with an id each."
    percents = [share.get("percent") for share in value]
    if not all(type(p) is int and 0 <= p <= 100 for p in percents):
        return "need a percent between 0 and 100 each."
    names = [_text(share.get("name", ""), Shape("name", most=40)) for share in value]
    return next((p for p in names if p), None)


def _values(value, shape: Shape) -> str | None:
    if not isinstance(value, dict) or len(value) > 50:
        return "must be an object."
    for key, text_value in value.items():
        problem = _text(text_value, shape)
        if problem or len(key) > 60 or not is_text(key):
            return f"one value {problem or 'has no usable name.'}"
    return None


def _is_list_of_named(value, most: int) -> bool:
    if not isinstance(value, list) or len(value) > most:
        return False
    ids = [item.get("id") if isinstance(item, dict) else None for item in value]
    is_named = all(isinstance(i, str) and re.fullmatch(r"\w{1,8}", i) for i in ids)
    return is_named and len(set(ids)) == len(ids)


CHECKS = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "seconds": _number,
    "words": _words,
    "options": _options,
    "shares": _shares,
    "values": _values,
}
