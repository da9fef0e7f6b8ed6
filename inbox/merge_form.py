"""Whose name, and whose value of a field both have: asked before two contacts are one."""

from django import forms

from inbox import words
from inbox.merging import KEPT, OTHER, Choices, differing
from inbox.models import Contact


class MergeForm(forms.Form):
    """A choice only where both have something, and it differs."""

    def __init__(self, data, *, kept: Contact, other: Contact):
        super().__init__(data)
        self.owned: dict[str, str] = {}
        if kept.own_name and other.own_name and kept.own_name != other.own_name:
            self._ask("name", "Name", (kept.own_name, other.own_name))
        self.usual_name = KEPT if kept.own_name else OTHER
        for n, key in enumerate(differing(kept, other)):
            self.owned[f"field_{n}"] = key
            self._ask(f"field_{n}", key, (kept.fields[key], other.fields[key]))

    def _ask(self, name: str, label: str, values: tuple) -> None:
        shown = [words.visible(str(value)) for value in values]
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=list(zip((KEPT, OTHER), shown, strict=True)),
            initial=KEPT,
            widget=forms.RadioSelect,
            error_messages={"required": f"Choose one value for “{label}”."},
        )

    def chosen(self) -> Choices:
        return Choices(
            name=self.cleaned_data.get("name", self.usual_name),
            fields={key: self.cleaned_data[name] for name, key in self.owned.items()},
        )
