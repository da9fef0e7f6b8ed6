"""What a teammate may write about a person: a name, fields of their own, a phone number."""

import re

from django import forms

from business_numbers import phones

FIELDS_MAX, FIELD_NAME_MAX, FIELD_MAX = 50, 40, 500
FIELD_NAME = re.compile(r"[\w][\w .-]*")


class ContactForm(forms.Form):
    """The name, one input for each field there is, and room for one more."""

    name = forms.CharField(max_length=200, required=False)
    new_name = forms.CharField(
        label="New field", max_length=FIELD_NAME_MAX, required=False
    )
    new_value = forms.CharField(label="Its value", max_length=FIELD_MAX, required=False)

    def __init__(self, data, *, contact):
        super().__init__(data, initial={"name": contact.name})
        self.contact = contact
        self.owned = {f"field_{n}": key for n, key in enumerate(sorted(contact.fields))}
        for name, key in self.owned.items():
            self.fields[name] = forms.CharField(
                label=key,
                max_length=FIELD_MAX,
                required=False,
                initial=str(contact.fields[key]),
            )
        self.order_fields(["name", *self.owned, "new_name", "new_value"])

    def clean_new_name(self) -> str:
        name = " ".join(self.cleaned_data["new_name"].split())
        if name and not FIELD_NAME.fullmatch(name):
            raise forms.ValidationError(
                "A field's name has letters, digits, spaces, dots and dashes."
            )
        if name in self.contact.fields:
            raise forms.ValidationError("This field is there already.")
        return name

    def clean(self) -> dict:
        cleaned = super().clean()
        is_nameless = not cleaned.get("new_name") and "new_name" not in self.errors
        if cleaned.get("new_value") and is_nameless:
            self.add_error("new_name", "A field needs a name.")
        if cleaned.get("new_name") and len(self.contact.fields) >= FIELDS_MAX:
            self.add_error("new_name", f"A contact has at most {FIELDS_MAX} fields.")
        return cleaned

    def written(self) -> dict[str, str]:
        """The fields as they shall be; an emptied one is gone."""
        values = {key: self.cleaned_data[name] for name, key in self.owned.items()}
        if self.cleaned_data["new_name"]:
            values[self.cleaned_data["new_name"]] = self.cleaned_data["new_value"]
        return {key: value for key, value in values.items() if value}


class NewContactForm(forms.Form):
    name = forms.CharField(max_length=200, required=False)
    phone = forms.CharField(
        label="Phone number",
        max_length=40,
        help_text="With + and the country, for example +44 7700 900118",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, data, *, country: str):
        super().__init__(data)
        self.country = country

    def clean_phone(self) -> str:
        """Digits as WhatsApp knows them."""
        digits = phones.wa_id(self.cleaned_data["phone"], self.country)
        if not digits:
            raise forms.ValidationError(
                "That does not look like a phone number. Write it with + and the"
                " country, for example +44 7700 900118."
            )
        return digits
