"""Where a webhook is, and what it listens to."""

from django import forms

from converge import outward
from converge.outward import NotCalled
from inbox.models import OutgoingWebhook
from inbox.outgoing import EVENTS

MOST = 10


class WebhookForm(forms.Form):
    """One box for each event; the URL is judged as it is at every call."""

    url = forms.CharField(
        label="URL",
        max_length=500,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "dir": "ltr"}
        ),
        help_text="A public https address that answers within 10 seconds.",
    )

    def __init__(self, *args, webhook: OutgoingWebhook, **kwargs):
        super().__init__(*args, **kwargs)
        self.webhook = webhook
        self.fields["url"].initial = webhook.url
        for kind, label in EVENTS.items():
            self.fields[_name(kind)] = forms.BooleanField(
                label=label, required=False, initial=kind in webhook.events
            )

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        try:
            outward.resolve(url)
        except NotCalled as problem:
            raise forms.ValidationError(str(problem)) from problem
        return url

    def clean(self):
        if not self.chosen():
            raise forms.ValidationError("Choose at least one event.")
        own = OutgoingWebhook.objects.filter(workspace=self.webhook.workspace)
        is_new = self.webhook._state.adding
        if is_new and own.count() >= MOST:
            raise forms.ValidationError(
                f"A workspace has at most {MOST} webhooks. Delete one first."
            )
        return self.cleaned_data

    def chosen(self) -> list[str]:
        return [kind for kind in EVENTS if self.cleaned_data.get(_name(kind))]

    @property
    def boxes(self):
        return [self[_name(kind)] for kind in EVENTS]


def _name(kind: str) -> str:
    return kind.replace(".", "_")
