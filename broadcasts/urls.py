from django.urls import path

from broadcasts.views import acts, audience, files, pages, people, settings, wizard

app_name = "broadcasts"
B = "<uuid:broadcast_id>/"
F = f"{B}files/<uuid:file_id>/"
R = f"{B}people/<int:recipient_id>/"

urlpatterns = [
    path("", pages.broadcast_list, name="list"),
    path("new/", wizard.begin, name="new"),
    path("settings/", settings.show, name="settings"),
    path("settings/prices/", settings.save_price, name="save_price"),
    path("settings/prices/remove/", settings.remove_price, name="remove_price"),
    path("settings/ladder/", settings.save_ladder, name="save_ladder"),
    path("settings/segments/remove/", settings.remove_segment, name="remove_segment"),
    path(B, pages.show, name="show"),
    path(f"{B}progress/", pages.progress, name="progress"),
    path(f"{B}message/", wizard.message, name="message"),
    path(f"{B}audience/", audience.show, name="audience"),
    path(f"{B}audience/add/", audience.add, name="add_rule"),
    path(f"{B}audience/remove/", audience.remove, name="remove_rule"),
    path(f"{B}audience/only-first/", audience.only_first, name="only_first"),
    path(f"{B}audience/keep/", audience.keep, name="keep_rules"),
    path(f"{B}audience/upload/", files.upload, name="upload"),
    path(f"{B}audience/people/", audience.people, name="audience_people"),
    path(F, files.show, name="file"),
    path(f"{F}lines/", files.lines, name="file_lines"),
    path(f"{B}when/", wizard.when, name="when"),
    path(f"{B}check/", wizard.check, name="check"),
    path(f"{B}test/", acts.test, name="test"),
    path(f"{B}start/", acts.start, name="start"),
    path(f"{B}undo/", acts.undo, name="undo"),
    path(f"{B}pause/", acts.pause, name="pause"),
    path(f"{B}resume/", acts.resume, name="resume"),
    path(f"{B}stop/", acts.ask_stop, name="ask_stop"),
    path(f"{B}stop/now/", acts.stop, name="stop"),
    path(f"{B}retries/", acts.retries, name="retries"),
    path(f"{B}unknown/", acts.ask_unknown, name="ask_unknown"),
    path(f"{B}unknown/settle/", acts.settle, name="settle"),
    path(f"{B}duplicate/", acts.duplicate, name="duplicate"),
    path(f"{B}delete/", acts.delete, name="delete"),
    path(f"{B}segment/", acts.make_segment, name="make_segment"),
    path(f"{B}export/", people.export, name="export"),
    path(f"{B}people/", people.table, name="people"),
    path(R, people.timeline, name="timeline"),
]
