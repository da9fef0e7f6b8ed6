"""Segments stand beside the contacts they name."""

from django.urls import path

from broadcasts.views import segments

app_name = "segments"

urlpatterns = [
    path("", segments.show_all, name="list"),
    path("new/", segments.keep, name="keep"),
    path("<int:segment_id>/", segments.show, name="show"),
    path("<int:segment_id>/edit/", segments.edit, name="edit"),
    path("<int:segment_id>/remove/", segments.remove, name="remove"),
]
