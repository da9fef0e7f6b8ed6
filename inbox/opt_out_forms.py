"""A list of people who must be left alone: a file or pasted numbers, and where it is from."""

import csv
import io
import re

from django import forms

from business_numbers import phone_cells
from converge import csv_files
from inbox import import_check
from inbox.import_forms import COUNTRIES, country_choices
from inbox.models import Import

PASTED_MAX = 500_000
COLUMNS_MAX = 100


class OptOutForm(forms.Form):
    pasted = forms.CharField(
        label="Phone numbers",
        required=False,
        max_length=PASTED_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One a line, or separated by commas.",
    )
    file = forms.FileField(
        label="Or a CSV file",
        required=False,
        help_text="Up to 20 MB and 100,000 lines. One column has phone numbers; others may"
        " say since when and why.",
        error_messages={"empty": "The file is empty. Export it again."},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    country = forms.ChoiceField(label="Numbers without + are from")
    source = forms.CharField(
        label="Where is this list from?",
        max_length=180,
        help_text="For example: opt-outs of the newsletter tool, October 2026. It is kept as"
        " the reason.",
        error_messages={"required": "Say where the list is from. It is kept with it."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices(COUNTRIES)

    def clean(self):
        found = super().clean()
        pasted, file = found.get("pasted"), found.get("file")
        if "file" in self.errors or "pasted" in self.errors:
            return found
        if bool(pasted) == bool(file):
            raise forms.ValidationError(
                "Choose one: the numbers, or a file."
                if pasted
                else "Paste the numbers, or choose a file."
            )
        try:
            self.body = _typed(pasted) if pasted else self._of_file(file)
            self.shape = csv_files.look_at(self.body)
        except csv_files.NotUsable as problem:
            self.add_error("pasted" if pasted else "file", str(problem))
            return found
        if len(self.shape.columns) > COLUMNS_MAX:
            self.add_error("file", f"One file may have {COLUMNS_MAX} columns.")
        return found

    def _of_file(self, file) -> bytes:
        csv_files.refuse_large(file.name, file.size, import_check.MOST_BYTES)
        region = self.cleaned_data.get("country", "")
        return csv_files.with_head(
            file.read(), lambda cell: bool(phone_cells.read(cell.strip(), region)[0])
        )

    def store(self, workspace, user) -> Import:
        file, shape = self.cleaned_data["file"], self.shape
        return Import.objects.create(
            workspace=workspace,
            kind=Import.OPT_OUTS,
            name=file.name[:240] if file else "Pasted numbers",
            body=self.body,
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            columns=shape.columns,
            sample=shape.sample,
            row_count=shape.row_count,
            country=self.cleaned_data["country"],
            consent=self.cleaned_data["source"],
            policy=Import.ADD,
            uploaded_by=user,
        )


def _typed(text: str) -> bytes:
    """A file of one column."""
    cells = [cell.strip() for cell in re.split(r"[\n\r,;\t|]+", text)]
    out = io.StringIO()
    csv.writer(out).writerows([["phone"], *([cell] for cell in cells if cell)])
    return out.getvalue().encode()
