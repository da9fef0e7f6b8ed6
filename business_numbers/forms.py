"""Connecting a number by hand: what Meta's pages show, pasted."""

from django import forms

from business_numbers.onboarding import Pasted


class PasteForm(forms.Form):
    label = forms.CharField(
        max_length=60, required=False, help_text="How your team calls this number."
    )
    phone_number_id = forms.RegexField(
        r"^\d{5,40}$",
        label="Phone number ID",
        help_text="WhatsApp Manager shows it beside the number.",
    )
    waba_id = forms.RegexField(
        r"^\d{5,40}$", label="WhatsApp Business Account ID", max_length=40
    )
    token = forms.CharField(
        label="Access token",
        max_length=600,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Of a system user, with both WhatsApp permissions. It is stored "
        "encrypted; only its last four characters are ever shown.",
    )

    def pasted(self) -> Pasted:
        data = self.cleaned_data
        return Pasted(data["token"], data["waba_id"], data["phone_number_id"])
