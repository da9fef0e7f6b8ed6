"""Business hours: seven days, each open from … to …, or closed."""

from django import forms

from flows.hours import USUAL, WEEKDAYS

TIME = {"type": "time"}


class HoursForm(forms.Form):
    def __init__(self, hours: list, data=None):
        super().__init__(data)
        known = hours if len(hours) == len(WEEKDAYS) else USUAL
        for day, name in enumerate(WEEKDAYS):
            opens, closes = known[day] or (None, None)
            for key, label, value in (("from", "from", opens), ("to", "to", closes)):
                self.fields[f"{key}_{day}"] = forms.TimeField(
                    label=f"{name} {label}",
                    required=False,
                    initial=value,
                    widget=forms.TimeInput(attrs=TIME, format="%H:%M"),
                )

    @property
    def days(self) -> list[tuple]:
        return [
            (name, self[f"from_{day}"], self[f"to_{day}"])
            for day, name in enumerate(WEEKDAYS)
        ]

    def clean(self):
        given = super().clean()
        for day, name in enumerate(WEEKDAYS):
            opens, closes = given.get(f"from_{day}"), given.get(f"to_{day}")
            if bool(opens) != bool(closes) or (opens and opens >= closes):
                self.add_error(f"to_{day}", f"{name} must end after it begins.")
        return given

    def hours(self) -> list:
        found = []
        for day in range(len(WEEKDAYS)):
            opens = self.cleaned_data.get(f"from_{day}")
            closes = self.cleaned_data.get(f"to_{day}")
            found.append([f"{opens:%H:%M}", f"{closes:%H:%M}"] if opens else None)
        return found
