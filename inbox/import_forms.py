"""The file of an import, where its numbers are from, and how its people agreed."""

import phonenumbers
from django import forms

from converge import csv_files
from inbox import import_check
from inbox.models import Import

COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)


def country_choices(codes: list[str]) -> list[tuple[str, str]]:
    return [
        (code, f"{code} +{phonenumbers.country_code_for_region(code)}")
        for code in codes
    ]


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="Up to 20 MB and 100,000 lines, with one column of phone numbers.",
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Export it again.",
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    country = forms.ChoiceField(
        label="Numbers without + are from",
        choices=country_choices(COUNTRIES),
    )
    consent = forms.CharField(
        label="How did these people agree to receive WhatsApp messages from you?",
        max_length=200,
        help_text="For example: a box in the order form since March 2026.",
        error_messages={"required": "Say how they agreed. It is kept with the import."},
    )
    agreed = forms.BooleanField(
        label="Everybody in this file agreed to receive WhatsApp messages from us",
        error_messages={
            "required": "Only people who agreed may be imported. Confirm it, or take"
            " the others out of the file."
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            csv_files.refuse_large(file.name, file.size, import_check.MOST_BYTES)
            self.body = file.read()
            self.shape = csv_files.look_at(self.body)
        except csv_files.NotUsable as problem:
            raise forms.ValidationError(str(problem)) from problem
        if len(self.shape.columns) > 100:
            raise forms.ValidationError(
                f"The file has {len(self.shape.columns)} columns. One file may have 100."
            )
        return file

    def store(self, workspace, user) -> Import:
        shape = self.shape
        return Import.objects.create(
            workspace=workspace,
            name=self.cleaned_data["file"].name[:240],
            body=self.body,
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            columns=shape.columns,
            sample=shape.sample,
            row_count=shape.row_count,
            country=self.cleaned_data["country"],
            consent=self.cleaned_data["consent"],
            uploaded_by=user,
        )


class PolicyForm(forms.Form):
    policy = forms.ChoiceField(
        choices=Import.POLICIES, initial=Import.FILL, widget=forms.RadioSelect
    )
