"""The pages about people; they belong to the inbox and have an address of their own."""

from django.urls import path

from inbox.views import contacts, importing, merging, opt_outs

app_name = "contacts"

urlpatterns = [
    path("", contacts.contacts, name="list"),
    path("new/", contacts.add, name="new"),
    path("export/", contacts.export, name="export"),
    path("opt-outs/", opt_outs.show, name="opt_outs"),
    path("opt-outs/export/", opt_outs.export, name="export_opt_outs"),
    path("import/", importing.upload, name="import"),
    path("import/example/", importing.example, name="import_example"),
    path("import/<uuid:import_id>/", importing.columns, name="import_columns"),
    path("import/<uuid:import_id>/check/", importing.check, name="import_check"),
    path("import/<uuid:import_id>/result/", importing.result, name="import_result"),
    path("import/<uuid:import_id>/lines/", importing.lines, name="import_lines"),
    path("import/<uuid:import_id>/refused/", importing.refused, name="import_refused"),
    path("import/<uuid:import_id>/undo/", importing.undo, name="undo_import"),
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
