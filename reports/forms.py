"""The period and the number a report is about: GET parameters, so that it has an address."""

from django import forms

from inbox.filters import number_choices
from reports import periods
from reports.periods import LONGEST, USUAL, Period


class PeriodForm(forms.Form):
    first = forms.DateField(
        label="From", required=False, error_messages={"invalid": "Choose a day."}
    )
    last = forms.DateField(
        label="To", required=False, error_messages={"invalid": "Choose a day."}
    )
    number = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    office = forms.BooleanField(required=False)

    def __init__(self, data, *, workspace):
        super().__init__(data)
        self.today = periods.today(workspace)
        self.usual = periods.lately(self.today, USUAL)
        choices = [("", "Every number"), *number_choices(workspace)]
        self.fields["number"].choices = choices

    def clean(self):
        data = super().clean()
        last = data.get("last") or self.usual.last
        first = data.get("first") or periods.lately(last, USUAL).first
        if last > self.today:
            last = self.today
        if not self.errors and first > last:
            self.add_error("first", "The first day comes after the last.")
        elif (last - first).days >= LONGEST:
            self.add_error("first", f"At most {LONGEST} days at once.")
        data["period"] = Period(first, last)
        return data

    @property
    def period(self) -> Period:
        """What was asked, or the usual one where that makes no sense."""
        return self.cleaned_data["period"] if self.is_valid() else self.usual

    @property
    def in_hours(self) -> bool:
        """Whether waiting times count business hours only."""
        return self.is_valid() and self.cleaned_data["office"]

    @property
    def number_id(self) -> int | None:
        return self.cleaned_data.get("number") if self.is_valid() else None
