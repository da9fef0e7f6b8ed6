"""What a teammate fills in for a reply that is more than words; each gives a draught."""

import uuid

from django import forms
from django.core.validators import EmailValidator, URLValidator

from business_numbers import phones
from inbox import canned, reply_kinds
from inbox.outbox import Draught
from inbox.reply_kinds import Row


class AtMost:
    """Not `max_length`, whose attribute cuts what is pasted without a word."""

    def __init__(self, most: int):
        self.most = most

    def __call__(self, text: str) -> None:
        if (over := len(text) - self.most) > 0:
            raise forms.ValidationError(
                f"{over} {'character' if over == 1 else 'characters'} too long:"
                f" {self.most} are possible."
            )


def _text(label: str, most: int, *, required=False, rows=0, hint="", missing=""):
    attrs = {"data-most": most, "dir": "auto", "autocomplete": "off"}
    widget = forms.Textarea({"rows": rows, **attrs}) if rows else forms.TextInput(attrs)
    return forms.CharField(
        label=label if required else f"{label} (optional)",
        required=required,
        widget=widget,
        validators=[AtMost(most)],
        help_text=hint,
        error_messages={"required": missing or f"{label} is missing."},
    )


class ReplyForm(forms.Form):
    """`client_id` makes a second click the same message."""

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, initial: dict | None = None, region: str = ""):
        super().__init__(
            data,
            auto_id="reply-%s",
            initial=(initial or {}) | {"client_id": uuid.uuid4()},
        )
        self.region = region

    def draught(self) -> Draught:
        key = self.cleaned_data.get("client_id") or uuid.uuid4()
        return Draught(self.meta, self.body(), id=key, content=self.content())

    def tell(self, name: str):
        """What was typed, before anybody says whether it is right; for the preview."""
        given = self.data if self.is_bound else self.initial
        return str(given.get(name, "")).strip()


class InteractiveForm(ReplyForm):
    meta = "interactive"
    header = _text("Header", reply_kinds.HEADER)
    text = _text("Text", reply_kinds.BODY, required=True, rows=4)
    footer = _text("Footer", reply_kinds.FOOTER)

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if problem := canned.unfilled(text):
            raise forms.ValidationError(problem)
        return text

    def body(self) -> str:
        return self.cleaned_data["text"]

    def content(self) -> dict:
        d = self.cleaned_data
        return reply_kinds.frame(
            self.type, d["text"], d["header"], d["footer"], self.action()
        )


class ButtonsForm(InteractiveForm):
    type = "button"
    button_1 = _text("Button 1", reply_kinds.TITLE, required=True)
    button_2 = _text("Button 2", reply_kinds.TITLE)
    button_3 = _text("Button 3", reply_kinds.TITLE)

    def titles(self) -> list[str]:
        given = (self.cleaned_data.get(f"button_{n}") for n in (1, 2, 3))
        return [title for title in given if title]

    def clean(self) -> None:
        seen: set[str] = set()
        for n in (1, 2, 3):
            title = self.cleaned_data.get(f"button_{n}")
            if title and title in seen:
                self.add_error(f"button_{n}", "Another button says the same.")
            seen.add(title)

    def action(self) -> dict:
        return reply_kinds.buttons(self.titles())


class LinkForm(InteractiveForm):
    type = "cta_url"
    title = _text("Words on the button", reply_kinds.TITLE, required=True)
    url = _text("Address", reply_kinds.URL, required=True, hint="Begins with https://")

    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        try:
            URLValidator(schemes=["http", "https"])(url)
        except forms.ValidationError:
            raise forms.ValidationError(
                "Write the whole address, for example https://example.com/order."
            ) from None
        return url

    def action(self) -> dict:
        return reply_kinds.link(self.cleaned_data["title"], self.cleaned_data["url"])


class ListForm(InteractiveForm):
    type = "list"
    button = _text("Words that open the list", reply_kinds.TITLE, required=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for n in range(1, reply_kinds.ROWS + 1):
            self._add(f"section_{n}", f"Section above row {n}", reply_kinds.SECTION)
            self._add(f"row_{n}", f"Row {n}", reply_kinds.ROW_TITLE)
            self._add(f"about_{n}", f"About row {n}", reply_kinds.ROW_ABOUT)

    def _add(self, name: str, label: str, most: int) -> None:
        self.fields[name] = _text(label, most)
        self.fields[name].label = label
        # The next row appears when this one has words: the style sheet asks for that.
        self.fields[name].widget.attrs["placeholder"] = " "

    def lines(self) -> list[dict]:
        return [
            {part: self[f"{part}_{n}"] for part in ("section", "row", "about")}
            for n in range(1, reply_kinds.ROWS + 1)
        ]

    def rows(self, given: dict) -> list[Row]:
        found = (
            Row(*(given.get(f"{part}_{n}", "") for part in ("row", "about", "section")))
            for n in range(1, reply_kinds.ROWS + 1)
        )
        return [row for row in found if row.title]

    def clean(self) -> None:
        d = self.cleaned_data
        for n in range(1, reply_kinds.ROWS + 1):
            is_begun = d.get(f"about_{n}") or d.get(f"section_{n}")
            if is_begun and not d.get(f"row_{n}") and f"row_{n}" not in self.errors:
                self.add_error(f"row_{n}", f"Row {n} has no words of its own.")
        self._clean_whole(self.rows(d))

    def _clean_whole(self, rows: list[Row]) -> None:
        if not rows and "row_1" not in self.errors:
            self.add_error("row_1", "A list needs a row at least.")
        if len({row.title for row in rows}) < len(rows):
            self.add_error(None, "Two rows say the same.")
        if any(row.section for row in rows[1:]) and not rows[0].section:
            self.add_error(
                "section_1", "With several sections, the first one needs a name, too."
            )

    def action(self) -> dict:
        d = self.cleaned_data
        return reply_kinds.rows(d["button"], self.rows(d))


class LocationForm(ReplyForm):
    meta = "location"
    place = _text(
        "Where",
        reply_kinds.URL,
        required=True,
        hint="Latitude and longitude, for example 51.5072, -0.1276, or the link of a map "
        "that holds them.",
        missing="Say where it is.",
    )
    name = _text("Name", reply_kinds.PLACE_NAME)
    address = _text("Address", reply_kinds.ADDRESS)

    def clean_place(self) -> tuple[float, float]:
        found = reply_kinds.where(self.cleaned_data["place"])
        if found is None:
            raise forms.ValidationError(
                "No latitude and longitude in this. A short link hides them: open it and"
                " copy the long one."
            )
        return found

    def body(self) -> str:
        return self.cleaned_data["name"] or self.cleaned_data["address"]

    def content(self) -> dict:
        d = self.cleaned_data
        return reply_kinds.place(*d["place"], d["name"], d["address"])


class ContactForm(ReplyForm):
    meta = "contacts"
    name = _text("Name", reply_kinds.PERSON, required=True)
    phone = _text("Phone number", 40, hint="With + and the country")
    on_whatsapp = forms.BooleanField(
        label="This number is on WhatsApp", required=False, initial=True
    )
    email = _text("E-mail", 254)
    company = _text("Company", reply_kinds.PERSON)

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        if typed and not phones.wa_id(typed, self.region):
            raise forms.ValidationError("This is not a phone number.")
        return phones.wa_id(typed, self.region) if typed else ""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email:
            EmailValidator("This is not an e-mail address.")(email)
        return email

    def clean(self) -> None:
        d = self.cleaned_data
        if not (d.get("phone") or d.get("email") or self.errors):
            self.add_error("phone", "Give a phone number or an e-mail address.")

    def body(self) -> str:
        return self.cleaned_data["name"]

    def content(self) -> list[dict]:
        d = self.cleaned_data
        wa_id = d["phone"] if d["on_whatsapp"] else ""
        shown = phones.shown(d["phone"]) if d["phone"] else ""
        return reply_kinds.card(d["name"], shown, wa_id, d["email"], d["company"])


FORMS = {
    "buttons": ButtonsForm,
    "list": ListForm,
    "link": LinkForm,
    "location": LocationForm,
    "contact": ContactForm,
}
