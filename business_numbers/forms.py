"""Connecting a number by hand: what Meta's pages show, pasted."""

from django import forms

from business_numbers.models import BusinessAccount, Number
from business_numbers.onboarding import Pasted
from business_numbers.registration import is_weak


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


class LabelForm(forms.ModelForm):
    class Meta:
        model = Number
        fields = ["label"]
        labels = {"label": "Name"}
        help_texts = {"label": "How your team calls this number."}


class PinForm(forms.Form):
    """Six digits, twice and not weak when it is a new one. Never shown again."""

    pin = forms.RegexField(
        r"^\d{6}$",
        label="6-digit PIN",
        strip=True,
        error_messages={"invalid": "A PIN has 6 digits."},
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "maxlength": 6}
        ),
    )
    again = forms.CharField(
        label="The same PIN again",
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "maxlength": 6}
        ),
    )
    saved = forms.BooleanField(
        label="I have saved the PIN",
        error_messages={"required": "Save the PIN first: Converge does not keep it."},
    )

    def __init__(self, *args, is_new: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_new = is_new
        if not is_new:
            del self.fields["again"], self.fields["saved"]

    def clean_pin(self):
        pin = self.cleaned_data["pin"]
        if self.is_new and is_weak(pin):
            raise forms.ValidationError(
                "This PIN is too easy to guess. Choose another."
            )
        return pin

    def clean(self):
        data = super().clean()
        if self.is_new and data.get("pin") and data.get("again") != data["pin"]:
            self.add_error("again", "The two PINs are not the same.")
        return data


class MethodForm(forms.Form):
    method = forms.ChoiceField(
        label="How the code comes",
        choices=[("SMS", "SMS"), ("VOICE", "Call")],
        initial="SMS",
    )
    language = forms.ChoiceField(
        label="Language of the code",
        choices=[
            ("en_US", "English"),
            ("de_DE", "German"),
            ("es_ES", "Spanish"),
            ("fr_FR", "French"),
            ("pt_BR", "Portuguese"),
        ],
    )


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{3}[-\s]?\d{3}\s*$",
        label="Code",
        help_text="6 digits, like 123-456.",
        error_messages={"invalid": "A code has 6 digits, like 123-456."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )


class RetireForm(forms.Form):
    REASONS = [
        ("not needed", "We do not need this number any more"),
        ("moving", "It moves to another workspace or provider"),
        ("other", "Another reason"),
    ]

    reason = forms.ChoiceField(label="Reason", choices=REASONS)
    last_four = forms.CharField(
        label="Type the last four digits to confirm",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, number: Number, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.number, self.user = number, user

    def clean_last_four(self):
        given = self.cleaned_data["last_four"].strip()
        if given != self.number.last_four:
            raise forms.ValidationError("These are not the last four digits.")
        return given

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError("This is not your password.")
        return ""


class TemplateFilter(forms.Form):
    q = forms.CharField(required=False, label="Name")
    status = forms.ChoiceField(required=False)
    category = forms.ChoiceField(required=False)
    account = forms.ModelChoiceField(
        BusinessAccount.objects.none(), required=False, empty_label="All accounts"
    )

    STATUSES = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED")
    CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")

    def __init__(self, *args, accounts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts
        self.fields["status"].choices = self._choices("Every status", self.STATUSES)
        self.fields["category"].choices = self._choices(
            "Every category", self.CATEGORIES
        )

    def _choices(self, everything: str, names: tuple[str, ...]):
        return [("", everything), *((n, n.capitalize()) for n in names)]

    @property
    def is_active(self) -> bool:
        return self.is_bound and self.is_valid() and any(self.cleaned_data.values())

    def filter(self, found):
        if not self.is_active:
            return found
        data = self.cleaned_data
        if data["q"]:
            found = found.filter(name__icontains=data["q"])
        for name in ("status", "category", "account"):
            if data[name]:
                found = found.filter(**{name: data[name]})
        return found
