"""Canned replies: written in the settings, used in the composer."""

from django.urls import path

from inbox.views import replying

app_name = "replies"

urlpatterns = [
    path("", replying.replies, name="list"),
    path("<int:reply_id>/", replying.edit, name="edit"),
    path("<int:reply_id>/delete/", replying.delete, name="delete"),
]
