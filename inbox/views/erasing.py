"""A person's data erased: the page says what goes and what stays, and asks for a word."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import member
from inbox import erasing, words
from inbox.access import contact_for
from inbox.joining import Refused

WORD = "erase"


class EraseForm(forms.Form):
    word = forms.CharField(
        label=f"Type “{WORD}” to confirm",
        max_length=20,
        error_messages={"required": f"Type “{WORD}”. Nothing was erased."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
    )

    def clean_word(self) -> str:
        if self.cleaned_data["word"].strip().strip("“”\"'").casefold() != WORD:
            raise forms.ValidationError(f"Type “{WORD}”. Nothing was erased.")
        return WORD


@require_http_methods(["GET", "POST"])
@member("erase_contacts")
def erase(request, contact_id, also=()):
    contact = contact_for(request, contact_id)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erasing.erase(contact, also)
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            audit.record(request, "contact erased", str(contact.public_id))
            messages.info(request, "The person’s data is erased.")
            return redirect("contacts:list", slug=request.workspace.slug)
    context = {
        "form": form,
        "contact": contact,
        "name": words.visible(contact.title),
        "extent": erasing.extent(contact),
        "raw_days": settings.RAW_EVENT_DAYS,
    }
    status = 422 if form.is_bound else 200
    return render(request, "contacts/erase.html", context, status=status)
