"""Webhooks to the outside, in the settings."""

from django.urls import path

from inbox.views import webhooks

app_name = "webhooks"
W = "<uuid:webhook_id>/"

urlpatterns = [
    path("", webhooks.webhooks, name="list"),
    path(W, webhooks.webhook, name="show"),
    path(f"{W}edit/", webhooks.edit, name="edit"),
    path(f"{W}secret/", webhooks.renew_secret, name="renew_secret"),
    path(f"{W}switch/", webhooks.switch, name="switch"),
    path(f"{W}test/", webhooks.send_test, name="test"),
    path(f"{W}delete/", webhooks.delete, name="delete"),
    path(f"{W}again/<int:delivery_id>/", webhooks.try_again, name="again"),
]
