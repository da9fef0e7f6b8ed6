"""What each column of a file becomes: guessed from its name, chosen by a person. Pure."""

import re

from business_numbers import phone_cells
from inbox.contact_export import COLUMNS, FIELD
from inbox.contact_forms import FIELD_MAX, FIELD_NAME, FIELD_NAME_MAX, FIELDS_MAX
from inbox.models import Tag

SKIP, PHONE, NAME, TAGS = "", "phone", "name", "tags"
OPTED_OUT, UNREACHABLE = "opted_out", "unreachable"
USUAL = [
    (SKIP, "Leave out"),
    (PHONE, "Phone number"),
    (NAME, "Name"),
    (TAGS, "Tags"),
    (OPTED_OUT, "Opted out: yes sets dnd"),
    (UNREACHABLE, "Unreachable: yes sets do-not-send"),
]
ONCE = (PHONE, NAME, TAGS, OPTED_OUT, UNREACHABLE)
NAMES = {
    NAME: {"name", "full name", "contact name", "nome", "nombre", "nom"},
    TAGS: {"tags", "tag", "labels", "label", "etiquetas"},
    OPTED_OUT: {"opted_out", "opted out", "dnd", "opt-out"},
    UNREACHABLE: {"unreachable", "do-not-send"},
}
YES = {"yes", "y", "true", "1", "x", "sim", "sí", "ja", "oui"}
TAG_MAX, TAGS_MAX = 40, 20
RULES = {OPTED_OUT: Tag.DND, UNREACHABLE: Tag.DO_NOT_SEND}


def field_name(column: str) -> str:
    """A column's name as the name of a field; "" when it cannot be one."""
    name = " ".join(re.sub(r"[^\w .-]", " ", column.removeprefix(FIELD)).split())
    name = name[:FIELD_NAME_MAX].strip()
    return name if FIELD_NAME.fullmatch(name) else ""


def guess(columns: list[str], sample: list[list[str]], known: list[str]) -> list[str]:
    """A target for each column; fields only where there is one of that name."""
    phone = columns.index("phone") if "phone" in columns else None
    phone = phone_cells.column(columns, sample) if phone is None else phone
    targets: list[str] = []
    for place, column in enumerate(columns):
        target = PHONE if place == phone else _of_name(column, known)
        targets.append(SKIP if target in ONCE and target in targets else target)
    return targets


def _of_name(column: str, known: list[str]) -> str:
    low = column.strip().casefold()
    for target, names in NAMES.items():
        if low in names:
            return target
    name = field_name(column)
    is_ours = column.startswith(FIELD) or (name in known and column not in COLUMNS)
    return f"field:{name}" if name and is_ours else SKIP


def choices(column: str, known: list[str]) -> list[tuple[str, str]]:
    own = field_name(column)
    new = [(f"field:{own}", f"New field “{own}”")] if own and own not in known else []
    fields = [(f"field:{name}", f"Field “{name}”") for name in known]
    return [*USUAL, *new, *fields]


def problem(targets: list[str], allowed: list[set[str]]) -> str:
    """What keeps this choice from being used, in a sentence."""
    if len(targets) != len(allowed) or any(
        target not in own for target, own in zip(targets, allowed, strict=False)
    ):
        return "Choose for each column what it becomes."
    if targets.count(PHONE) != 1:
        return "Choose one column with the phone numbers, and only one."
    chosen = [target for target in targets if target]
    if len(chosen) != len(set(chosen)):
        return "Two columns cannot become the same thing."
    if sum(target.startswith("field:") for target in targets) > FIELDS_MAX:
        return f"A contact has at most {FIELDS_MAX} fields."
    return ""


def read(targets: list[str], cells: list[str]) -> dict:
    """Name, fields and tags of one line. Cells are data, whatever they begin with."""
    found: dict = {"name": "", "fields": {}, "tags": []}
    for target, cell in zip(targets, cells, strict=False):
        text = _plain(cell)
        if not text or target in (SKIP, PHONE):
            continue
        if target == NAME:
            found["name"] = text[:200]
        elif target == TAGS:
            found["tags"] += split_tags(text)
        elif target in RULES:
            found["tags"] += [RULES[target]] if text.casefold() in YES else []
        else:
            found["fields"][target.removeprefix("field:")] = text[:FIELD_MAX]
    return found


def split_tags(text: str) -> list[str]:
    """Names of tags, each once; the two rules in their own spelling."""
    names: dict[str, str] = {}
    for part in re.split(r"[,;|]", text):
        name = " ".join(part.split())[:TAG_MAX].strip()
        low = name.casefold()
        if name and low not in names:
            names[low] = low if low in RULES.values() else name
    return list(names.values())[:TAGS_MAX]


def _plain(cell: str) -> str:
    """Without what an export puts before a formula, and what no text column takes."""
    text = cell.replace("\x00", "").strip()
    return text[1:] if re.match(r"'[=+\-@]", text) else text
