"""The form of a template's variables: where each value comes from."""

from broadcasts.filling import SOURCES
from business_numbers.template_values import Variable, problem, variables

NEEDS_NAME = ("field", "column")


def given(post, template) -> dict[str, dict]:
    """What the form says, per variable."""
    return {
        v.key: {
            part: post.get(f"{part}_{_id(v)}", "").strip()[:1000]
            for part in ("source", "value", "fallback")
        }
        for v in variables(template)
    }


def problems(template, mapping: dict) -> dict[str, str]:
    """A sentence per variable that cannot stay as it is."""
    found = {}
    for v in variables(template):
        sentence = _problem(v, mapping.get(v.key) or {})
        if sentence:
            found[v.key] = sentence
    return found


def _problem(variable: Variable, source: dict) -> str:
    kind, value = source.get("source"), source.get("value", "")
    if kind not in dict(SOURCES):
        return (
            f"Choose where {variable.label} comes from." if variable.is_needed else ""
        )
    if kind == "text":
        is_needed = variable.is_needed or value
        return (is_needed and problem(variable, value)) or ""
    if kind in NEEDS_NAME and not value:
        return "Name the column." if kind == "column" else "Name the contact field."
    fallback = source.get("fallback", "")
    return (fallback and problem(variable, fallback)) or ""


def fields(template, mapping: dict, errors: dict) -> list[dict]:
    """What the page draws for each variable."""
    return [
        {
            "variable": v,
            "id": _id(v),
            "source": (mapping.get(v.key) or {}).get("source") or _usual(v),
            "value": (mapping.get(v.key) or {}).get("value", ""),
            "fallback": (mapping.get(v.key) or {}).get("fallback", ""),
            "error": errors.get(v.key, ""),
        }
        for v in variables(template)
    ]


def _usual(variable: Variable) -> str:
    return "first_name" if "name" in variable.name else "text"


def _id(variable: Variable) -> str:
    return variable.key.replace(".", "_")
