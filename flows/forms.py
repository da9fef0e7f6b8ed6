"""The inspector: a form for each kind of step, made from the table of its values."""

from django import forms

from flows import nodes, words
from flows.checks import Surroundings
from flows.graph import Graph, Node
from flows.nodes import OPTION, SHARE
from flows.shapes import SHAPES, Shape, cleaned
from inbox.placeholders import NAME

LABELS = {
    "text": "Text", "template": "Template", "style": "What they can choose from",
    "header": "Header", "footer": "Footer", "list_button": "Words on the list button",
    "url": "Address", "url_title": "Words on the button", "save_as": "Keep the answer as",
    "timeout": "If no answer for", "wa_flow": "Form id", "cta": "Words on the button",
    "expects": "What counts as an answer", "choices": "The list, one a line",
    "retry": "If it is something else, ask again with", "tries": "Ask again at most",
    "about": "What it looks at", "name": "Name", "op": "Comparison", "value": "Value",
    "seconds": "How long", "tag": "Tag", "field": "Field", "to": "Teammate",
    "method": "Method", "body": "What is sent", "path": "Part of the answer to keep",
    "language": "Language",
}  # fmt: skip
HINTS = {
    "save_as": "A word; later steps say {{it}}.",
    "wa_flow": "From WhatsApp Manager, under Flows.",
    "path": "Like order.status; empty keeps all of it.",
    "url": "Values go behind the first “/”, like {{order}}.",
    "choices": "",
}
NO_LIMIT = "No limit"
WAYS = {nodes.NEXT: "When they answered", nodes.TIMEOUT: "If no answer in time"}
FIRST = ("style", "text", "expects", "about", "template")
# What was chosen → the fields that then mean nothing.
UNNEEDED = {
    "style": {
        "buttons": ("list_button", "url", "url_title"),
        "list": ("url", "url_title"),
        "url": ("options", "list_button", "save_as", "timeout"),
    },
    "expects": {kind: ("choices",) for kind in nodes.ANSWERS if kind != "choice"},
    "about": {
        "hours": ("name", "op", "value"),
        "window": ("name", "op", "value"),
        "tag": ("op", "value"),
        "channel": ("name",),
    },
    "method": {"GET": ("body",)},
}


def _durations(current: int, *, may_be_none: bool) -> list[tuple[int, str]]:
    known = sorted({*words.DURATIONS, *([current] if current else [])})
    first = [(0, NO_LIMIT)] if may_be_none else []
    return first + [(s, words.span(s)) for s in known]


class StepForm(forms.Form):
    """`rows` are the options or shares with the step each leads to."""

    def __init__(self, node: Node, graph: Graph, around: Surroundings, data=None):
        super().__init__(data, auto_id="step_%s")
        self.node, self.graph, self.around = node, graph, around
        self.rows: list[dict] = []
        for shape in SHAPES[node.kind]:
            if shape.name != "language" and self._is_needed(shape.name):
                self._add(shape)
        self._add_ways()

    def params(self) -> dict:
        """As the graph holds them; the form is valid."""
        found = {}
        for shape in SHAPES[self.node.kind]:
            if self._is_needed(shape.name):
                found[shape.name] = READ.get(shape.kind, _read_plain)(self, shape)
            else:
                found[shape.name] = self.node.params[shape.name]
        if self.node.kind == "sendTemplate":
            name, _, language = self.cleaned_data["template"].partition("|")
            found |= {"template": name, "language": language}
        return found

    def edges(self) -> dict[str, int]:
        """Way → step, where one was chosen."""
        found = {}
        for way, name in self.ways.items():
            target = self.cleaned_data.get(name)
            if target:
                found[way] = int(target)
        for row in self.rows:
            target = self.cleaned_data.get(row["way"].name)
            if target and row["id"]:
                found[row["prefix"] + row["id"]] = int(target)
        return found

    def clean_save_as(self) -> str:
        name = self.cleaned_data["save_as"]
        if name and not NAME.fullmatch(name):
            raise forms.ValidationError("Only letters, figures and “_”, like my_email.")
        return name

    def clean(self):
        given = super().clean()
        if not self.errors:
            _, wrong = cleaned(self.params(), SHAPES[self.node.kind])
            for sentence in wrong:
                self.add_error(None, sentence)
        return given

    @property
    def head(self) -> list:
        """What stands above the choices."""
        return [self[name] for name in FIRST if name in self.fields]

    @property
    def plain(self) -> list:
        """Every other field that is no row and no way out, in order."""
        special = {f.name for row in self.rows for f in row["fields"]}
        special |= {*self.ways.values(), *FIRST}
        return [self[name] for name in self.fields if name not in special]

    def _is_needed(self, name: str) -> bool:
        """Fields that mean nothing for what was chosen are not shown, and keep their value."""
        for chooser, unneeded in UNNEEDED.items():
            if chooser in self.node.params:
                chosen = self._given(chooser) or self.node.params[chooser]
                return name not in unneeded.get(chosen, ())
        return True

    @property
    def way_fields(self) -> list:
        return [self[name] for name in self.ways.values()]

    def _add(self, shape: Shape) -> None:
        if shape.kind in ("options", "shares"):
            getattr(self, f"_add_{shape.kind}")(shape)
        elif shape.kind == "values":
            self._add_values()
        else:
            value = self.node.params[shape.name]
            self.fields[shape.name] = self._field(shape, value)

    def _field(self, shape: Shape, value) -> forms.Field:
        common = {
            "label": LABELS.get(shape.name, shape.name),
            "help_text": HINTS.get(shape.name, ""),
            "required": False,
            "initial": value,
        }
        if shape.name == "template":
            return self._template_field(common)
        if shape.name == "to":
            return _teammate_field(self.around, common)
        return FIELDS[shape.kind](shape, value, common)

    def _template_field(self, common: dict) -> forms.Field:
        p = self.node.params
        common["initial"] = f"{p['template']}|{p['language']}" if p["template"] else ""
        known = [
            (
                f"{n}|{lang}",
                f"{n} ({lang})" + ("" if s == "APPROVED" else f" – {s.lower()}"),
            )
            for (n, lang), s in sorted(self.around.templates.items())
        ]
        if common["initial"] and common["initial"] not in dict(known):
            known.append(
                (common["initial"], f"{p['template']} ({p['language']}) – gone")
            )
        return forms.ChoiceField(choices=[("", "Choose a template"), *known], **common)

    def _add_values(self) -> None:
        for key, value in self.node.params["values"].items():
            self.fields[f"value_{key}"] = forms.CharField(
                label=key.replace(".", ": ").capitalize(),
                required=False,
                initial=value,
                max_length=nodes.BODY,
                help_text="Text, or a variable like {{first_name}}.",
            )

    def _add_options(self, shape: Shape) -> None:
        style = self._given("style") or self.node.params["style"]
        if style == "url":
            return
        is_list = style == "list"
        options = self.node.params["options"]
        most = nodes.ROWS if is_list else nodes.BUTTONS
        longest = nodes.ROW_TITLE if is_list else nodes.BUTTON_TITLE
        for place in range(max(most, len(options))):
            option = options[place] if place < len(options) else {"id": "", "title": ""}
            self._add_row(place, option, OPTION, longest, is_list)

    def _add_row(self, place, option, prefix, longest, is_list) -> None:
        title, more = f"option_{place}", f"about_{place}"
        self.fields[title] = forms.CharField(
            label=f"Choice {place + 1}", required=False, max_length=longest,
            initial=option["title"],
        )  # fmt: skip
        names = [title]
        if is_list:
            self.fields[more] = forms.CharField(
                label=f"About choice {place + 1}", required=False,
                max_length=nodes.ROW_DESCRIPTION, initial=option.get("description", ""),
            )  # fmt: skip
            names.append(more)
        self._finish_row(place, option["id"], prefix, names, f"choice {place + 1}")

    def _add_shares(self, shape: Shape) -> None:
        shares = self.node.params["shares"]
        for place in range(max(3, len(shares))):
            share = shares[place] if place < len(shares) else {"id": "", "percent": 0}
            percent, name = f"percent_{place}", f"share_{place}"
            self.fields[name] = forms.CharField(
                label=f"Name of share {place + 1}", required=False, max_length=40,
                initial=share.get("name", ""),
            )  # fmt: skip
            self.fields[percent] = forms.IntegerField(
                label=f"Percent of share {place + 1}", required=False, min_value=0,
                max_value=100, initial=share["percent"],
            )  # fmt: skip
            self._finish_row(
                place, share["id"], SHARE, [name, percent], f"share {place + 1}"
            )

    def _finish_row(self, place, pk, prefix, names, what) -> None:
        way = f"to_{place}"
        target = self.node.edges.get(prefix + pk) if pk else None
        self.fields[way] = self._way_field(f"Step after {what}", target)
        own = [self[name] for name in names]
        self.rows.append(
            {"id": pk, "prefix": prefix, "fields": [*own, self[way]], "own": own,
             "way": self[way]}
        )  # fmt: skip

    def _add_ways(self) -> None:
        self.ways: dict[str, str] = {}
        for way in self.node.ways:
            if way.startswith((OPTION, SHARE)):
                continue
            name = f"way_{way}"
            label = WAYS.get(way) if self.node.asks else None
            label = label or words.way(self.node, way)
            self.fields[name] = self._way_field(label, self.node.edges.get(way))
            self.ways[way] = name

    def _way_field(self, label: str, target: int | None) -> forms.Field:
        steps = [
            (pk, f"{words.title(n)}: {words.summary(n)[:40]}")
            for pk, n in sorted(self.graph.nodes.items())
            if pk != self.node.id or self.node.edges
        ]
        return forms.TypedChoiceField(
            label=label,
            required=False,
            choices=[("", "Nothing more"), *steps],
            initial=target or "",
        )

    def _given(self, name: str) -> str:
        return self.data.get(name, "") if self.is_bound else ""


def _teammate_field(around: Surroundings, common: dict) -> forms.Field:
    people = [(email, email) for email in sorted(around.people)]
    current = common["initial"]
    if current and current.casefold() not in around.people:
        people.append((current, f"{current} – not in this team"))
    return forms.ChoiceField(choices=[("", "Nobody in particular"), *people], **common)


def _text_field(shape: Shape, value, common: dict) -> forms.Field:
    is_long = shape.most > 250 and shape.name != "url"
    widget = forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput
    return forms.CharField(
        max_length=shape.most, widget=widget, strip=not is_long, **common
    )


def _choice_field(shape: Shape, value, common: dict) -> forms.Field:
    named = CHOICES.get(shape.name, {})
    return forms.ChoiceField(
        choices=[(c, named.get(c) or c) for c in shape.choices], **common
    )


def _number_field(shape: Shape, value, common: dict) -> forms.Field:
    return forms.IntegerField(min_value=shape.least, max_value=shape.most, **common)


def _seconds_field(shape: Shape, value, common: dict) -> forms.Field:
    durations = _durations(value, may_be_none=shape.least == 0)
    return forms.TypedChoiceField(choices=durations, coerce=int, **common)


def _words_field(shape: Shape, value, common: dict) -> forms.Field:
    common["initial"] = "\n".join(value)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)


FIELDS = {
    "text": _text_field,
    "choice": _choice_field,
    "number": _number_field,
    "seconds": _seconds_field,
    "words": _words_field,
}
CHOICES = {
    "style": nodes.STYLES,
    "expects": nodes.ANSWERS,
    "about": nodes.ABOUTS,
    "op": nodes.OPERATIONS,
}


def _read_plain(form: StepForm, shape: Shape):
    value = form.cleaned_data.get(shape.name)
    return shape.default if value is None or value == "" else value


def _read_text(form: StepForm, shape: Shape) -> str:
    return str(form.cleaned_data.get(shape.name) or "").replace("\r\n", "\n")


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _read_words(form: StepForm, shape: Shape) -> list[str]:
    return lines_of(form.cleaned_data.get(shape.name))


def _read_options(form: StepForm, shape: Shape) -> list[dict]:
    """Filled rows; a new one gets the next free letter."""
    found = []
    for row in form.rows:
        values = [form.cleaned_data.get(f.name) for f in row["own"]]
        if values[0]:
            row["id"] = row["id"] or _free_letter(form, row["prefix"])
            option = {"id": row["id"], "title": values[0].strip()}
            if len(values) > 1 and values[1]:
                option["description"] = values[1]
            found.append(option)
    return found if form.rows else form.node.params["options"]


def _read_shares(form: StepForm, shape: Shape) -> list[dict]:
    found = []
    for row in form.rows:
        name, percent = (form.cleaned_data.get(f.name) for f in row["own"])
        if percent:
            row["id"] = row["id"] or _free_letter(form, row["prefix"])
            found.append({"id": row["id"], "name": name or "", "percent": percent})
    return found


def _free_letter(form: StepForm, prefix: str) -> str:
    used = {row["id"] for row in form.rows}
    return next(c for c in "abcdefghijklmnopqrstuvwxyz" if c not in used)


def _read_values(form: StepForm, shape: Shape) -> dict:
    start = "value_"
    return {
        name.removeprefix(start): form.cleaned_data.get(name) or ""
        for name in form.fields
        if name.startswith(start)
    }


READ = {
    "text": _read_text,
    "words": _read_words,
    "options": _read_options,
    "shares": _read_shares,
    "values": _read_values,
}
