"""Forms of people and workspaces: shape and words; rules stay in the domain."""

import zoneinfo
from typing import ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts import roles
from accounts.models import Invitation, User, Workspace


def time_zones():
    return [
        (name, name.replace("_", " "))
        for name in sorted(zoneinfo.available_timezones())
    ]


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=time_zones)

    class Meta:
        model = User
        fields = ["name", "time_zone", "theme", "has_shortcuts", "enter_sends"]


class NotificationsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = [
            "rings_for_mentions",
            "rings_for_messages",
            "has_sound",
            "mails_mentions",
        ]
        help_texts: ClassVar = {
            "has_sound": "Also while you look at Converge, unless that conversation is "
            "open. Browsers play it once you have clicked in the page."
        }


class WorkspaceForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=time_zones)

    class Meta:
        model = Workspace
        fields = ["name", "time_zone", "country", "suggests_do_not_send"]

    def clean_country(self):
        return self.cleaned_data["country"].upper()


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["email", "role"]

    def __init__(self, *args, may_invite_owners: bool, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        if not may_invite_owners:
            self.fields["role"].choices = [
                r for r in roles.ROLES if r[0] != roles.OWNER
            ]

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        members = self.workspace.memberships.filter(user__email__iexact=email)
        if members.exists():
            raise forms.ValidationError("This person is already in the workspace.")
        return email


class NewPersonForm(forms.Form):
    """Name and password of somebody who has no account yet."""

    name = forms.CharField(max_length=120, label="Your name")
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters.",
    )

    def clean_password(self):
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]


class FirstOwnerForm(NewPersonForm):
    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    workspace = forms.CharField(max_length=80, label="Name of your workspace")

    field_order = ["workspace", "name", "email", "password"]


class CaseReplyForm(forms.Form):
    text = forms.CharField(
        label="Add something", max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CaseForm(forms.Form):
    subject = forms.CharField(label="What it is about", max_length=160)
    text = forms.CharField(
        label="What happens, and what you expected",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
