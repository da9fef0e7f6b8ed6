"""The first version of the interface for programs; it is described in docs/api.md."""

from django.urls import path, re_path

from inbox.api import lists, messages

app_name = "api"

urlpatterns = [
    path("messages", messages.messages, name="messages"),
    path("messages/<uuid:message_id>", messages.message, name="message"),
    path("templates", lists.templates, name="templates"),
    path("numbers", lists.numbers, name="numbers"),
    re_path(r"", lists.nothing, name="nothing"),
]
