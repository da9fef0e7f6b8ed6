"""The pages about people; they belong to the inbox and have an address of their own."""

from django.urls import path

from inbox.views import contacts, merging

app_name = "contacts"

urlpatterns = [
    path("", contacts.contacts, name="list"),
    path("new/", contacts.add, name="new"),
    path("export/", contacts.export, name="export"),
    path("<uuid:contact_id>/", contacts.contact, name="show"),
    path("<uuid:contact_id>/merge/", merging.choose, name="merge_with"),
    path(
        "<uuid:contact_id>/merge/<uuid:other_id>/",
        merging.merge,
        name="merge",
    ),
    path(
        "<uuid:contact_id>/merges/<uuid:merge_id>/undo/",
        merging.undo,
        name="undo_merge",
    ),
    path("<uuid:contact_id>/dnd/", contacts.dnd, name="dnd"),
    path("<uuid:contact_id>/do-not-send/", contacts.do_not_send, name="do_not_send"),
]
