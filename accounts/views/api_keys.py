"""API keys in the settings: a key is shown once, when it is made."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import api_keys, audit
from accounts.access import member
from accounts.models import ApiKey

REVOKED_SHOWN = 20


class ApiKeyForm(forms.ModelForm):
    class Meta:
        model = ApiKey
        fields = ["name"]
        help_texts = {"name": "What will use it, for example “Web shop”."}

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.workspace = workspace

    def clean(self):
        alive = self.workspace.api_keys.filter(revoked_at=None)
        if alive.count() >= api_keys.MOST:
            raise forms.ValidationError(
                f"A workspace has at most {api_keys.MOST} keys. Revoke one first."
            )
        return self.cleaned_data


@require_http_methods(["GET", "POST"])
@member("manage_machines")
def keys(request):
    """All of them; a new one is made below the list."""
    form = ApiKeyForm(request.POST or None, workspace=request.workspace)
    made, token = None, ""
    if form.is_valid():
        made, token = api_keys.issue(
            request.workspace, form.cleaned_data["name"], by=request.user
        )
        audit.record(request, "API key made", str(made))
        form = ApiKeyForm(workspace=request.workspace)
    every = request.workspace.api_keys.select_related("created_by")
    context = {
        "form": form,
        "made": made,
        "token": token,
        "keys": every.filter(revoked_at=None).order_by("-created_at", "-id"),
        "revoked": every.exclude(revoked_at=None).order_by("-revoked_at")[
            :REVOKED_SHOWN
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/api_keys.html", context, status=status)


@require_POST
@member("manage_machines")
def revoke(request, key_id):
    key = get_object_or_404(ApiKey, workspace=request.workspace, pk=key_id)
    alive = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
    if alive.update(revoked_at=timezone.now()):
        audit.record(request, "API key revoked", str(key))
        messages.info(request, f"“{key.name}” is revoked and works no longer.")
    return redirect("api_keys", slug=request.workspace.slug)
