"""The export of a workspace, in the settings."""

from django.urls import path

from inbox.views import exports


def urlpatterns_for(task: str) -> tuple:
    """`task` writes one; the steps above know what belongs into it."""
    patterns = [
        path("", exports.exports, {"task": task}, name="list"),
        path("<uuid:export_id>/", exports.download, name="download"),
    ]
    return patterns, "exports"
