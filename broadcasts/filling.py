"""A template's variables for one person: from their fields, a file's columns, or fixed
text, else the fallback. The same rule twice: in Python for sending, in SQL for counting
a hundred thousand people at once; a test holds them together."""

from business_numbers.template_values import UNWANTED, Variable, variables

SOURCES = [
    ("text", "Fixed text"),
    ("first_name", "First name"),
    ("name", "Name"),
    ("field", "Contact field"),
    ("column", "Column of the file"),
]
# Python's whitespace, named one by one: what `\s` means to a database hangs on its locale.
SPACES = "".join(f"\\u{n:04x}" for n in range(0x3001) if chr(n).isspace())
BLANK = f"^[{SPACES}]*$"


def fill(template, mapping: dict, contact, row: dict | None) -> dict[str, str]:
    """Every variable's value for this person; "" where there is none."""
    return {
        v.key: _value(mapping.get(v.key) or {}, contact, row or {})
        for v in variables(template)
    }


def _value(source: dict, contact, row: dict) -> str:
    found = _found(source, contact, row)
    return (found if found.strip() else source.get("fallback", "")).strip()


def _found(source: dict, contact, row: dict) -> str:
    title = contact.name or contact.profile_name
    match source.get("source"):
        case "text":
            return source.get("value", "")
        case "name":
            return title
        case "first_name":
            return (title.split() or [""])[0]
        case "field":
            return _text(contact.fields.get(source.get("value", "")))
        case "column":
            return _text(row.get(source.get("value", "")))
    return ""


def _text(value) -> str:
    return "" if value is None else str(value)


def missing_sql(template, mapping: dict) -> tuple[str, list]:
    """An integer expression over contact `c` and file row `f`: bit n is set when the
    n-th needed variable has no value Meta would take."""
    parts, params = ["0"], []
    for place, variable in enumerate(needed(template)):
        value, more = _sql(mapping.get(variable.key) or {})
        parts.append(f"(({_wrong_sql(variable, value)})::int << {place})")
        params += more * _uses(variable)
    return " | ".join(parts), params


def needed(template) -> list[Variable]:
    return [v for v in variables(template) if v.is_needed]


def _wrong_sql(variable: Variable, value: str) -> str:
    text = f"regexp_replace({value}, '^[{SPACES}]+|[{SPACES}]+$', 'g')"
    wrong = f"COALESCE({value}, '') ~ '{BLANK}' OR {text} ~ '{_unwanted()}'"
    if variable.kind == "coupon":
        wrong += f" OR length({text}) > 15"
    if variable.key in ("header.latitude", "header.longitude"):
        wrong += f" OR {text} !~ '^-?\\d{{1,3}}(\\.\\d+)?$'"
    return wrong


def _uses(variable: Variable) -> int:
    """How often the value stands in the expression above."""
    has_more = variable.kind == "coupon" or variable.key in (
        "header.latitude",
        "header.longitude",
    )
    return 3 if has_more else 2


def _unwanted() -> str:
    return UNWANTED.pattern


def _sql(source: dict) -> tuple[str, list]:
    title = "COALESCE(NULLIF(c.name, ''), c.profile_name)"
    name, fallback = source.get("value", ""), source.get("fallback", "")
    expression, params = {
        "text": ("%s::text", [name]),
        "name": (title, []),
        "first_name": (f"(regexp_match({title}, '[^{SPACES}]+'))[1]", []),
        "field": ("c.fields ->> %s", [name]),
        "column": ("f.values ->> %s", [name]),
    }.get(source.get("source"), ("''", []))
    whole = f"CASE WHEN COALESCE({expression}, '') ~ '{BLANK}' THEN %s ELSE {expression} END"
    return f"({whole})", [*params, fallback, *params]
