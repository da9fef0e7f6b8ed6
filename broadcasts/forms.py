"""Forms of the wizard and of the settings: shape and words; rules stay in the domain."""

import zoneinfo
from datetime import datetime

from django import forms

from broadcasts import retries, zones
from broadcasts.models import Broadcast, Price, Segment
from business_numbers.models import Number, Template
from converge import clock
from inbox.models import Tag

DAYS = [(7, "7 days"), (14, "14 days"), (30, "30 days"), (90, "90 days")]


class MessageForm(forms.ModelForm):
    class Meta:
        model = Broadcast
        fields = ["name", "number", "template"]

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        own = Number.objects.in_use().filter(workspace=workspace, kind=Number.WHATSAPP)
        self.fields["number"].queryset = own.order_by("label")
        self.fields["number"].required = self.fields["template"].required = True
        self.fields["number"].error_messages["required"] = "Choose a number."
        self.fields["template"].error_messages["required"] = "Choose a template."
        self.fields["name"].error_messages["required"] = "Give it a name."
        self.fields["template"].queryset = Template.objects.filter(
            workspace=workspace, deleted_at=None
        )

    def clean(self):
        data = super().clean()
        number, template = data.get("number"), data.get("template")
        if number and template and template.account_id != number.account_id:
            self.add_error(
                "template", "Another account's template. Choose one of this number."
            )
        elif template and template.status not in ("APPROVED", "PAUSED"):
            self.add_error("template", "Meta has not approved this template.")
        return data


class RuleForm(forms.Form):
    """One rule of the audience. `kind` says which of the other fields count."""

    kind = forms.ChoiceField(
        choices=[
            (k, k) for k in ("everyone", "segment", "tags", "wrote", "field", "got")
        ]
    )
    segment = forms.ModelChoiceField(Segment.objects.none(), required=False)
    tags = forms.ModelMultipleChoiceField(Tag.objects.none(), required=False)
    every = forms.BooleanField(required=False)
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, required=False)
    field = forms.CharField(max_length=60, required=False)
    value = forms.CharField(max_length=200, required=False)

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.filter(workspace=workspace)
        self.fields["tags"].queryset = Tag.objects.filter(workspace=workspace)

    def clean(self):
        data = super().clean()
        needed = {
            "segment": ("segment", "Choose a segment."),
            "tags": ("tags", "Choose at least one tag."),
            "field": ("field", "Name the contact field."),
        }.get(data.get("kind"))
        if needed and not data.get(needed[0]):
            self.add_error(needed[0], needed[1])
        return data

    def rule(self) -> dict:
        data = self.cleaned_data
        match data["kind"]:
            case "segment":
                return {"kind": "segment", "id": data["segment"].id}
            case "tags":
                ids = sorted(tag.id for tag in data["tags"])
                return {"kind": "tags", "ids": ids, "all": data["every"]}
            case "wrote" | "got":
                return {"kind": data["kind"], "days": data["days"] or 7}
            case "field":
                return {"kind": "field", "name": data["field"], "value": data["value"]}
        return {"kind": "everyone"}


class SegmentForm(forms.Form):
    name = forms.CharField(
        max_length=80, error_messages={"required": "Give the segment a name."}
    )

    def __init__(self, *args, workspace, segment: Segment | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.workspace, self.segment = workspace, segment

    def clean_name(self):
        name = self.cleaned_data["name"]
        others = Segment.objects.filter(workspace=self.workspace, name=name)
        if others.exclude(id=self.segment and self.segment.id).exists():
            raise forms.ValidationError("There is a segment of that name already.")
        return name


class WhenForm(forms.Form):
    timing = forms.ChoiceField(choices=Broadcast.TIMINGS, widget=forms.RadioSelect)
    date = forms.DateField(required=False)
    time = forms.TimeField(required=False)
    zone = forms.ChoiceField(
        choices=lambda: [
            (z, z.replace("_", " ")) for z in sorted(zoneinfo.available_timezones())
        ],
        required=False,
    )

    def clean(self):
        data = super().clean()
        data["starts_at"], data["doubled"] = None, False
        if data.get("timing") in (Broadcast.AT, Broadcast.LOCAL):
            self._find_moment(data)
        return data

    def _find_moment(self, data: dict) -> None:
        for name, sentence in (("date", "Choose a day."), ("time", "Choose a time.")):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if self.errors:
            return
        local = datetime.combine(data["date"], data["time"])
        zone = data["zone"] or "UTC"
        try:
            data["starts_at"] = zones.moment(local, zone)
        except zones.NoSuchTime:
            self.add_error(
                "time",
                f"{local:%H:%M} does not exist on that day in {zone}: the clocks go "
                "forward. Choose another time.",
            )
            return
        data["doubled"] = zones.is_doubled(local, zone)
        if data["starts_at"] <= clock.now():
            self.add_error("time", "That time is over. Choose a later one.")


class UploadForm(forms.Form):
    file = forms.FileField(
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
        }
    )


class PhoneForm(forms.Form):
    phone = forms.CharField(max_length=40)


class PriceForm(forms.ModelForm):
    class Meta:
        model = Price
        fields = ["country", "category", "amount", "currency"]

    def clean_country(self):
        country = self.cleaned_data["country"].strip().upper()
        if country and (len(country) != 2 or not country.isalpha()):
            raise forms.ValidationError(
                "Two letters, for example GB; empty is any other."
            )
        return country

    def clean_currency(self):
        return self.cleaned_data["currency"].strip().upper()


class LadderForm(forms.Form):
    """Waits as people write them: `7, 8, 9`."""

    waits = forms.CharField(max_length=40, required=False)

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean_waits(self) -> list[int]:
        per = 24 if self.kind == retries.CAP else 1
        try:
            waits = [
                int(part) * per
                for part in self.cleaned_data["waits"].replace(",", " ").split()
            ]
        except ValueError as error:
            raise forms.ValidationError(
                "Whole numbers, for example 7, 8, 9."
            ) from error
        sentence = retries.problem(self.kind, waits)
        if sentence:
            raise forms.ValidationError(sentence)
        return waits
